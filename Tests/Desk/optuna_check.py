"""Sweeps with Optuna's samplers and pruners: `make desk`.

.venv-desk/bin/python Tests/Desk/optuna_check.py ASCENT

The proposals depend on the seed and on the scores alone: one process at a time, two at a time, and a sweep that was killed
and resumed have to try the same settings and come to the same bits. Without the package, one sentence says what to install.
"""

import json
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

START = """
environment = "native:cartpole"
seeds = [1, 2]
steps = 3000
seed = 3
[evaluation]
episodes = 10
[space]
algorithm.rate = { log = [1e-4, 1e-2] }
algorithm.epochs = { integer = [1, 6] }
rollout.steps = [16, 32, 64]
"""
HERE = pathlib.Path(__file__).resolve().parents[2]


def arguments(ascent, file, out, python, *more):
    return [ascent, "sweep", file, "--out", out, "--python", python, "--quiet", *more]


def rows(out):
    """The settings and bits of each trial, from sweep.csv without the folder."""
    lines = (out / "sweep.csv").read_text().splitlines()
    place = lines[0].split(",").index("run")
    return sorted(",".join(cell for k, cell in enumerate(line.split(",")) if k != place) for line in lines[1:])


def main():
    ascent, python, faults = sys.argv[1], sys.executable, []
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)

        def write(name, text):
            (root / name).write_text(text)
            return root / name

        def sweep(file, out, *more):
            found = subprocess.run(arguments(ascent, file, root / out, python, *more), capture_output=True, text=True)
            if found.returncode != 0:
                faults.append(f"{out}: exit code {found.returncode}: {found.stderr.strip()}")
                return []
            return rows(root / out)

        tpe = write("tpe.toml", 'method = "tpe"\ntrials = 14\n' + START)
        one = sweep(tpe, "one", "--jobs", "1")
        if len(one) != 28:
            faults.append(f"tpe made {len(one)} trials, not 28")
        if sweep(tpe, "two", "--jobs", "2") != one:
            faults.append("tpe: two trials at once changed the settings or the bits")
        process = subprocess.Popen(arguments(ascent, tpe, root / "killed", python), stderr=subprocess.DEVNULL)
        while process.poll() is None and len(list(root.glob("killed/results/*.json"))) < 15:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.wait()
        before = {path: path.stat().st_mtime_ns for path in root.glob("killed/results/*.json")}
        if sweep(tpe, "killed", "--resume") != one:
            faults.append("tpe: a sweep that was killed and resumed has other settings or bits")
        if any(path.stat().st_mtime_ns != then for path, then in before.items()):
            faults.append("tpe: a trial with a result was repeated")
        cmaes = write("cmaes.toml", 'method = "cmaes"\ntrials = 8\n' + START.replace("rollout.steps = [16, 32, 64]", ""))
        if len(sweep(cmaes, "cmaes")) != 16:
            faults.append("cmaes did not make its 16 trials")
        for pruner in ("median", "successive-halving", "hyperband"):
            file = write("pruned.toml", f'method = "tpe"\npruner = "{pruner}"\ntrials = 12\n' + START.replace("= 3000", "= 6000"))
            found = sweep(file, pruner)
            pruned = sum(",pruned," in row for row in found)
            print(f"{pruner}: {pruned} of 12 settings were stopped early")
            if not 0 < pruned < 12:
                faults.append(f"{pruner} stopped {pruned} of 12 settings")
            if sweep(file, pruner, "--resume") != found:
                faults.append(f"{pruner}: a finished sweep changed when it was resumed")
        drawn = write("drawn.toml", 'method = "random"\npruner = "median"\ntrials = 12\n' + START.replace("= 3000", "= 6000"))
        plain = write("plain.toml", 'method = "random"\ntrials = 12\n' + START.replace("= 3000", "= 6000"))
        pruned, whole = sweep(drawn, "drawn"), sweep(plain, "plain")
        if not {row for row in pruned if ",finished," in row} < set(whole):
            faults.append("a pruner changed the settings or the bits of random trials")
        bare = HERE / ".venv/bin/python"
        missing = subprocess.run(arguments(ascent, tpe, root / "missing", bare), capture_output=True, text=True)
        if missing.returncode != 2 or "-m pip install optuna" not in missing.stderr or missing.stderr.count("\n") != 1:
            faults.append(f"without optuna: exit code {missing.returncode}: {missing.stderr}")
    print(*faults, f"optuna: samplers, pruners, resuming: {len(faults)} faults", sep="\n")
    sys.exit(1 if faults else 0)


main()
