"""The version of Ascent: Sources/Experiments/AscentVersion.swift has it, and nothing else does.

    python3 Scripts/version.py            print it; exits 1 if CHANGELOG.md, README.md or the commit's tag say another one
    python3 Scripts/version.py --release X.Y.Z [DATE]
                                          make it X.Y.Z: the text below Unreleased becomes that of the release
    python3 Scripts/version.py --self-test

A release is a commit with a tag of the version's name (`git tag 0.1.0`), which is what Swift's package manager reads.
"""

import datetime
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = "Sources/Experiments/AscentVersion.swift"
CURRENT = re.compile(r'(static let current = ")(\d+\.\d+\.\d+)(")')
HEADING = re.compile(r"^## (.+)$", re.M)
DATED = re.compile(r"(\d+\.\d+\.\d+), (\d{4}-\d\d-\d\d)$")
# How a package names the version that it needs.
DEPENDENCY = re.compile(r'\.package\(url: "[^"]*ascent[^"]*", (?:from|exact): "(\d+\.\d+\.\d+)"\)')


def read(root, path):
    return (root / path).read_text(encoding="utf-8")


def tags(root):
    ended = subprocess.run(["git", "tag", "--points-at", "HEAD"], cwd=root, capture_output=True, text=True)
    return [tag for tag in ended.stdout.split() if re.match(r"v?\d+\.\d+\.\d+$", tag)]


def faults(root, tagged):
    found = CURRENT.search(read(root, SOURCE))
    if not found:
        return None, [f"{SOURCE} has no version of three numbers"]
    version, wrong = found[2], []
    headings = HEADING.findall(read(root, "CHANGELOG.md"))
    dated = [DATED.match(heading) for heading in headings[1:]]
    if not headings or headings[0] != "Unreleased":
        wrong.append("CHANGELOG.md: the first heading must be ## Unreleased")
    if None in dated or not dated:
        wrong.append("CHANGELOG.md: below Unreleased every heading must be a version and its day, such as ## 0.1.0, 2026-11-29")
    else:
        numbers = [tuple(map(int, heading[1].split("."))) for heading in dated]
        if dated[0][1] != version:
            wrong.append(f"CHANGELOG.md: its newest release is {dated[0][1]}, and {SOURCE} says {version}")
        if numbers != sorted(set(numbers), reverse=True):
            wrong.append("CHANGELOG.md: the newest release must come first, and each once")
    for page in ["README.md", *(str(path.relative_to(root)) for path in sorted(root.glob("Sources/*/*.docc/**/*.md")))]:
        wrong += [f"{page}: a package depends on {other}, not on {version}" for other in DEPENDENCY.findall(read(root, page)) if other != version]
    wrong += [f"this commit's tag is {tag}, and {SOURCE} says {version}" for tag in tagged if tag != version]
    return version, wrong


def release(root, version, day):
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        sys.exit(f"ascent: a version is three numbers, such as 0.2.0, not {version}")
    source, log = read(root, SOURCE), read(root, "CHANGELOG.md")
    if re.search(r"^## Unreleased\n+(## |\Z)", log, re.M):
        sys.exit("ascent: CHANGELOG.md has nothing below Unreleased: say first what changed")
    pages = [root / "README.md", *sorted(root.glob("Sources/*/*.docc/**/*.md"))]
    old = CURRENT.search(source)[2]
    (root / SOURCE).write_text(CURRENT.sub(rf"\g<1>{version}\g<3>", source), encoding="utf-8")
    (root / "CHANGELOG.md").write_text(log.replace("## Unreleased\n", f"## Unreleased\n\n## {version}, {day}\n", 1), encoding="utf-8")
    for page in pages:
        text = page.read_text(encoding="utf-8")
        page.write_text(DEPENDENCY.sub(lambda found: found[0].replace(old, version), text), encoding="utf-8")


LOG = "# Changelog\n\n## Unreleased\n\n- x\n\n## 0.1.0, 2026-11-29\n\n- y\n"
NEEDS = '.package(url: "https://host/ascent.git", from: "%s")\n'
# The version, the changelog, the README, the commit's tags, and how many faults there are.
PLANTED = [
    ("0.1.0", LOG, NEEDS % "0.1.0", ["0.1.0"], 0), ("0.1.0", LOG, "", [], 0), ("0.2.0", LOG, "", [], 1),
    ("0.1", LOG, "", [], 1), ("0.1.0", LOG, NEEDS % "0.0.9", [], 1), ("0.1.0", LOG, "", ["v0.1.0", "0.2.0"], 2),
    ("0.1.0", LOG.replace("Unreleased", "Next"), "", [], 1), ("0.1.0", LOG.replace(", 2026-11-29", ""), "", [], 1),
    ("0.1.0", LOG + "## 0.3.0, 2026-01-01\n", "", [], 1), ("0.1.0", "## Unreleased\n", "", [], 1),
]  # fmt: skip


def self_test():
    surprises = 0
    for version, log, readme, tagged, expected in PLANTED:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            (root / SOURCE).parent.mkdir(parents=True)
            (root / SOURCE).write_text(f'enum AscentVersion {{\n  public static let current = "{version}"\n}}\n')
            (root / "CHANGELOG.md").write_text(log)
            (root / "README.md").write_text(readme)
            found = faults(root, tagged)[1]
            if expected == 0 and "- x" in log:
                release(root, "0.2.0", "2027-01-02")
                found += faults(root, ["0.2.0"])[1]
        if len(found) != expected:
            surprises += 1
            print(f"{version}, {tagged}: {expected} faults expected, not {found}")
    print(f"version: {len(PLANTED)} repositories planted, {surprises} surprises")
    return surprises


def main(arguments):
    if arguments == ["--self-test"]:
        return bool(self_test())
    if arguments[:1] == ["--release"] and len(arguments) in (2, 3):
        release(ROOT, arguments[1], arguments[2] if len(arguments) == 3 else datetime.date.today().isoformat())
    elif arguments:
        sys.exit(__doc__)
    version, wrong = faults(ROOT, tags(ROOT))
    print(*wrong, version, sep="\n")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
