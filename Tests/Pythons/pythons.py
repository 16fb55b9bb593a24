"""Trains the same runs with several versions of Python and of Gymnasium, and compares the learned bits.

    pythons.py                    every Python of pyenv from 3.10 on, and every version of Gymnasium
    pythons.py --python PATH …    these interpreters
    pythons.py --only gymnasium   only the versions of Gymnasium, with the default build

For each Python, `make build PYTHON=…` makes an executable, which `.build/release/ascent` has to start for that Python's
environment. The virtual environments are in .build/pythons/environments. The first call takes a quarter of an hour, most
of it for the build of the Swift packages, and needs a network for pip. Exits with 1 if bits differ where the
environment is the same.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
ASCENT = ROOT / ".build/release/ascent"
ENVIRONMENTS = ROOT / ".build/pythons/environments"

# Versions of Gymnasium from the oldest that is supported, with what pip installs beside it; below 1.0 they fail with
# numpy 2.
GYMNASIUMS = {
    "0.28.1": ["numpy<2"], "0.29.1": ["numpy<2"], "1.0.0": [], "1.1.1": [], "1.2.3": [], "1.4.0": [],
}  # fmt: skip
NEWEST = "1.4.0"
TASKS = {
    "CartPole-v1": ["CartPole-v1", "--steps", "20000", "--workers", "2"],
    "LunarLander-v3": ["LunarLander-v3", "--steps", "8000", "--preset", "none"],
    "arrivals.py:Queue": ["envs/arrivals.py:Queue", "--steps", "10000"],
}
# LunarLander needs Box2D, which Gymnasium below 1.0 gets as another package, without a binary for these Pythons.
OF_EVERY_GYMNASIUM = ["CartPole-v1", "arrivals.py:Queue"]


def called(command, what, **options):
    done = subprocess.run(command, cwd=ROOT, text=True, capture_output=True, **options)
    if done.returncode != 0:
        sys.exit(f"pythons: {what} failed ({done.returncode}):\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    return done.stdout


def environment(name, interpreter, packages):
    """Makes a virtual environment with these packages, or takes the one that is there."""
    folder = ENVIRONMENTS / name
    stamp = folder / "packages"
    key = "\n".join([str(interpreter), *packages])
    if not stamp.exists() or stamp.read_text() != key:
        shutil.rmtree(folder, ignore_errors=True)
        called([interpreter, "-I", "-m", "venv", folder], f"a virtual environment of {interpreter}")
        called([folder / "bin/python", "-I", "-m", "pip", "install", "-q", *packages], f"pip install for {name}")
        stamp.write_text(key)
    return folder


def train(ascent, folder, task, scratch):
    """Returns the bits of a run and its versions."""
    run = pathlib.Path(scratch) / f"{folder.name}-{task.replace(':', '-')}"
    out = called([ascent, "train", *TASKS[task], "--seed", "1", "--lanes", "8", "--quiet", "--json", "--python", folder,
                  "--out", run], f"{task} with {folder.name}")  # fmt: skip
    bits = json.loads(out.splitlines()[-1])["bits"]
    return bits, dict(re.findall(r'^(\w+) = "(.*)"$', (run / "run.toml").read_text().split("[versions]")[1], re.M))


def row(ascent, folder, tasks, scratch):
    results = {task: train(ascent, folder, task, scratch) for task in tasks}
    versions = next(iter(results.values()))[1]
    return versions, {task: bits for task, (bits, _) in results.items()}


def show(rows, tasks):
    """Prints a table, and returns the tasks whose bits differ between its rows."""
    table = [["python", "gymnasium", "numpy", *tasks]]
    table += [
        [versions["python"], versions["gymnasium"], versions["numpy"], *(bits[task][:16] for task in tasks)]
        for versions, bits in rows
    ]
    widths = [max(len(line[k]) for line in table) for k in range(len(table[0]))]
    for line in table:
        print("  ".join(text.ljust(width) for text, width in zip(line, widths)).rstrip())
    return [task for task in tasks if len({bits[task] for _, bits in rows}) > 1]


def interpreters(named):
    """The interpreters to build for: those named, or the newest of each minor version that pyenv has."""
    if named:
        return [pathlib.Path(path) for path in named]
    root = pathlib.Path(os.environ.get("PYENV_ROOT", pathlib.Path.home() / ".pyenv"))
    found = {}
    for folder in sorted(root.glob("versions/3.1[0-3].*"), key=lambda path: int(path.name.split(".")[2])):
        found[folder.name.rpartition(".")[0]] = folder / "bin/python"
    if not found:
        sys.exit("pythons: pyenv has no Python from 3.10 to 3.13; name interpreters with --python")
    return [found[minor] for minor in sorted(found)]


def default_interpreter():
    return pathlib.Path(called(["Scripts/linked-python.sh", "interpreter"], "Scripts/linked-python.sh").strip())


def of_pythons(named, scratch):
    packages = [f"gymnasium[box2d]=={NEWEST}"]
    default = default_interpreter()
    rows = [row(ASCENT, environment(f"default-{default.name}", default, packages), TASKS, scratch)]
    for interpreter in interpreters(named):
        program = "import platform; print(platform.python_version())"
        version = called([interpreter, "-I", "-c", program], f"{interpreter}").strip()
        print(f"python {version}: make build PYTHON={interpreter}", file=sys.stderr)
        called(["make", "build", f"PYTHON={interpreter}"], f"make build PYTHON={interpreter}")
        minor = "python" + version.rpartition(".")[0]
        # For another minor version, the default executable has to find the one that was built.
        ascent = ASCENT if minor != default.name else ASCENT.with_name(f"ascent-{minor}")
        found = row(ascent, environment(f"python{version}", interpreter, packages), TASKS, scratch)
        if found[0]["python"] != version:
            sys.exit(f"pythons: the environment of Python {version} ran with {found[0]['python']}")
        rows.append(found)
    return show(rows, list(TASKS))


def try_vector(folder, version, scratch):
    """Trains on CartPole-v1's vector, which Gymnasium has from 1.0 on; before, one sentence says so."""
    command = [ASCENT, "train", "CartPole-v1", "--vector", "--steps", "4000", "--quiet", "--python", folder,
               "--out", pathlib.Path(scratch) / f"vector-{version}"]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, text=True, capture_output=True)
    is_right = done.returncode == 0
    if version.startswith("0."):
        is_right = done.returncode == 2 and re.fullmatch(".*needs Gymnasium 1.0 or newer.*", done.stderr.strip())
    if not is_right:
        sys.exit(f"pythons: --vector with Gymnasium {version} ({done.returncode}):\n{done.stdout}{done.stderr}")


def of_gymnasiums(scratch):
    rows = []
    for version, others in GYMNASIUMS.items():
        folder = environment(f"gymnasium{version}", default_interpreter(), [f"gymnasium=={version}", *others])
        called([ASCENT, "environments", "--python", folder], f"ascent environments with Gymnasium {version}")
        called([ASCENT, "check", "CartPole-v1", "--python", folder], f"ascent check with Gymnasium {version}")
        try_vector(folder, version, scratch)
        rows.append(row(ASCENT, folder, OF_EVERY_GYMNASIUM, scratch))
    return show(rows, OF_EVERY_GYMNASIUM)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", action="append", default=[], help="an interpreter to build for")
    parser.add_argument("--only", choices=["pythons", "gymnasium"])
    options = parser.parse_args()
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONPATH", "PYTHONHOME"):
        os.environ.pop(name, None)
    differing = []
    with tempfile.TemporaryDirectory() as scratch:
        if options.only != "gymnasium":
            differing += of_pythons(options.python, scratch)
        if options.only != "pythons":
            differing += of_gymnasiums(scratch)
    for task in differing:
        print(f"pythons: the bits of {task} differ")
    return bool(differing)


if __name__ == "__main__":
    sys.exit(main())
