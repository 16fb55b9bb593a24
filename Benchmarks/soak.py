#!/usr/bin/env python3
"""Checks that the time per step and the memory stay constant over ten million steps.

    make soak                       native:cartpole, and CartPole-v1 in Python, about five minutes

Prints for each tenth of the run the time per step from metrics.csv and the resident memory, which is read every second;
for the hosted run also the number of blocks that Python has allocated (sys.getallocatedblocks()), which the environment
records. Fails if the memory or the blocks grow after the second tenth.
"""

import argparse
import csv
import os
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
HOSTED = '''
import os, sys
from gymnasium.envs.classic_control import CartPoleEnv


class CartPole(CartPoleEnv):
    """Gymnasium's, noting at every tenth of the run how many blocks Python has."""

    steps = 0

    def step(self, action):
        CartPole.steps += 1
        if CartPole.steps % int(os.environ["SOAK_INTERVAL"]) == 0:
            with open(os.environ["SOAK_LOG"], "a") as file:
                file.write(f"{sys.getallocatedblocks()}\\n")
        return super().step(action)
'''


def soak(ascent, folder, name, steps, limit):
    out, log = folder / "run", folder / "blocks"
    arguments = [
        ascent, "train", name, "--preset", "none", "--steps", steps, "--quiet", "--out", out, "--set", "algorithm.epochs=1",
        "--set", "algorithm.minibatch=256", "--set", "rollout.steps=256", "--set", f"environment.time_limit={limit}"]  # fmt: skip
    environment = os.environ | {"SOAK_LOG": str(log), "SOAK_INTERVAL": str(steps // 10)}
    process = subprocess.Popen(list(map(str, arguments)), cwd=ROOT, stdout=subprocess.DEVNULL, env=environment)
    resident = []
    while process.poll() is None:
        try:
            pages = int(pathlib.Path(f"/proc/{process.pid}/statm").read_text().split()[1])
            resident.append((time.monotonic(), pages * os.sysconf("SC_PAGE_SIZE") / 1e6))
        except (FileNotFoundError, IndexError):
            break
        time.sleep(1)
    if process.wait() != 0:
        raise SystemExit(f"soak: {name} ended with exit code {process.returncode}")
    with open(out / "metrics.csv", newline="") as file:
        rows = [(int(row["steps"]), float(row["seconds"])) for row in csv.DictReader(file)]
    marks = [next(row for row in rows if row[0] >= steps * k // 10) for k in range(1, 11)]
    before, costs = (0, 0.0), []
    for mark in marks:
        costs.append(1e6 * (mark[1] - before[1]) / (mark[0] - before[0]))
        before = mark
    began, ended = resident[0][0], resident[-1][0]
    tenths = [
        max((mb for moment, mb in resident if moment <= began + (ended - began) * k / 10), default=resident[0][1])
        for k in range(1, 11)
    ]  # fmt: skip
    blocks = log.read_text().split() if log.exists() else []
    print(f"{name}: {steps:,} steps")
    print("  µs a step     " + " ".join(f"{cost:7.2f}" for cost in costs))
    print("  megabytes     " + " ".join(f"{mb:7.1f}" for mb in tenths))
    if blocks:
        print("  Python blocks " + " ".join(f"{int(count):7,}" for count in blocks))
    return tenths[9] - tenths[1], (int(blocks[9]) - int(blocks[1])) if blocks else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=10_000_000)
    parser.add_argument("--ascent", default=ROOT / ".build/release/ascent")
    options = parser.parse_args()
    grown = []
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        (scratch / "soak.py").write_text(HOSTED)
        for k, name in enumerate(("native:cartpole", f"{scratch}/soak.py:CartPole")):
            (scratch / str(k)).mkdir()
            megabytes, blocks = soak(options.ascent, scratch / str(k), name, options.steps, 500)
            if megabytes > 2 or blocks > 200:
                grown.append(f"{name} grew by {megabytes:.1f} MB and {blocks} blocks after the second tenth")
    print("\n".join(grown) or "memory is flat")
    sys.exit(1 if grown else 0)


if __name__ == "__main__":
    main()
