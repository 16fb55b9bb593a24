"""What is learned without a preset and without a setting: docs/defaults.md and its data.

    Benchmarks/defaults.py              train what is missing, then write the page (`make defaults`)
    Benchmarks/defaults.py --report     only the page

Each environment of defaults.toml is trained with `ascent train ENV --preset none --steps N` with today's defaults (ascent.csv),
and with the settings that were the defaults before (before.csv); peers/defaults.py trains Stable-Baselines3's PPO (sb3.csv).
The measure is that of returns.py: the final policy, its most probable actions, over 100 episodes on seeds that were never
trained on. All environments get their first seed before any gets its second; what is in a file is not trained again.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path

import numpy
from statistics_of_seeds import interval, mean, write

ROOT = Path(__file__).resolve().parent.parent
ASCENT = os.environ.get("ASCENT") or ROOT / ".build/release/ascent"
DATA = ROOT / "docs/results/defaults"
PAGE = ROOT / "docs/defaults.md"
COLUMNS = ["environment", "seed", "steps", "return", "seconds"]
EPISODES, EVALUATION_SEED = 100, 1_000_003
BEFORE = [
    "algorithm.advantage_floor=0", "normalize.observations=none", "normalize.returns=false",
    "policy.action_units=environment", "policy.log_deviation=0",
]  # fmt: skip
VARIANTS = {"before": BEFORE, "ascent": []}


def environments():
    return tomllib.loads((ROOT / "Benchmarks/defaults.toml").read_text())


def lines_of(variant):
    path = DATA / f"{variant}.csv"
    if not path.exists():
        return []
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def command(*arguments):
    result = subprocess.run([ASCENT, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise RuntimeError(f"ascent {arguments[0]} {arguments[1]}: {result.stderr.strip().splitlines()[-1]}")
    return json.loads(result.stdout.splitlines()[-1])


def train(environment, steps, seed, settings):
    """Trains and evaluates one seed; returns its line."""
    with tempfile.TemporaryDirectory() as folder:
        out, began = f"{folder}/run", time.monotonic()
        words = [word for setting in settings for word in ("--set", setting)]
        command(
            "train", environment, "--preset", "none", "--steps", steps, "--seed", seed, "--quiet", "--json", "--out",
            out, *words)  # fmt: skip
        seconds = time.monotonic() - began
        found = command("evaluate", out, "--episodes", EPISODES, "--seed", EVALUATION_SEED, "--quiet", "--json")
    return {
        "environment": environment, "seed": seed, "steps": steps, "return": round(found["mean_return"], 4),
        "seconds": round(seconds, 1),
    }  # fmt: skip


def save(variant, lines):
    order = list(environments())
    lines.sort(key=lambda line: (order.index(line["environment"]), int(line["seed"])))
    DATA.mkdir(parents=True, exist_ok=True)
    rows = [",".join(str(line[column]) for column in COLUMNS) for line in lines]
    write(DATA / f"{variant}.csv", "\n".join([",".join(COLUMNS), *rows]) + "\n")


def make(seeds):
    for seed in range(1, seeds + 1):
        for environment, steps in environments().items():
            for variant, settings in VARIANTS.items():
                lines = lines_of(variant)
                if any(line["environment"] == environment and int(line["seed"]) == seed for line in lines):
                    continue
                line = train(environment, steps, seed, settings)
                save(variant, [*lines, line])
                print(variant, *line.values(), flush=True)


# The page.


def cell(returns):
    if not returns:
        return "–", None
    digits = 3 if max(map(abs, returns)) < 2 else 1
    if len(returns) == 1:
        return f"{returns[0]:,.{digits}f}".replace("-", "−"), None
    low, high = interval(returns, mean)
    text = f"{numpy.mean(returns):,.{digits}f} [{low:,.{digits}f}, {high:,.{digits}f}]".replace("-", "−")
    return text, (low, high)


def comparison(ours, theirs):
    """Better or worse if the intervals do not overlap, else by the mean, in words."""
    if not ours or not theirs:
        return "–"
    (_, a), (_, b) = cell(ours), cell(theirs)
    if a and b and a[0] > b[1]:
        return "better"
    if a and b and a[1] < b[0]:
        return "worse"
    return "higher" if numpy.mean(ours) > numpy.mean(theirs) else "equal" if numpy.mean(ours) == numpy.mean(theirs) else "lower"


INTRODUCTION = """# Without a preset

`make defaults` (Benchmarks/defaults.py) writes this page from the numbers in docs/results/defaults/.

What `ascent train ENV --preset none --steps N` learns, with no other setting, beside what it learned before observations
and returns were normalized by default, advantages had a floor and Gaussian actions were in units of their box, beginning with
a deviation of half a unit (*before*: `{before}`), and beside Stable-Baselines3's PPO with its defaults ({versions}). All three make 2,048 steps in a rollout and
10 passes in minibatches of 64; here they are made in 8 lanes of 256, there in one environment.

The return is that of the final policy, which takes its most probable actions, over {episodes} episodes whose seeds were never
trained on; the mean over the seeds with its 95 % bootstrap interval. *Better* and *worse* are intervals that do not
overlap; *higher* and *lower* are means whose intervals do.
"""


def report():

    requirements = (ROOT / "Benchmarks/peers/requirements.txt").read_text()
    version = next(line.split("==")[1] for line in requirements.splitlines() if line.startswith("stable-baselines3=="))
    data = {name: lines_of(name) for name in ("before", "ascent", "sb3")}
    rows, verdicts = [], {"before": [], "sb3": []}
    for environment, steps in environments().items():
        returns = {
            name: [float(line["return"]) for line in lines if line["environment"] == environment]
            for name, lines in data.items()
        }
        seeds = "/".join(str(len(returns[name])) for name in ("before", "ascent", "sb3"))
        found = [comparison(returns["ascent"], returns[other]) for other in ("before", "sb3")]
        for other, verdict in zip(("before", "sb3"), found):
            verdicts[other].append(verdict)
        cells = [cell(returns[name])[0] for name in ("before", "ascent", "sb3")]
        rows.append(f"| {environment} | {steps:,} | {seeds} | {cells[0]} | **{cells[1]}** | {cells[2]} | {found[0]} | {found[1]} |")
    text = INTRODUCTION.format(
        before=" ".join(f"--set {setting}" for setting in BEFORE), versions=f"version {version}", episodes=EPISODES)
    text += "\n| environment | steps | seeds: before/ours/SB3 | before | ours | SB3 | than before | than SB3 |\n"
    text += "|---|---|---|---|---|---|---|---|\n" + "\n".join(rows) + "\n\n"
    for other, name in (("before", "before"), ("sb3", "Stable-Baselines3")):
        counts = {word: verdicts[other].count(word) for word in ("better", "higher", "equal", "lower", "worse")}
        words = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
        text += f"Beside {name}: {words} of {sum(counts.values())}.\n"
    write(PAGE, text)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--report", action="store_true", help="write only the page")
    options = parser.parse_args()
    if not options.report:
        if not Path(ASCENT).exists():
            sys.exit("defaults: .build/release/ascent is missing: say make build first")
        make(options.seeds)
    report()


if __name__ == "__main__":
    main()
