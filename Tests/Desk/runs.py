"""Runs for the programs of `make desk`, and the calls of `ascent`."""

import os
import pathlib
import random
import subprocess


def ascent(program, *arguments, folder=None, ok=True, **variables):
    """Runs `ascent`; a variable that is None is removed. Returns (standard output, standard error)."""
    environment = {name: value for name, value in {**os.environ, **variables}.items() if value is not None}
    done = subprocess.run(
        [program, *map(str, arguments)], capture_output=True, text=True, cwd=folder, env=environment, check=False)
    assert (done.returncode == 0) == ok, f"ascent {' '.join(map(str, arguments))}: {done.returncode} {done.stderr}"
    return done.stdout, done.stderr


def trained(program, folder, steps=12000, environment="native:cartpole"):
    """Trains two algorithms from three seeds each, and returns the folder."""
    for algorithm in ("ppo", "a2c"):
        for seed in (1, 2, 3):
            ascent(program, "train", environment, "--algorithm", algorithm, "--seed", seed, "--steps", steps, "--quiet",
                   "--out", folder / f"{algorithm}-{seed}")
    return folder


def copies(run, folder, count, rows, settings=()):
    """Writes runs with the settings of one and made-up metrics of many rows; `settings` are pairs of lines to exchange."""
    text, header = (run / "run.toml").read_text(), (run / "metrics.csv").read_text().split("\n")[0]
    width = len(header.split(","))
    for seed in range(1, count + 1):
        draw = random.Random(seed)
        own = folder / f"seed-{seed}"
        own.mkdir(parents=True)
        changed = text.replace('seed = "1"', f'seed = "{seed}"')
        for old, new in settings:
            assert old in changed, old
            changed = changed.replace(old, new)
        (own / "run.toml").write_text(changed)
        lines = [header]
        for row in range(1, rows + 1):
            numbers = [row, row * 256, 5, 500 * row / (row + 900) + draw.gauss(0, 30)]
            numbers += [draw.random() for _ in range(width - 5)] + [row * 0.002]
            lines.append(",".join(map(str, numbers)))
        pathlib.Path(own / "metrics.csv").write_text("\n".join(lines) + "\n")
    return folder
