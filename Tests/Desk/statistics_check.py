"""Compares the statistics of a sweep with those of the package rliable: `make desk`.

.venv-desk/bin/python Tests/Desk/statistics_check.py ASCENT

A sweep of a native problem is made; sweep.json has its scores and statistics. The interquartile mean, the mean, the
optimality gap and the probability of improvement have to equal rliable's within 1e-12 of their size; the ends of intervals
have to lie within five standard errors of resampling, which are measured by repeating rliable's with other seeds.
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import warnings

import numpy
from rliable import library, metrics

SWEEP = """
environment = "native:cartpole"
algorithms = ["ppo", "a2c"]
seeds = 9
steps = 4000
goal = 60
[evaluation]
episodes = 20
[grid]
algorithm.rate = [0.0003, 0.003]
"""
TOLERANCE, REPEATS, RESAMPLES = 1e-12, 6, 1000


def intervals(scores, statistic):
    """The interval of rliable with several seeds: the means and the standard errors of its two ends."""
    ends = []
    for seed in range(REPEATS):
        _, found = library.get_interval_estimates(
            {"one": scores}, lambda *x: numpy.array([statistic(*x)]), reps=RESAMPLES, random_state=numpy.random.RandomState(seed))
        ends.append(found["one"][:, 0])
    return numpy.mean(ends, axis=0), numpy.std(ends, axis=0, ddof=1)


def main():
    warnings.simplefilter("ignore")  # rliable's call of arch is deprecated
    ascent, faults, compared = sys.argv[1], [], 0
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        (root / "s.toml").write_text(SWEEP)
        subprocess.run([ascent, "sweep", root / "s.toml", "--out", root / "out", "--quiet"], check=True, capture_output=True)
        sweep = json.loads((root / "out/sweep.json").read_text())
    scores = {row["name"]: numpy.array([[trial["mean_return"]] for trial in row["trials"]]) for row in sweep["settings"]}
    best = scores[sweep["best"]]
    for row in sweep["settings"]:
        own = scores[row["name"]]
        cases = {
            "interquartile_mean": (metrics.aggregate_iqm, own),
            "mean": (metrics.aggregate_mean, own),
            "optimality_gap": (lambda x: metrics.aggregate_optimality_gap(x, gamma=sweep["goal"]), own),
        }
        if row["name"] != sweep["best"]:
            cases["probability_that_best_is_better"] = (metrics.probability_of_improvement, (best, own))
        for name, (statistic, x) in cases.items():
            theirs = statistic(*x) if isinstance(x, tuple) else statistic(x)
            if abs(row[name] - theirs) > TOLERANCE * max(1, abs(theirs)):
                faults.append(f"{row['name']}: {name} is {row[name]}, rliable's {theirs}")
            means, errors = intervals(x, statistic)
            # One more repeat is ours; where ends are ties of few values, the standard error is 0.
            allowed = 5 * errors + 1e-9 * max(1, abs(theirs))
            if (abs(numpy.array(row[name + "_interval"]) - means) > allowed).any():
                faults.append(f"{row['name']}: {name} has {row[name + '_interval']}, rliable {means} ± {errors}")
            compared += 1
    print(*faults, f"statistics: {compared} statistics of {len(scores)} settings beside rliable, {len(faults)} faults", sep="\n")
    sys.exit(1 if faults else 0)


main()
