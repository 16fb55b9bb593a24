"""The returns that Stable-Baselines3's PPO reaches with its defaults: docs/results/defaults/sb3.csv.

    .venv-peers/bin/python Benchmarks/peers/defaults.py [--seeds N] [--jobs N]

One environment at a time, MlpPolicy, the steps of Benchmarks/defaults.toml; no wrapper but Gymnasium's own. The measure
is that of returns.py: the final policy, deterministic, over 100 episodes on seeds that were never trained on. All
environments get their first seed before any gets its second. What is in the file is not trained again.
"""

import argparse
import concurrent.futures
import csv
import multiprocessing
import sys
import time
import tomllib

import numpy
import torch
from returns import ROOT, Row, evaluate, train
from statistics_of_seeds import write

TABLE = ROOT / "docs/results/defaults/sb3.csv"
COLUMNS = ["environment", "seed", "steps", "return", "seconds"]


def run(environment, steps, seed):
    """Trains and evaluates one seed; returns its line."""
    torch.set_num_threads(1)
    began = time.monotonic()
    row = Row(environment, steps, 1, {})
    model, normalizer, _ = train(row, seed)
    seconds = time.monotonic() - began
    returns = [total for total, _ in evaluate(row, model, normalizer)]
    return [environment, seed, model.num_timesteps, round(float(numpy.mean(returns)), 4), round(seconds, 1)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    lines = []
    if TABLE.exists():
        with open(TABLE, newline="") as file:
            lines = list(csv.reader(file))[1:]
    made = {(line[0], int(line[1])) for line in lines}
    environments = tomllib.loads((ROOT / "Benchmarks/defaults.toml").read_text())
    order = list(environments)
    workers = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(options.jobs, workers, max_tasks_per_child=1) as pool:
        jobs = [
            pool.submit(run, name, steps, seed)
            for seed in range(1, options.seeds + 1)
            for name, steps in environments.items()
            if (name, seed) not in made
        ]
        for job in concurrent.futures.as_completed(jobs):
            try:
                line = job.result()
            except Exception as error:  # One environment that fails must not end the others.
                print(f"defaults: {error!r}", file=sys.stderr, flush=True)
                continue
            lines.append([str(cell) for cell in line])
            lines.sort(key=lambda cells: (order.index(cells[0]), int(cells[1])))
            TABLE.parent.mkdir(parents=True, exist_ok=True)
            write(TABLE, "\n".join([",".join(COLUMNS), *map(",".join, lines)]) + "\n")
            print(*line, flush=True)


if __name__ == "__main__":
    main()
