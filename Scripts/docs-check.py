"""Runs the commands that README.md, docs/ and the articles show and compares their output with the page; checks relative links.

    python3 Scripts/docs-check.py [PAGE…]      run the quick blocks; exits 1 if one differs
    python3 Scripts/docs-check.py --all        run the slow blocks, too
    python3 Scripts/docs-check.py --write      put the real output into blocks that differ, unless they are excerpts
    python3 Scripts/docs-check.py --self-test  plant every kind of fault in a scratch repository and find it

A block is a ``` fence with lines that begin with `$ `; the lines below a command are its output and its errors. The
blocks of a page run in order, in one scratch folder with links to the repository's files. The line before a fence may
be `<!-- docs-check: slow -->` (it takes long, or needs a run of a slow block), `<!-- docs-check: excerpt -->` (other
lines may be between those shown), or `<!-- docs-check: slow excerpt -->`. After `<!-- docs-check: file PATH -->` a
fence shows the whole file, after `<!-- docs-check: part PATH NAME -->` a declaration of a file of Swift.
"""

import argparse
import collections
import contextlib
import difflib
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse
from pathlib import Path

# Numbers that depend on the machine: (pattern, replacement, reason). Returns and fingerprints are not masked.
MASKS = [
    (r"\b[\d,]+ steps/s", "# steps/s", "the speed of training"),
    (r"^(\w+) +\d+\.\d+ +\d+\.\d+ % +\d+\.\d+  ", r"\1 # # % #  ", "--profile: seconds, share and µs/step of a phase"),
    (r"[\d.,]+ µs a step", "# µs a step", "the speed of an environment, measured by `ascent check`"),
]
# These lines are left out on both sides: one is printed per second, so their number depends on the machine.
PROGRESS = re.compile(r"[\d,]+/[\d,]+ steps  \d+ %  .*  left \S+$")
# Commands that begin with these are run: the checked ones, and those that show the files of a run.
PROGRAMS = {"ascent", "make", "cat", "cut", "grep", "head", "ls", "sed", "sort", "tail", "wc"}
BLOCK = re.compile(r"^(?:<!-- docs-check:([^\n]*)-->\n)?(`{3,})[^`\n]*\n(.*?)^\2`* *$", re.M | re.S)
COMMAND = re.compile(r"^\$ (\S(?:.*\\\n)*.*)\n((?:(?!\$ ).*\n)*)", re.M)
# Variables of an outer make, or of a Python other than the repository's .venv.
UNSET = {"MAKEFLAGS", "MAKELEVEL", "MFLAGS", "VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONHOME", "PYTHONPATH"}


def masked(lines):
    kept = [line.rstrip() for line in lines if not PROGRESS.match(line)]
    for pattern, replacement, _ in MASKS:
        kept = [re.sub(pattern, replacement, line) for line in kept]
    return kept


def difference(shown, real, status, is_excerpt):
    """A diff of the output shown and the real one; empty if they agree."""
    shown, real = masked(shown), masked(real)
    if not is_excerpt:
        return list(difflib.unified_diff(shown, real, "shown", "real", lineterm="", n=1))
    found, position = [], 0
    for line in shown:
        if line in real[position:]:
            position = real.index(line, position) + 1
        else:
            found += [f"-{line}", *(f"+{near}" for near in difflib.get_close_matches(line, real[position:], 1, 0.3))]
    if status != 0 and (found or not shown):
        found += [f"+(exit status {status})", *(f"+{line}" for line in real[-10:])]
    return found


def rewritten(shown, real):
    """The real output with as many progress lines as the page shows, evenly spread."""
    progress = [k for k, line in enumerate(real) if PROGRESS.match(line)]
    wanted = min(len(progress), sum(bool(PROGRESS.match(line)) for line in shown))
    kept = {progress[round(k * (len(progress) - 1) / max(1, wanted - 1))] for k in range(wanted)}
    return "".join(f"{line.rstrip()}\n" for k, line in enumerate(real) if k in kept or k not in progress)


def scratch(root, folder, ascent):
    """Fills the folder in which the commands of one page run; returns their variables."""
    for entry in root.iterdir():
        if entry.name not in (".git", ".build", "runs"):
            (folder / entry.name).symlink_to(entry)
    tools = folder / ".build/release"
    tools.mkdir(parents=True)
    (folder / "runs").mkdir()
    (tools / "ascent").symlink_to(ascent)
    # The target build is taken as made: SwiftPM would build everything again under the scratch folder's path.
    (tools / "make").write_text(f'#!/bin/sh\nexec {shutil.which("make")} -o build "$@"\n')
    (tools / "make").chmod(0o755)
    variables = {name: value for name, value in os.environ.items() if name not in UNSET}
    # The pages show what a terminal of UTF-8 has.
    return {**variables, "LC_ALL": "C.UTF-8", "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}


def run(command, folder, variables):
    answer = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=variables, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, encoding="utf-8", errors="replace")  # fmt: skip
    return answer.stdout.splitlines(), answer.returncode


def check_commands(root, page, options, totals):
    text = page.read_text(encoding="utf-8")

    def at(offset):
        return f"{page.relative_to(root)}:{text[:offset].count(chr(10)) + 1}"

    with tempfile.TemporaryDirectory() as folder:
        variables = scratch(root, Path(folder), options.ascent)
        for block in BLOCK.finditer(text):
            where, marks = at(block.start(2)), set((block[1] or "").split())
            if block[1] is not None and block[1].split()[:1] in (["file"], ["part"]):
                yield from check_file(root, page, block, where, options, totals)
                continue
            writes = options.write and "excerpt" not in marks
            commands = list(COMMAND.finditer(block[3]))
            if marks - {"slow", "excerpt"} or (block[1] is not None and not commands):
                yield where, f"a mark without a meaning or a command: {block[1].strip()}"
            if commands and commands[0].start() > 0:
                yield where, "lines before the first command"
            if "slow" not in marks and any(command[1].startswith("make demo") for command in commands):
                yield where, "a block with `make demo` must be marked slow"
            for command in list(commands):
                if re.sub(r"^(\w+=\S* +)*", "", command[1]).split()[0] not in PROGRAMS:
                    totals["commands of other programs not run"] += 1
                    print(f"{at(block.start(3) + command.start())} not run  $ {command[1]}")
                    commands.remove(command)
            count = f"{len(commands)} command{'s' * (len(commands) != 1)}"
            if commands and "slow" in marks and not options.all:
                totals["blocks left out (slow: --all runs them)"] += 1
                print(f"{where} left out (slow)  {count}")
            elif commands:
                started, differences = time.monotonic(), []
                for command in commands:
                    shown = command[2].splitlines()
                    real, status = run(command[1], folder, variables)
                    if found := difference(shown, real, status, "excerpt" in marks):
                        differences += [f"  $ {command[1]}", *(f"    {line}" for line in found)]
                        if writes:
                            now = page.read_text(encoding="utf-8")
                            output = f"$ {command[1]}\n{rewritten(shown, real)}"
                            page.write_text(now.replace(command[0], output, 1), encoding="utf-8")
                verdict = "equal" if not differences else "written" if writes else "DIFFERS"
                totals[f"blocks {verdict}"] += 1
                head = f"{where} {verdict} {count} {time.monotonic() - started:.1f} s"
                print(head, *differences, sep="\n", flush=True)


def check_file(root, page, block, where, options, totals):
    """Compares a fence with the file, or the part of a file, that its mark names."""
    path, *names = block[1].split()[1:]
    if not (root / path).is_file():
        yield where, f"no such file: {path}"
        return
    content = (root / path).read_text(encoding="utf-8")
    for name in names:
        content = declaration(content, name)
        if not content:
            yield where, f"{path} declares no {name}"
            return
    if block[3] != content and options.write:
        now = page.read_text(encoding="utf-8")
        start, end = (position - block.start() for position in block.span(3))
        page.write_text(now.replace(block[0], block[0][:start] + content + block[0][end:], 1), encoding="utf-8")
    elif block[3] != content:
        yield where, f"the fence is not {' of '.join([*names, path])}"
    totals["files shown"] += 1


def declaration(text, name):
    """The lines of a declaration that begins at the margin, with its comment; empty if there is none."""
    found = re.search(rf"^(?:///.*\n)*(?:\w+ )*{re.escape(name)}\b[^\n]*\{{\n(?:.*\n)*?\}}\n", text, re.M)
    return found[0] if found else ""


def prose(page):
    """The page with its fences emptied, the numbers of its lines kept."""
    return BLOCK.sub(lambda block: "\n" * block[0].count("\n"), page.read_text(encoding="utf-8"))


def anchors(page):
    """The names that GitHub gives to the page's headings."""
    names = collections.Counter()
    for heading in re.findall(r"^#{1,6} +(.*?)[ #]*$", prose(page), re.M):
        words = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        name = re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")
        yield f"{name}-{names[name]}" if names[name] else name
        names[name] += 1


def check_links(root, page, totals):
    for number, line in enumerate(prose(page).split("\n"), start=1):
        where = f"{page.relative_to(root)}:{number}"
        text = re.sub(r"(``?)[^`]+\1", "`", line)
        if "<!-- docs-check" in text or text.lstrip().startswith("```"):
            yield where, "a mark that is not on the line before a fence, or a fence that is indented or not closed"
        for target in re.findall(r'(?:\]\(|^\[[^\]]+\]: +)<?([^)\s>]+)', text):
            path, _, anchor = urllib.parse.unquote(target).partition("#")
            linked = page.parent / path if path else page
            if re.match(r"[a-z]+:", target):
                continue
            totals["links"] += 1
            if not linked.exists():
                yield where, f"no such file: {path}"
            elif anchor and linked.suffix == ".md" and anchor not in anchors(linked):
                yield where, f"no such heading: {target}"


def check(root, options):
    """Checks the pages, prints one line per block and the totals; returns the number of faults."""
    started, totals = time.monotonic(), collections.Counter()
    folders = ("*.md", "docs/**/*.md", "Sources/*/*.docc/**/*.md")
    for page in options.pages or [page for folder in folders for page in sorted(root.glob(folder))]:
        for where, fault in [*check_commands(root, page, options, totals), *check_links(root, page, totals)]:
            totals["faults"] += 1
            print(f"{where}: {fault}")
    counts = ", ".join(f"{count} {name}" for name, count in totals.items())
    print(f"docs-check: {counts} in {time.monotonic() - started:.0f} s")
    return totals["blocks DIFFERS"] + totals["faults"]


# MARK: Self-test: pages beside a program that prints known lines, and what the check must say of them.

PROGRAM = """#!/bin/sh
case "$1" in
train) echo "256/512 steps  50 %  $$ steps/s  return 1.5 ± 0.5  left 0:01" >&2
  mkdir "runs/$2" && printf 'trained 512 steps, 9,%03d steps/s\\nreturn 1.5\\nfingerprint ab\\n' $(($$ % 1000)) ;;
profile) echo 'phase   seconds   share  µs/step'; echo "update   0.$$  57.3 %  5.$$  gradients"; echo "$$ µs a step" ;;
*) echo "ascent: no command '$1'" >&2; exit 2 ;;
esac
"""
TRAIN = "```\n$ ascent train a\ntrained 512 steps, 1 steps/s\nreturn 1.5\nfingerprint ab\n```\n"
PROFILE = "```\n$ ascent profile\nphase   seconds   share  µs/step\nupdate  0.1  5.3 %  12.5  gradients\n1.5 µs a step\n```\n"
# Page, arguments, faults, and a line that is printed.
PLANTED = [
    (f"# A `b` (c)\n`<!-- docs-check: x -->` [x](#a-b-c) [y](Makefile) `[z](none)`\n{TRAIN}{PROFILE}", "", 0, "README.md:3 equal 1 command "),
    (TRAIN + "```\n$ ascent \\\n  other | cat\nascent: no command 'other'\n$ ls runs\na\n```\n", "", 0, "README.md:7 equal"),
    ("``A`` `b`\n" + TRAIN, "", 0, "README.md:2 equal"),
    ("```swift\nlet x = 1\n```\n```\n$ swift build\nx\n```\n", "", 0, "README.md:5 not run  $ swift build"),
    ("<!-- docs-check: excerpt -->\n" + TRAIN.replace("return 1.5\n", ""), "", 0, "README.md:2 equal 1 command "),
    ("<!-- docs-check: slow -->\n```\n$ make demo\nx\n```\n" * 2, "", 0, "README.md:7 left out (slow)  1 command"),
    ("<!-- docs-check: slow -->\n```\n$ make demo\nneither built\n```\n", "--all", 0, "README.md:2 equal 1 command "),
    (TRAIN.replace("1.5", "1.6"), "", 1, "    -return 1.6"),
    (TRAIN.replace("ab", "cd"), "", 1, "    +fingerprint ab"),
    (TRAIN.replace("trained 512", "trained 511"), "", 1, "    -trained 511 steps, # steps/s"),
    (TRAIN + TRAIN, "", 1, "README.md:7 DIFFERS 1 command "),
    (TRAIN.replace("return 1.5\n", ""), "", 1, "    +return 1.5"),
    ("<!-- docs-check: excerpt -->\n```\n$ ascent train a\nfingerprint ab\nreturn 1.5\n```\n", "", 1, "    -ret"),
    ("<!-- docs-check: excerpt -->\n```\n$ ascent other\n```\n", "", 1, "    +(exit status 2)"),
    (PROFILE.replace("update", "policy"), "", 1, "    -policy # # % #  gradients"),
    ("```\n$ make demo\nneither built\n```\n", "", 1, "README.md:1: a block with `make demo` must be marked slow"),
    ("<!-- docs-check: quick -->\n" + TRAIN, "", 1, "README.md:2: a mark without a meaning or a command: quick"),
    ("<!-- docs-check: slow -->\n\n" + TRAIN, "", 1, "README.md:1: a mark that is not on the line before a fence"),
    ("```\n" + PROFILE, "", 1, "README.md:7: a mark that is not on the line before a fence, or a fence"),
    (TRAIN.replace("$", "Train:\n$"), "", 1, "README.md:1: lines before the first command"),
    ("<!-- docs-check: file program -->\n```sh\nls\n```\n", "", 1, "README.md:2: the fence is not program"),
    ("<!-- docs-check: file Makefile -->\n```make\n```\n", "--write", 0, "docs-check: 1 files shown"),
    ("<!-- docs-check: part Part.swift two -->\n```swift\n/// 2\nfunc two() {\n}\n```\n", "", 0, "docs-check: 1 files shown"),
    ("<!-- docs-check: part Part.swift two -->\n```swift\nfunc two() {\n}\n```\n", "", 1, "README.md:2: the fence is not two of Part.swift"),
    ("<!-- docs-check: part Part.swift three -->\n```swift\n```\n", "", 1, "README.md:2: Part.swift declares no three"),
    ("<!-- docs-check: file none -->\n```sh\nls\n```\n", "", 1, "README.md:2: no such file: none"),
    ("\n[x](docs/none.md)\n", "", 1, "README.md:2: no such file: docs/none.md"),
    ("# A\n```\n# B\n```\n[x](#b)\n", "", 1, "README.md:5: no such heading: #b"),
    (TRAIN.replace("1.5", "1.6") + PROFILE, "--write", 0, "README.md:1 written 1 command "),
]  # fmt: skip


def self_test():
    wrong = []
    for page, arguments, expected, line in PLANTED:
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()) as printed:
            root = Path(folder).resolve()
            (root / "README.md").write_text(page, encoding="utf-8")
            (root / "Makefile").write_text("demo: build\n\t@echo neither built\nbuild:\n\t@echo built\n")
            (root / "program").write_text(PROGRAM)
            (root / "Part.swift").write_text("func one() {\n}\n\n/// 2\nfunc two() {\n}\n")
            (root / "program").chmod(0o755)
            faults = check(root, parsed(["--ascent", str(root / "program"), *arguments.split()]))
            again = faults if arguments != "--write" else check(root, parsed(["--ascent", str(root / "program")]))
        text = printed.getvalue()
        if (faults, again) != (expected, expected) or not any(found.startswith(line) for found in text.split("\n")):
            wrong.append(f"{page}\n{expected} faults and '{line}' expected, {faults} (then {again}) found:\n{text}")
    print(*wrong, f"docs-check: {len(PLANTED)} pages planted, {len(wrong)} surprises", sep="\n")
    return not wrong


def parsed(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", nargs="*", metavar="PAGE", help="check these pages instead of all")
    parser.add_argument("--ascent", default=".build/release/ascent", help="the executable (default: %(default)s)")
    for name in ("all", "write", "self-test"):
        parser.add_argument(f"--{name}", action="store_true")
    return parser.parse_args(arguments)


def main():
    options = parsed(sys.argv[1:])
    if options.self_test:
        sys.exit(0 if self_test() else 1)
    root = Path(__file__).resolve().parent.parent
    options.ascent = (root / options.ascent).resolve()
    options.pages = [Path(page).resolve() for page in options.pages]
    if missing := [path for path in [options.ascent, *options.pages] if not path.is_file()]:
        sys.exit(f"docs-check: there is no {missing[0]}")
    sys.exit(1 if check(root, options) else 0)


main()
