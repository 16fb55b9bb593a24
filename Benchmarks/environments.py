"""Trains the environments of published packages: the table of docs/environments.md.

    make environments-table                        every row, then the table
    make environments-table PACKAGE=panda-gym      the rows of that package again, then the table
    Benchmarks/environments.py --quick             the packages that .venv has, printed only
    Benchmarks/environments.py --report            only the table

Benchmarks/environments.toml lists packages and environments. Each package is installed into a virtual environment of
its own below .venvs-environments/, made with the Python that Ascent links; one that is there is not installed again.
An environment is checked (`ascent check`), trained twice with the same seed, and once more with two processes where
that takes few seconds. Its row is right when it trains to the same bits each time, or is refused in one sentence, the
one that the list expects. The exit code is 1 if a row is not right. docs/results/environments.json keeps the numbers.
"""

import argparse
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ASCENT = Path(os.environ.get("ASCENT") or ROOT / ".build/release/ascent").absolute()
LIST = ROOT / "Benchmarks/environments.toml"
PYTHONS = ROOT / ".venvs-environments"
RUNS = ROOT / "runs/environments"
DATA = ROOT / "docs/results/environments.json"
REPORT = ROOT / "docs/environments.md"
SECONDS, CHEAP = 120, 10
INSTALL_SECONDS = 900
# A display is not needed to train; a window that opens on one would slow the run.
VARIABLES = {"SDL_VIDEODRIVER": "dummy", "SDL_AUDIODRIVER": "dummy", "PYGAME_HIDE_SUPPORT_PROMPT": "1"}
IGNORED = re.compile(r"^Exception ignored in.*\nTraceback.*\n", re.MULTILINE)


class Ended:
    """How a command ended: its exit code, its output, and what was left behind."""

    def __init__(self, name, command, folder, variables, seconds=SECONDS):
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL_ENV", "CONDA"))}
        out, err = folder / f"{name}.out", folder / f"{name}.err"
        began = time.monotonic()
        with open(out, "w") as output, open(err, "w") as errors:
            process = subprocess.Popen(
                command, cwd=folder, env=inherited | VARIABLES | variables, stdin=subprocess.DEVNULL, stdout=output,
                stderr=errors, start_new_session=True, preexec_fn=lambda: os.nice(10))  # fmt: skip
            try:
                self.code = process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.code = None
                end_group(process.pid, signal.SIGTERM)
                try:
                    process.wait(5)
                except subprocess.TimeoutExpired:
                    pass
        self.seconds = time.monotonic() - began
        self.has_orphans = end_group(process.pid, signal.SIGKILL) and self.code is not None
        process.wait()
        self.output, self.errors = out.read_text(errors="replace"), err.read_text(errors="replace")

    @property
    def events(self):
        """The JSON objects on standard output, where an environment may have printed lines of its own."""
        lines = (line for line in self.output.splitlines() if line.startswith('{"event":'))
        return [json.loads(line) for line in lines]

    @property
    def message(self):
        """The last line with which Ascent says why a command ended, or the last line of all."""
        lines = [line.strip() for line in self.errors.splitlines() if line.strip()]
        own = [line for line in lines if line.startswith(("ascent: ", "Error: "))]
        return (own or lines or ["no message"])[-1].removeprefix("ascent: ")

    @property
    def fault(self):
        """Why this is neither a success nor a refusal in one sentence, or None."""
        if self.code is None:
            return f"no end after {SECONDS} s"
        if self.code < 0:
            return f"ended by {signal.Signals(-self.code).name}"
        if self.has_orphans:
            return "its processes outlive the command"
        # What a destructor raises is printed by Python, and ignored.
        raised = re.search(r"^Traceback \(most recent call last\)", IGNORED.sub("", self.errors), re.MULTILINE)
        if raised and self.code != 0:
            return f"exit code {self.code} and a traceback: {self.message}"
        return None


def end_group(group, number):
    """Sends a signal to the processes of a group that this script began; returns whether there were any."""
    time.sleep(0.2)
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    return True


def install(name, package):
    """The folder of the package's virtual environment, and why it could not be installed, if so."""
    folder = PYTHONS / name
    commands = [package["pip"]] if isinstance(package["pip"], str) else package["pip"]
    wanted = "\n".join(commands)
    stamp = folder / "installed"
    if stamp.exists() and stamp.read_text().strip() == wanted.strip():
        return folder, None
    python = subprocess.check_output([ROOT / "Scripts/linked-python.sh", "interpreter"], text=True).strip()
    if folder.is_symlink():
        return folder, f"{folder} is a link, and is not written through"
    shutil.rmtree(folder, ignore_errors=True)
    PYTHONS.mkdir(exist_ok=True)
    subprocess.run([python, "-I", "-m", "venv", folder], check=True)
    install = [folder / "bin/python", "-I", "-m", "pip", "install", "--no-input", "--retries", "2", "--prefer-binary"]
    for command in commands:
        pip = Ended("pip", [*install, *shlex.split(command)], folder, {}, INSTALL_SECONDS)
        if pip.code != 0:
            break
    else:
        stamp.write_text(wanted)
        return folder, None
    lines = [line for line in pip.errors.splitlines() if line.startswith(("ERROR:", "error:"))]
    return folder, (lines or ["pip did not end" if pip.code is None else "pip failed"])[0].removeprefix("ERROR: ")


def versions(folder, names):
    """The versions of packages in a virtual environment."""
    code = (
        "import sys, json\nfrom importlib.metadata import version, PackageNotFoundError\nfound = {}\n"
        "for name in sys.argv[1:]:\n    try: found[name] = version(name)\n    except PackageNotFoundError: pass\n"
        "print(json.dumps(found))")  # fmt: skip
    return json.loads(subprocess.check_output([folder / "bin/python", "-I", "-c", code, *names], text=True))


def check(row, folder, common, variables):
    """Runs `ascent check`: its spaces, the names of the tests that failed, and its fault or refusal."""
    steps = ["--steps", str(row.get("check_steps", min(1000, row.get("steps", 1000))))]
    ended = Ended("check", [ASCENT, "check", *common, *steps, "--json"], folder, variables)
    lines = {event["name"]: event for event in ended.events if event["event"] == "check"}
    failed = [name for name, event in lines.items() if event["verdict"] == "fail"]
    spaces = re.fullmatch(r"observes (.*), acts (.*)", lines["spaces"]["text"]) if "spaces" in lines else None
    fault = ended.fault
    if fault is None and ended.code not in (0, 2, 3, 5):
        fault = f"exit code {ended.code}: {ended.message}"
    return {
        "observes": spaces[1] if spaces else "", "acts": spaces[2] if spaces else "", "failed": failed,
        "says": {name: lines[name]["text"] for name in failed}, "code": ended.code, "fault": fault,
        "message": "" if ended.code in (0, 5) else ended.message, "seconds": round(ended.seconds, 1),
    }  # fmt: skip


def train(row, folder, common, variables):
    """Trains twice with one seed, a third time with two processes where that is cheap."""
    steps = ["--seed", "1", "--steps", str(row.get("steps", 2000)), "--preset", "none", "--json"]
    results = []
    for name, workers in ("first", 1), ("second", 1), ("workers", 2):
        out = folder / name
        shutil.rmtree(out, ignore_errors=True)
        if workers == 2 and (results[0]["seconds"] > row.get("cheap", CHEAP) or "--lanes 1" in row.get("flags", "")):
            break
        extra = ["--workers", str(workers)] if workers > 1 else []
        ended = Ended(name, [ASCENT, "train", *common, *steps, *extra, "--out", out], folder, variables)
        done = [event for event in ended.events if event["event"] == "done"]
        episodes = sum(event["episodes"] for event in ended.events if event["event"] == "iteration")
        results.append({
            "code": ended.code, "fault": ended.fault, "message": ended.message if ended.code else "",
            "fingerprint": done[-1]["fingerprint"] if done else None, "bits": done[-1].get("bits") if done else None,
            "episodes": episodes, "seconds": round(ended.seconds, 1),
        })  # fmt: skip
        shutil.rmtree(out, ignore_errors=True)
        if ended.code != 0:
            break
    return results


def judge(row, checked, trained):
    """The verdict of a row, as (is it right, text)."""
    if "raises" in row:
        sentence = trained[0]["message"]
        is_right = trained[0]["code"] in (2, 3) and row["raises"] in sentence
        return is_right, f"{'' if is_right else 'fault: '}raises: {sentence.removeprefix('Python raised ')}"
    bad = next((result for result in trained if result["fault"]), None)
    if bad:
        return False, f"fault: {bad['fault']}"
    if checked["fault"]:
        return False, f"fault of check: {checked['fault']}"
    if trained[-1]["code"] != 0:
        sentence = trained[-1]["message"]
        if len(trained) > 1:
            return False, f"fault: the first run works, the next does not: {sentence}"
        if checked["code"] == 0:
            return False, f"fault: check passes, train refuses: {sentence}"
        if "refused" not in row:
            return False, f"fault: {sentence}"
        if row["refused"] not in sentence:
            return False, f"fault: refused with another sentence: {sentence}"
        return True, f"refused: {sentence}"
    if "refused" in row:
        return False, "fault: it works, and the list says that it is refused"
    if checked["code"] in (2, 3):
        return False, f"fault: it trains, and check ends with: {checked['message']}"
    names = ("first", "second", "two workers")
    prints = [result["fingerprint"] for result in trained]
    if None in prints:
        return False, "fault: exit code 0 without a fingerprint"
    if len(set(prints)) > 1:
        other = ", ".join(name for name, print_ in zip(names, prints, strict=False) if print_ != prints[0])
        failed = {"seed", "randomness", "lanes"} & set(checked["failed"])
        known = "check says so" if failed else "check does not say so"
        is_known = bool(failed) and row.get("differs", False)
        return is_known, f"{'' if is_known else 'fault: '}one seed gives other bits ({other}); {known}"
    if row.get("differs"):
        return False, "fault: one seed gives the same bits, and the list says that it does not"
    return True, "works"


def measure(package, row, python):
    """Checks and trains one environment; returns its line of the data."""
    safe = re.sub(r"[^A-Za-z0-9.-]+", "_", row["id"] + (" " + row["flags"] if "flags" in row else ""))[:120]
    folder = RUNS / package["name"] / safe
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    variables = {key: value.replace("{venv}", str(python)) for key, value in package.get("variables", {}).items()}
    identity = str(ROOT / row["id"]) if ".py:" in row["id"] else row["id"]
    flags = shlex.split(row.get("flags", "").replace("{venv}", str(python)))
    common = [identity, *flags, "--python", str(python)]
    checked = check(row, folder, common, variables)
    trained = train(row, folder, common, variables)
    is_right, verdict = judge(row, checked, trained)
    return {
        "id": row["id"], "flags": row.get("flags", ""), "note": row.get("note", ""), "steps": row.get("steps", 2000),
        "right": is_right, "verdict": verdict, "check": checked, "train": trained,
    }  # fmt: skip


def run(name, package, python):
    """Measures the rows of a package; returns its part of the data."""
    package = package | {"name": name}
    reason = None
    if "unavailable" in package:
        reason = package["unavailable"]
    elif python is None:
        python, reason = install(name, package)
    if reason is not None:
        print(f"{name}: not installed: {reason}", flush=True)
        return {"versions": {}, "unavailable": reason, "variables": {}, "right": "unavailable" in package, "rows": []}
    rows = []
    for row in package["rows"]:
        result = measure(package, row, python)
        rows.append(result)
        failed = ", ".join(result["check"]["failed"]) or "–"
        right = "ok " if result["right"] else "BAD"
        print(right, name, row["id"], row.get("flags", ""), f"[{failed}]", result["verdict"], flush=True)
    wanted = dict.fromkeys([package.get("distribution", name), "gymnasium", "numpy"])
    found = versions(python, wanted)
    right = all(row["right"] for row in rows)
    variables = package.get("variables", {})
    return {"versions": found, "unavailable": "", "variables": variables, "right": right, "rows": rows}


def read():
    return json.loads(DATA.read_text()) if DATA.exists() else {}


def write(data):
    """Writes the numbers, without the paths of this machine."""
    text = json.dumps(data, indent=1, ensure_ascii=False) + "\n"
    DATA.write_text(text.replace(f"{ROOT}/", "").replace(str(Path.home()), "~"))


def cell(text):
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def lines_of(name, part):
    """The lines of the table of one package."""
    own = next(iter(part["versions"].values()), "")
    title = f"{name} {own}".strip()
    if part["unavailable"]:
        return [f"| {title} | | | | | | | not installed: {cell(part['unavailable'])} |"]
    lines = []
    for row in part["rows"]:
        checked = row["check"]
        failed = ", ".join(checked["failed"])
        said = f"fails {failed}" if failed else "passes" if checked["code"] == 0 else "refuses"
        said = "raises" if row["verdict"].startswith("raises") else "fault" if checked["fault"] else said
        note = f" ({row['note']})" if row["note"] else ""
        typed = [f"{key}={value}" for key, value in part["variables"].items()] + row["flags"].split()
        flags = f"`{' '.join(typed)}`" if typed else ""
        trained = row["train"][0]
        lengths = f"{row['steps']:,} / {trained['episodes']:,}" if trained["code"] == 0 else ""
        observes = checked["observes"]
        if len(observes) > 150:
            observes = observes[: observes.rindex(",", 0, 140)] + ", …"
        cells = (title, row["id"], observes, checked["acts"], flags, lengths, said, row["verdict"] + note)
        lines.append("| " + " | ".join(map(cell, cells)) + " |")
        title = ""
    return lines


def report(data):
    rows = [row for part in data.values() for row in part["rows"]]
    kinds = {"works": "work", "refused:": "are refused in one sentence", "raises:": "raise an exception of their own",
             "one seed gives": "give other bits, which check says"}  # fmt: skip
    counts = {}
    for kind, text in kinds.items():
        counts[text] = sum(row["right"] and row["verdict"].startswith(kind) for row in rows)
    counts["have faults"] = sum(not row["right"] for row in rows)
    missing = sum(bool(part["unavailable"]) for part in data.values())
    found = ", ".join(f"{count} {text}" for text, count in counts.items() if count)
    text = [
        "# Environments of other packages", "",
        "`make environments-table` (Benchmarks/environments.py) writes this page from Benchmarks/environments.toml.",
        "Each package is installed into a virtual environment of its own. Each environment is checked (`ascent",
        "check`), trained twice with the same seed, and once more with `--workers 2` where that takes few seconds.",
        "*Works* means that all of these runs have the same fingerprint, with the flags that the table shows",
        "(`NAME=value` is a variable of the shell, {venv} the virtual environment). *check* lists the tests of `ascent",
        "check` that fail: a run of such an environment may not be reproducible, or not be resumable. *Episodes* are",
        "those that ended in the first run. [results/environments.json](results/environments.json) has the versions of",
        "gymnasium and numpy, the fingerprints, the seconds, and what the failed tests say.", "",
        f"{len(rows)} environments of {len(data) - missing} packages: {found}.",
        f"{missing} packages cannot be installed.", "",
        "| package | environment | observes | acts | flags | steps / episodes | check | result |",
        "|---|---|---|---|---|---|---|---|",
        *(line for name, part in data.items() for line in lines_of(name, part)), "",
    ]  # fmt: skip
    REPORT.write_text("\n".join(text))
    print(f"{REPORT.relative_to(ROOT)}: {len(rows)} rows of {len(data)} packages: {found}")


def main():
    packages = tomllib.loads(LIST.read_text())
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--package", action="append", choices=packages, help="the rows of this package again")
    parser.add_argument("--quick", action="store_true", help="only what .venv has; printed, not written")
    parser.add_argument("--report", action="store_true", help="write the table alone")
    options = parser.parse_args()
    data = read()
    if options.quick:
        packages = {name: package for name, package in packages.items() if package.get("quick")}
        parts = {name: run(name, package, ROOT / ".venv") for name, package in packages.items()}
    elif options.report:
        parts = {}
    else:
        parts = {}
        for name in options.package or packages:
            parts[name] = run(name, packages[name], None)
            data = {n: (data | parts)[n] for n in packages if n in data or n in parts}
            write(data)
    if not options.quick:
        report(data)
    bad = [name for name, part in (parts or data).items() if not part["right"]]
    if bad:
        print("not right: " + ", ".join(bad), file=sys.stderr)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
