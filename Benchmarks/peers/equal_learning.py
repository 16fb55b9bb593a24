"""Compares learning curves of Ascent and Stable-Baselines3: docs/figures/equal-learning.{svg,csv,json}

    make equal-learning                                              missing runs, then the figure
    .venv/bin/python Benchmarks/peers/equal_learning.py --report     only the figure, of the existing runs

Both sides train PPO with the settings of a row of Benchmarks/peers/returns.py, from the same distribution of weights.
A curve is the mean over the seeds of a run's mean return over the last 20 training episodes, with its 95 % bootstrap
interval. (Since whole iterations are used, there may be a few more episodes.) At each of up to 50 points, the table
says whether each mean is inside of the other's interval, and whether 0 is in the interval of their difference. Its last
rows are the shares of these, over the points at which the seeds differ at all. With ten seeds of the same learner on
both sides, a simulation finds either mean inside of the other's interval at 79 % of the points, and 0 in the interval
of the difference at 93 %. The points of a curve are not independent, so each environment has a test of the whole curve:
the probability that seeds assigned to the two sides at random have mean returns over the whole run that differ at least
as much as these (the .json).
"""

import argparse
import csv
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import matplotlib
import numpy

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "Benchmarks"))
from statistics_of_seeds import interval, mean, resamples, write  # noqa: E402

ASCENT = os.environ.get("ASCENT") or ROOT / ".build/release/ascent"
PEER = ROOT / ".venv-peers/bin/python", ROOT / "Benchmarks/peers/returns.py"
OURS, THEIRS = ROOT / "runs/equal-learning", ROOT / "docs/results/sb3"
FIGURES = ROOT / "docs/figures"
EPISODES, POINTS = 20, 50
COLUMNS = [
    "environment", "seeds", "steps", "ascent", "ascent low", "ascent high", "sb3", "sb3 low", "sb3 high",
    "ascent inside sb3", "sb3 inside ascent", "0 inside difference",
]  # fmt: skip


@dataclass
class Comparison:
    """The settings of a row of returns.py under Ascent's names; all others have the same defaults on both sides."""

    row: str
    steps: int
    lanes: int
    rollout: int
    settings: list

    @property
    def iteration(self):
        return self.lanes * self.rollout


COMPARISONS = {
    "CartPole-v1": Comparison("cartpole-ppo", 100_000, 8, 32, [
        "algorithm.minibatch=256", "algorithm.lambda=0.8", "algorithm.gamma=0.98", "algorithm.epochs=20",
        "algorithm.rate=0.001", "algorithm.rate_schedule=linear", "algorithm.clip_schedule=linear"]),
    "HalfCheetah-v5": Comparison("halfcheetah-defaults", 300_000, 8, 256, []),
    "LunarLander-v3": Comparison("lunarlander-ppo", 1_000_000, 16, 1024, [
        "algorithm.lambda=0.98", "algorithm.gamma=0.999", "algorithm.epochs=4", "algorithm.entropy=0.01"]),
}  # fmt: skip


def is_finished(out):
    run = out / "run.toml"
    return run.exists() and "\n[result]\n" in run.read_text()


def train_ours(environment, seed):
    comparison, out = COMPARISONS[environment], OURS / environment / str(seed)
    if is_finished(out):
        return
    settings = [f"rollout.steps={comparison.rollout}", *comparison.settings]
    subprocess.run(
        [ASCENT, "train", environment, "--preset", "none", "--algorithm", "ppo", "--seed", str(seed),
         "--steps", str(comparison.steps), "--lanes", str(comparison.lanes), "--quiet", "--out", out, "--resume",
         *(part for setting in settings for part in ("--set", setting))],
        check=True, cwd=ROOT, stdout=subprocess.DEVNULL)  # fmt: skip


def train_theirs(environment, seeds):
    subprocess.run([*PEER, "--only", COMPARISONS[environment].row, "--seeds", str(seeds)], check=True, cwd=ROOT)


def our_rows(environment, seed):
    """Ascent's (steps, mean return, episodes) of each iteration with a finished episode; None for an unfinished run."""
    out = OURS / environment / str(seed)
    if not is_finished(out):
        return None
    with open(out / "metrics.csv", newline="") as file:
        lines = [line for line in csv.DictReader(file) if line["mean_return"]]
    return [(int(line["steps"]), float(line["mean_return"]), int(line["episodes"])) for line in lines]


def their_rows(environment, seed):
    """Stable-Baselines3's (steps, mean return, episodes) of each iteration in which an episode ended, or None."""
    comparison = COMPARISONS[environment]
    with open(THEIRS / f"{comparison.row}-curve.csv", newline="") as file:
        curve = [line for line in csv.DictReader(file) if int(line["seed"]) == seed]
    if not curve:
        return None
    iterations = {}
    for steps, total in ((int(line["steps"]), float(line["return"])) for line in curve):
        iterations.setdefault(-(-steps // comparison.iteration) * comparison.iteration, []).append(total)
    return [(steps, float(numpy.mean(totals)), len(totals)) for steps, totals in sorted(iterations.items())]


def running_mean(rows, grid):
    """The mean return of the last EPISODES episodes, or a few more, at each point; NaN before the first episode."""
    recent, values, next_row = [], [], 0
    for steps in grid:
        while next_row < len(rows) and rows[next_row][0] <= steps:
            recent.append(rows[next_row][1:])
            next_row += 1
            while sum(n for _, n in recent[1:]) >= EPISODES:
                recent.pop(0)
        count = sum(n for _, n in recent)
        values.append(sum(m * n for m, n in recent) / count if count else numpy.nan)
    return values


def chance(a, b):
    """A permutation test on the seeds' means over the whole curve."""
    a, b = numpy.nanmean(a, axis=1), numpy.nanmean(b, axis=1)
    both, found = numpy.concatenate([a, b]), abs(a.mean() - b.mean())
    generator = numpy.random.default_rng(1)
    dealt = (generator.permutation(both) for _ in range(20_000))
    share = numpy.mean([abs(x[: len(a)].mean() - x[len(a) :].mean()) >= found - 1e-9 for x in dealt])
    return {"ascent": round(float(a.mean()), 1), "sb3": round(float(b.mean()), 1), "probability": round(float(share), 2)}


def compare(environment, seeds):
    """The rows of the table and the test of the whole curve; both empty if a side has fewer than three runs."""
    comparison = COMPARISONS[environment]
    ours, theirs = (
        [rows for seed in range(1, seeds + 1) if (rows := rows_of(environment, seed)) is not None]
        for rows_of in (our_rows, their_rows)
    )
    if min(len(ours), len(theirs)) < 3:
        return [], {}
    stride = -(-comparison.steps // (POINTS * comparison.iteration)) * comparison.iteration
    grid = list(range(stride, comparison.steps + 1, stride))
    a = numpy.array([running_mean(rows, grid) for rows in ours])
    b = numpy.array([running_mean(rows, grid) for rows in theirs])
    table = []
    for k, steps in enumerate(grid):
        x, y = a[:, k], b[:, k]
        if numpy.isnan(x).any() or numpy.isnan(y).any():
            continue
        (low, high), (their_low, their_high) = interval(x, mean), interval(y, mean)
        differences = mean(x[resamples(len(x))]) - mean(y[resamples(len(y), seed=2)])
        below, above = numpy.quantile(differences, [0.025, 0.975])
        table.append([
            environment, f"{len(x)} and {len(y)}", steps,
            *(round(float(v), 3) for v in (x.mean(), low, high, y.mean(), their_low, their_high)),
            int(their_low <= x.mean() <= their_high), int(low <= y.mean() <= high), int(below <= 0 <= above),
        ])  # fmt: skip
    return table, chance(a, b)


def draw(tables):
    figure, panels = plt.subplots(1, len(tables), figsize=(4.2 * len(tables), 3.6), squeeze=False)
    for axes, (environment, table) in zip(panels[0], tables.items()):
        steps = [line[2] / 1000 for line in table]
        for label, first in (("Ascent", 3), ("Stable-Baselines3", 6)):
            axes.plot(steps, [line[first] for line in table], label=label)
            low, high = ([line[first + k] for line in table] for k in (1, 2))
            axes.fill_between(steps, low, high, alpha=0.2)
        axes.set(xlabel="thousand environment steps", title=f"{environment}, {table[0][1]} seeds")
    panels[0][0].set(ylabel=f"mean return of the last {EPISODES} episodes")
    panels[0][0].legend(loc="lower right")
    figure.tight_layout()
    matplotlib.rcParams["svg.hashsalt"] = "ascent"
    figure.savefig(FIGURES / "equal-learning.svg", metadata={"Date": None})
    plt.close(figure)


def share(name, table):
    """The last row of an environment: the shares of the points at which the seeds differ."""
    spread = [line for line in table if line[4] < line[5] or line[7] < line[8]]
    shares = [round(float(numpy.mean([line[k] for line in spread])), 3) for k in (-3, -2, -1)]
    return [name, "", f"share of {len(spread)} points", *[""] * 6, *shares]


def report(seeds):
    found = {name: compare(name, seeds) for name in COMPARISONS}
    tables = {name: table for name, (table, _) in found.items() if table}
    if not tables:
        return
    tests = {name: found[name][1] for name in tables}
    FIGURES.mkdir(parents=True, exist_ok=True)
    lines = [line for table in tables.values() for line in table]
    shares = [share(name, table) for name, table in [*tables.items(), ("all", lines)]]
    text = "\n".join(",".join(map(str, line)) for line in [COLUMNS, *lines, *shares])
    write(FIGURES / "equal-learning.csv", text + "\n")
    write(FIGURES / "equal-learning.json", json.dumps(tests, indent=1) + "\n")
    draw(tables)
    for name, test in tests.items():
        print(f"{name}, the whole curve: {test}", flush=True)
    for name, _, what, *_, ours, theirs, difference in shares:
        print(
            f"{name}, {what}: ours inside theirs {ours:.0%}, theirs inside ours {theirs:.0%}, "
            f"0 inside the difference {difference:.0%}", flush=True)  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", action="append", choices=COMPARISONS, help="these environments")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--report", action="store_true", help="draw what is there")
    options = parser.parse_args()
    for name in [] if options.report else options.only or COMPARISONS:
        for seed in range(1, options.seeds + 1):
            train_ours(name, seed)
        train_theirs(name, options.seeds)
        report(options.seeds)
    if options.report:
        report(options.seeds)


if __name__ == "__main__":
    main()
