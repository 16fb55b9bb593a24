"""Links of the documentation's site: those of docs/ as DocC writes them, and the check of those of the made site.

    python3 Scripts/docslinks.py   test both with planted faults
"""

import json
import re
import sys
import tempfile
from pathlib import Path

LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
FENCE = re.compile(r"^(`{3,}).*?^\1", re.M | re.S)


def github_anchor(heading):
    words = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    return re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")


def docc_anchor(heading):
    """The name that DocC gives to a heading: its words, joined by hyphens, without quotes."""
    return re.sub(r"[\s\-]+", "-", re.sub(r"[\"'`\u2018\u2019\u201c\u201d]", "", heading).strip())


def for_site(text, folder, pages):
    """The text of a page of docs/, with its links to other such pages as DocC's; `pages` has their names on the site.

    A link to a file that is not on the site becomes its text.
    """

    def rewritten(found):
        is_picture, words, target = found[1], found[2], found[3]
        if re.match(r"[a-z]+:", target):
            return found[0]
        path, _, anchor = target.partition("#")
        if is_picture:
            return f"![{words}]({Path(path).name})"
        name = Path(path).stem if path else None
        if path and (name not in pages or Path(path).suffix != ".md" or "/" in path):
            return words
        page = (folder / path).read_text(encoding="utf-8") if path else text
        if not anchor:
            return f"[{words}](doc:{pages[name]})"
        headings = re.findall(r"^#{1,6} +(.*?)[ #]*$", FENCE.sub("", page), re.M)
        heading = next((heading for heading in headings if github_anchor(heading) == anchor), anchor)
        return f"[{words}](doc:{pages.get(name, '')}#{docc_anchor(heading)})"

    parts, end = [], 0
    for fence in FENCE.finditer(text):
        parts += [LINK.sub(rewritten, text[end : fence.start()]), fence[0]]
        end = fence.end()
    return "".join([*parts, LINK.sub(rewritten, text[end:])])


class Report:
    def __init__(self):
        self.faults, self.pages, self.symbols, self.links, self.external = [], 0, 0, 0, 0


def every(value):
    """Every object inside of a value of JSON."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from every(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from every(inner)


def check(site, public, base=""):
    """Compares the pages of a site with the identifiers of the public symbols, and follows every link.

    A page is a file of data, which the site's program shows, and an index.html at its address. Protocols of modules
    outside of the archive, such as Swift.Sendable, are shown without a link.
    """
    report, pages, anchors, identifiers = Report(), {}, {}, set()
    for path in sorted((site / "data").rglob("*.json")):
        address = "/" + str(path.relative_to(site / "data")).removesuffix(".json")
        page = json.loads(path.read_text(encoding="utf-8"))
        pages[address.lower()] = page
        anchors[address.lower()] = {found["anchor"] for found in every(page.get("primaryContentSections", [])) if found.get("anchor")}
        identifiers.add(page.get("metadata", {}).get("externalID"))
        if not (site / address.lstrip("/") / "index.html").is_file():
            report.faults.append(f"{address}: there is no index.html for it")
    report.pages, report.symbols = len(pages), len(public & identifiers)
    report.faults += [f"{identifier}: a public symbol without a page" for identifier in sorted(public - identifiers)]
    for address, page in pages.items():
        check_page(site, address, page, pages, anchors, report)
    for file in ("index.html", "documentation/index.html"):
        text = (site / file).read_text(encoding="utf-8") if (site / file).is_file() else ""
        for target in re.findall(r'(?:src|href)="([^"]+)"', text):
            if not re.match(r"[a-z]+:", target) and not (site / target.removeprefix(base).lstrip("/")).exists():
                report.faults.append(f"{file}: {target} does not exist")
    return report


def check_page(site, address, page, pages, anchors, report):
    references = page.get("references", {})
    used = {found["identifier"] for found in every({**page, "references": None}) if found.get("type") == "reference"}
    report.faults += [f"{address}: nothing is known of {name}" for name in sorted(used - references.keys())]
    for name, reference in references.items():
        kind = reference.get("type")
        if kind == "unresolvable" and not re.fullmatch(r"\w+\.\w+", reference.get("title", "")):
            report.faults.append(f"{address}: {reference.get('title', name)} cannot be resolved")
        elif kind == "link":
            is_address = re.match(r"(https?|mailto):", reference["url"])
            report.external += bool(is_address)
            if not is_address:
                report.faults.append(f"{address}: a link to {reference['url']}, which is not on the site")
        elif kind in ("image", "video", "download"):
            report.links += 1
            for variant in reference.get("variants", [reference]):
                if not (site / variant["url"].lstrip("/")).is_file():
                    report.faults.append(f"{address}: there is no {variant['url']}")
        elif "url" in reference:
            report.links += 1
            target, _, anchor = reference["url"].partition("#")
            if target.lower() not in pages:
                report.faults.append(f"{address}: a link to {reference['url']}, which is not on the site")
            elif anchor and anchor not in anchors[target.lower()]:
                report.faults.append(f"{address}: {target} has no heading {anchor}")


# MARK: Self-test: small sites, and the faults that the check must find in them.

GOOD = {"type": "topic", "identifier": "doc://b", "url": "/documentation/b#Part"}
# What page a refers to, how many faults there are, and a part of the first one's text.
PLANTED = [
    (GOOD, 0, ""),
    ({**GOOD, "url": "/documentation/none"}, 1, "a link to /documentation/none"),
    ({**GOOD, "url": "/documentation/b#Other"}, 1, "no heading Other"),
    ({"type": "unresolvable", "identifier": "doc://b", "title": "Gone"}, 1, "Gone cannot be resolved"),
    ({"type": "unresolvable", "identifier": "doc://b", "title": "Swift.Sendable"}, 0, ""),
    ({"type": "link", "identifier": "doc://b", "url": "glossary.md"}, 1, "a link to glossary.md"),
    ({"type": "link", "identifier": "doc://b", "url": "https://swift.org"}, 0, ""),
    ({"type": "image", "identifier": "doc://b", "variants": [{"url": "/images/none.svg"}]}, 1, "there is no /images/none.svg"),
    ({**GOOD, "identifier": "doc://other"}, 1, "nothing is known of doc://b"),
]
TEXT = "# A\n[b](other.md) [c](other.md#the-part-policy) ![d](figures/d.svg) [e](../Sources/e.swift) [f](https://g)\n```\n[b](other.md)\n```\n"
CONVERTED = "# A\n[b](doc:second) [c](doc:second#The-part-policy.*) ![d](d.svg) e [f](https://g)\n```\n[b](other.md)\n```\n"


def self_test():
    wrong = []
    with tempfile.TemporaryDirectory() as scratch:
        Path(scratch, "other.md").write_text("# B\n\n## The part: `policy.*`\n", encoding="utf-8")
        text = for_site(TEXT, Path(scratch), {"other": "second"})
        if text.replace("The-part:", "The-part") != CONVERTED:
            wrong.append(f"the links of docs/ become {text}")
    for number, (reference, expected, words) in enumerate(PLANTED):
        with tempfile.TemporaryDirectory() as folder:
            site = Path(folder)
            write_page(site, "a", {"abstract": [{"type": "reference", "identifier": "doc://b"}], "references": {reference["identifier"]: reference}})
            write_page(site, "b", {"primaryContentSections": [{"content": [{"type": "heading", "anchor": "Part"}]}]}, "s:one")
            (site / "index.html").write_text('<script src="/app.js"></script>')
            (site / "app.js").write_text("")
            first = check(site, {"s:one"})
            second = check(site, {"s:one", "s:two"})
            (site / "app.js").unlink()
            (site / "documentation/b/index.html").unlink()
            third = check(site, {"s:one"})
        counts = len(first.faults), len(second.faults), len(third.faults)
        if counts != (expected, expected + 1, expected + 2) or (words and words not in "".join(first.faults)):
            wrong.append(f"site {number}: {expected} faults expected, not {counts}: {first.faults}")
    print(*wrong, f"docslinks: {len(PLANTED)} sites planted, {len(wrong)} surprises", sep="\n")
    return bool(wrong)


def write_page(site, name, page, identifier=None):
    for path, text in (
        (site / f"data/documentation/{name}.json", json.dumps({**page, "metadata": {"externalID": identifier}})),
        (site / f"documentation/{name}/index.html", ""),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(self_test())
