"""Writes docs/settings.md, docs/metrics.md and docs/exit-codes.md from what `ascent help … --json` says.

    python3 Scripts/references.py ASCENT          write the pages
    python3 Scripts/references.py ASCENT --check  compare them; exits 1 and names each page that differs
"""

import json
import pathlib
import subprocess
import sys

DOCS = pathlib.Path(__file__).resolve().parent.parent / "docs"
HEADER = "<!-- Written by `make references`; change the texts in Sources and run it again. -->\n\n"

GROUPS = {
    "run": "The run",
    "environment": "The environment",
    "policy": "The policy",
    "algorithm": "The algorithm",
    "rollout": "The rollout",
    "normalize": "Normalizers",
    "random": "Random numbers",
    "checkpoint": "Checkpoints",
    "evaluation": "Evaluations during training",
    "tensorboard": "TensorBoard",
}


def explained(ascent, topic):
    lines = subprocess.run([ascent, "help", topic, "--json"], check=True, capture_output=True, text=True).stdout.splitlines()
    return [json.loads(line) for line in lines]


def cell(text):
    return text.replace("|", "\\|")


def typed(value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ",".join(str(item) for item in value)
    return str(value)


def settings(ascent):
    entries = explained(ascent, "settings")
    page = [
        "# Settings\n",
        "Every setting is a key of `run.toml` and of `--config FILE.toml`, and can be given on the command line as `--set KEY=VALUE`.",
        "The default is that of `ascent train ENV` without a preset, which is PPO's; `ascent algorithms NAME` prints the values of another",
        "algorithm, and `ascent help settings KEY` explains one key.\n",
    ]
    groups = {}
    for entry in entries:
        groups.setdefault(entry["key"].partition(".")[0], []).append(entry)
    for group, members in groups.items():
        page += [f"## {GROUPS[group]}: `{group}.*`\n", "| key | default | takes | meaning |", "|---|---|---|---|"]
        for entry in members:
            default = typed(entry["default"])
            takes = "a name, below" if entry["choices"] else entry["allowed"]
            unit = f", in {entry['unit']}" if entry["unit"] else ""
            page.append(f"| `{entry['key']}` | {f'`{default}`' if default else ''} | {cell(takes + unit)} | {cell(entry['help'])} |")
        page.append("")
        for entry in (entry for entry in members if entry["choices"]):
            page += [f"`{entry['key']}` takes:\n", "| name | |", "|---|---|"]
            page += [f"| `{choice['name']}` | {cell(choice['help'])} |" for choice in entry["choices"]]
            page.append("")
    return "\n".join(page)


def metrics(ascent):
    entries = explained(ascent, "metrics")
    page = ["# Metrics\n", "A cell is empty where there is nothing to measure. Every column but `seconds` is decided by the seed.\n"]
    tables = (
        ("train", "## metrics.csv of `ascent train`", "One row for each iteration."),
        ("evaluation", "## evaluations.csv of `ascent train --evaluate-every`", "One row for each evaluation."),
        ("clone", "## metrics.csv of `ascent clone`", "One row for each pass over the demonstrations."),
    )
    for command, title, rows in tables:
        page += [title + "\n", rows + "\n", "| column | unit | meaning |", "|---|---|---|"]
        page += [f"| `{e['name']}` | {cell(e['unit'])} | {cell(e['meaning'])} |" for e in entries if e["command"] == command]
        page.append("")
    page += ["## TensorBoard and `ascent train --json`\n", "In code: columns of metrics.csv.\n", "| name | meaning |", "|---|---|"]
    page += [f"| `{e['name']}` | {cell(e['meaning'])} |" for e in entries if e["command"] == "tensorboard"]
    page.append("")
    return "\n".join(page)


def exit_codes(ascent):
    page = ["# Exit codes\n", "Every command of `ascent` ends with one of these.\n", "| code | meaning |", "|---|---|"]
    page += [f"| {entry['code']} | {cell(entry['meaning'])} |" for entry in explained(ascent, "exit-codes")]
    return "\n".join(page + [""])


def main():
    ascent = sys.argv[1]
    faults = 0
    for name, page in (("settings", settings), ("metrics", metrics), ("exit-codes", exit_codes)):
        path = DOCS / f"{name}.md"
        text = HEADER + page(ascent)
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
        elif not path.is_file() or path.read_text(encoding="utf-8") != text:
            faults += 1
            print(f"docs/{name}.md differs from what the command line says: make references")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
