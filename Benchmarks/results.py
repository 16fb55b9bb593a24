"""The learning curves of docs/tour.md: the steps that each estimator needs for CartPole.

    make results       ten seeds of each estimator; docs/figures/estimators.{svg,csv}

Runs are deterministic, so the table and the figure are the same on every machine.
"""

import csv
import os
import statistics
import subprocess
import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

ROOT = Path(__file__).resolve().parent.parent
ASCENT = ROOT / ".build/release/ascent"
RUNS = ROOT / "runs/results"
FIGURES = ROOT / "docs/figures"
SEEDS = range(1, 11)
STEPS = 400_000
GOAL = 475

# The label, and the changes of the defaults of likelihood-ratio (γ = 1, Adam at 0.003, 8 lanes × 256 steps).
ESTIMATORS = {
    "total return": [],
    "reward to go": ["algorithm.estimator=reward-to-go"],
    "reward to go, average baseline": ["algorithm.estimator=reward-to-go", "algorithm.baseline=average"],
}
# Student's t at 9 degrees of freedom, 97.5 %.
T = 2.262


def is_finished(out):
    run = out / "run.toml"
    return run.exists() and "\n[result]\n" in run.read_text()


def train(label, seed):
    """Trains once; returns the rows of metrics.csv as (steps, mean return, episodes).
    
    The last iteration is omitted if the step budget cut its long episodes, since only the short ones would remain.
    """
    out = RUNS / f"{label.replace(' ', '-').replace(',', '')}-{seed}"
    if not is_finished(out):
        settings = [part for setting in ESTIMATORS[label] for part in ("--set", setting)]
        subprocess.run(
            [ASCENT, "train", "CartPole-v1", "--algorithm", "likelihood-ratio", "--seed", str(seed),
             "--steps", str(STEPS), "--quiet", "--out", out, "--resume", *settings],
            check=True, cwd=ROOT, stdout=subprocess.DEVNULL)  # fmt: skip
    with open(out / "metrics.csv", newline="") as file:
        return [
            (int(row["steps"]), float(row["mean_return"]), int(row["episodes"]))
            for row in csv.DictReader(file) if row["mean_return"] and row["cut_steps"] == "0"
        ]  # fmt: skip


def steps_to_goal(rows):
    """The steps after which the mean over the last 30 episodes first reaches GOAL; STEPS if it never does."""
    recent = []
    for steps, mean, episodes in rows:
        recent.append((mean, episodes))
        while sum(n for _, n in recent[1:]) >= 30:
            recent.pop(0)
        count = sum(n for _, n in recent)
        if count >= 30 and sum(m * n for m, n in recent) / count >= GOAL:
            return steps
    return STEPS


def at(rows, steps):
    """The mean return of the last iteration that ended within `steps`."""
    past = [mean for end, mean, _ in rows if end <= steps]
    return past[-1] if past else rows[0][1]


def main():
    if not ASCENT.exists():
        sys.exit("results: .build/release/ascent is missing: say make build first")
    FIGURES.mkdir(parents=True, exist_ok=True)
    grid = list(range(4_000, STEPS + 1, 4_000))
    figure, axes = plt.subplots(figsize=(7, 4))
    table = []
    for label in ESTIMATORS:
        curves = {seed: train(label, seed) for seed in SEEDS}
        needed = [steps_to_goal(rows) for rows in curves.values()]
        values = [[at(rows, steps) for rows in curves.values()] for steps in grid]
        means = [statistics.mean(v) for v in values]
        half = [T * statistics.stdev(v) / len(v) ** 0.5 for v in values]
        axes.plot(grid, means, label=label)
        axes.fill_between(
            grid, [m - h for m, h in zip(means, half)], [min(500, m + h) for m, h in zip(means, half)], alpha=0.2)  # fmt: skip
        mean, error = statistics.mean(needed), T * statistics.stdev(needed) / len(needed) ** 0.5
        reached = sum(steps < STEPS for steps in needed)
        table.append((label, reached, round(statistics.median(needed)), round(mean), round(error)))
        print(f"{label}: {reached} of 10 seeds reach {GOAL}; steps {mean:,.0f} ± {error:,.0f}", flush=True)
    axes.axhline(GOAL, color="gray", linewidth=0.8, linestyle=":")
    axes.set(xlabel="environment steps", ylabel="mean return", title="CartPole-v1, mean of 10 seeds and its 95 % interval")
    axes.legend(loc="lower right")
    figure.tight_layout()
    matplotlib.rcParams["svg.hashsalt"] = "ascent"
    figure.savefig(FIGURES / "estimators.svg", metadata={"Date": None})
    with open(FIGURES / "estimators.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["estimator", "seeds that reach 475", "median steps", "mean steps", "half width of 95 %"])
        writer.writerows(table)


main()
