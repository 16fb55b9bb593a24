"""Writes the documentation as a site: the articles, docs/, and a page for every public symbol of every module.

    python3 Scripts/docs-site.py [--output FOLDER] [--base-path /ascent] [--swift swift]

`Ascent` re-exports the modules below it, so one archive has their symbols, as a client who imports `Ascent` sees them;
modules that it does not re-export, such as `AscentCommand`, have archives of their own. The debug build must be there (Scripts/docs-site.sh makes it). Exits with 1 if DocC
warns, if a public symbol has no page, or if a link of the site leads nowhere.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import docslinks

ROOT = Path(__file__).resolve().parent.parent
BUILT = ROOT / ".build/debug"
# The pages of docs/ that are articles of the site, and their names there: no symbol may have the same one.
PAGES = {
    "tour": "tour", "glossary": "glossary", "python": "python", "settings": "settings", "metrics": "columns-of-metrics",
    "exit-codes": "exit-codes", "reliability": "reliability", "results": "results", "results-pomdp": "results-pomdp",
    "environments": "environments", "scaling": "scaling", "defaults": "defaults", "policy-format": "policy-format", "exports": "exports",
    **{f"desk-{name}": f"desk-{name}" for name in ("comparisons", "metrics", "plots", "sweeps", "videos", "zoo")},
}  # fmt: skip
# Headings for the folders of Sources, where the folder's name says too little.
SUBJECTS = {
    "Environments/Check": "Trials of an environment", "Environments/Contract": "The contract of an environment",
    "Environments/Emissions": "Emissions p(o∣s)", "Environments/Native": "Native environments",
    "Environments/Processes": "Processes with tables", "Experiments/Configuration": "Settings",
    "Experiments/Episodes": "Evaluation and trajectories", "Experiments/Formats": "Files",
    "Experiments/Opening": "Opening environments", "Experiments/Processes": "Worker processes",
    "Experiments/Reproduction": "Runs made again", "Experiments/Runs": "Training runs",
    "Experiments/Studies": "Studies of estimators, and cloning", "Policies/Families": "Families of actions",
    "Policies/Kernels": "Kernels of float32", "Policies/Policy": "Policies",
    "PolicyGradients/Exact": "Exact gradients and optima", "PolicyGradients/Gradients": "Gradients and objectives",
    "PolicyGradients/Learner": "Learners and algorithms", "PolicyGradients/Updates": "Updates of parameters",
    "PolicyGradients/Workers": "Exchange between workers",
}  # fmt: skip


def refuse(reason):
    sys.exit(f"ascent: {reason}")


def called(command):
    ended = subprocess.run([str(word) for word in command], cwd=ROOT, capture_output=True, text=True)
    if ended.returncode != 0:
        refuse(f"{command[0]} failed:\n{ended.stdout}{ended.stderr}")
    return ended.stdout + ended.stderr


def source_folder(module):
    """The folder of a module in Sources: its name, without Ascent where that is a prefix."""
    own = ROOT / "Sources" / module
    return own if own.is_dir() else ROOT / "Sources" / module.removeprefix("Ascent")


def modules_of_sources():
    """The names of the modules whose folders are in Sources."""
    names = [path.name for path in (ROOT / "Sources").iterdir() if path.is_dir()]
    return {name if name.startswith("Ascent") else f"Ascent{name}" for name in names}


def reexported(module):
    """The modules that a module re-exports, directly or through another one."""
    found = []
    for path in sorted(source_folder(module).glob("*.swift")):
        for name in re.findall(r"^@_exported (?:public )?import (\w+)", path.read_text(encoding="utf-8"), re.M):
            found += [name, *reexported(name)]
    return list(dict.fromkeys(found))


class Extractor:
    """Calls the compiler's extractor of symbols for modules of the debug build."""

    def __init__(self, swift, folder):
        self.folder = folder
        target = json.loads(called([swift, "-print-target-info"]))["target"]["triple"]
        self.options = ["-I", BUILT / "Modules", "-target", target, "-minimum-access-level", "public"]
        self.options += ["-skip-inherited-docs", "-emit-extension-block-symbols"]
        # A build folder may have maps of shims that have another name now.
        shims = sorted(ROOT.glob("CShims/*/include"))
        maps = [BUILT / f"CAscent{path.parent.name[1:]}.build/module.modulemap" for path in shims]
        for path in [*maps, *sorted(ROOT.glob("CShims/*/module.modulemap"))]:
            self.options += ["-Xcc", f"-fmodule-map-file={path}"]
        for path in shims:
            self.options += ["-I", path]
        self.tool = tool("swift-symbolgraph-extract", swift)

    def graphs(self, module, including=()):
        """The graphs of a module and of its extensions of others; with the symbols of modules that it re-exports."""
        folder = self.folder / f"{module}{'+' if including else ''}"
        folder.mkdir(parents=True)
        command = [self.tool, "-module-name", module, *self.options, "-output-dir", folder]
        called(command + ([f"-experimental-allowed-reexported-modules={','.join(including)}"] if including else []))
        return {path: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.symbols.json"))}


def tool(name, swift):
    path = Path(shutil.which(swift) or refuse(f"there is no {swift}")).resolve().parent / name
    return path if path.exists() else Path(shutil.which(name) or refuse(f"the toolchain of {swift} has no {name}"))


def identifiers(graphs):
    """The symbols of graphs by their identifiers, without the blocks of extensions."""
    symbols = [symbol for graph in graphs.values() for symbol in graph["symbols"]]
    return {s["identifier"]["precise"]: s for s in symbols if s["kind"]["identifier"] != "swift.extension"}


def complete(main, parts):
    """Adds what the extractor leaves out of an umbrella: it skips names that begin with the module's, then `Version`."""
    path = next(path for path in main if "@" not in path.name)
    missing = identifiers(parts).keys() - identifiers(main).keys()
    for graph in parts.values():
        main[path]["symbols"] += [s for s in graph["symbols"] if s["identifier"]["precise"] in missing]
        main[path]["relationships"] += [r for r in graph["relationships"] if r["source"] in missing]
    path.write_text(json.dumps(main[path]), encoding="utf-8")


def top_level(graphs):
    """The names of the symbols that no other one contains, by the folder of their file in Sources."""
    folders = {}
    for symbol in identifiers(graphs).values():
        file = symbol.get("location", {}).get("uri", "").partition("/Sources/")[2]
        if len(symbol["pathComponents"]) == 1 and file:
            folders.setdefault(file.rpartition("/")[0], []).append(symbol["pathComponents"][0])
    return folders


def subject(folder):
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", folder.rpartition("/")[2])
    return SUBJECTS.get(folder, words.capitalize())


def write_topics(catalog, folders):
    """Appends to the page of each module its symbols, a group for each folder; makes the page if there is none."""
    modules = {}
    for folder, names in folders.items():
        modules.setdefault(folder.partition("/")[0], {})[folder] = sorted(names)
    for module, groups in modules.items():
        page = catalog / f"Modules/Ascent{module}.md"
        if not page.exists():
            refuse(f"Sources/Ascent/Ascent.docc/Modules has no {page.name}: write what the module is for, in a few lines")
        lines = ["", "## Topics", ""]
        for folder, names in sorted(groups.items()):
            lines += [f"### {subject(folder)}", "", *(f"- ``{name}``" for name in names), ""]
        page.write_text(page.read_text(encoding="utf-8") + "\n".join(lines), encoding="utf-8")


def without_comments(catalog):
    for page in catalog.glob("**/*.md"):
        text = re.sub(r"^<!--.*-->\n+", "", page.read_text(encoding="utf-8"), flags=re.M)
        page.write_text(text, encoding="utf-8")


def copied(catalog, scratch):
    """A copy of a module's own catalog, or None if it has none."""
    if not catalog.is_dir():
        return None
    shutil.copytree(catalog, scratch / catalog.name)
    without_comments(scratch / catalog.name)
    return scratch / catalog.name


def make_catalog(scratch, folders):
    """Copies the catalog of Ascent, with the pages of docs/ as articles and the lists of symbols."""
    catalog = scratch / "Ascent.docc"
    shutil.copytree(ROOT / "Sources/Ascent/Ascent.docc", catalog)
    for name, article in PAGES.items():
        text = (ROOT / f"docs/{name}.md").read_text(encoding="utf-8")
        (catalog / f"{article}.md").write_text(docslinks.for_site(text, ROOT / "docs", PAGES), encoding="utf-8")
    without_comments(catalog)
    for picture in (ROOT / "docs/figures").iterdir():
        if picture.suffix in (".svg", ".png"):
            shutil.copy(picture, catalog)
    write_topics(catalog, folders)
    return catalog


def convert(docc, name, graphs, output, options, catalog=None):
    command = [docc, "convert", *([catalog] if catalog else []), "--additional-symbol-graph-dir", next(iter(graphs)).parent]
    command += ["--output-path", output, "--fallback-display-name", name, "--fallback-bundle-identifier", name.lower()]
    command += ["--fallback-default-module-kind", "Module", "--ide-console-output"]
    said = called([*command, *options])
    return [line for line in said.splitlines() if re.search(r"\b(warning|error): ", line)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", default=".build/site", help="the folder of the site (default: %(default)s)")
    parser.add_argument("--base-path", default="", help="the path below which the site is served, such as /ascent")
    parser.add_argument("--swift", default=os.environ.get("SWIFT", "swift"))
    options = parser.parse_args()
    scratch, site = ROOT / ".build/docs", ROOT / options.output
    shutil.rmtree(scratch, ignore_errors=True)
    shutil.rmtree(site, ignore_errors=True)
    extractor, docc = Extractor(options.swift, scratch / "graphs"), tool("docc", options.swift)
    hosting = ["--hosting-base-path", options.base_path] if options.base_path else []

    modules = reexported("Ascent")
    parts = {path: graph for module in modules for path, graph in extractor.graphs(module).items()}
    umbrella = extractor.graphs("Ascent", modules)
    complete(umbrella, parts)
    catalog = make_catalog(scratch, top_level(umbrella))
    warnings = convert(docc, "Ascent", umbrella, scratch / "Ascent.doccarchive", hosting, catalog)
    archives, beside = [scratch / "Ascent.doccarchive"], {}
    for module in sorted(modules_of_sources() - {"Ascent", "AscentTool", *modules}):
        graphs = extractor.graphs(module)
        archives.append(scratch / f"{module}.doccarchive")
        own = copied(source_folder(module) / f"{module}.docc", scratch)
        warnings += convert(docc, module, graphs, archives[-1], hosting, own)
        beside.update(graphs)
    called([docc, "merge", *archives, "--output-path", site, "--synthesized-landing-page-name", "Ascent", "--synthesized-landing-page-kind", "Package"])

    public = identifiers(parts) | identifiers(beside)
    report = docslinks.check(site, set(public), options.base_path)
    for line in [*warnings, *report.faults]:
        print(line)
    print(f"docs: {report.pages} pages, {report.symbols} of {len(public)} public symbols of {len(modules) + len(archives) - 1} modules, "
          f"{report.links} links in the site and {report.external} to others, {len(warnings)} warnings, {len(report.faults)} faults")  # fmt: skip
    if not options.base_path:
        print(f"docs: to read it: python3 -m http.server --directory {site.relative_to(ROOT)}, then http://localhost:8000/documentation/")
    return bool(warnings or report.faults)


if __name__ == "__main__":
    sys.exit(main())
