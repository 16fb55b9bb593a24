"""Compares the speed and the memory of this build with those of another executable of Ascent, in turns.

    python3 Benchmarks/against.py EXECUTABLE [ROUNDS]

The workloads are those that `make bench` compares with peers (peers/speed.py, peers/heavy.py), on one core, and those of
scaling.py with two workers. A ratio is this build ÷ the other in steps per second, of two neighboring runs; median (lowest –
highest).
"""

import statistics
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE / "peers"))
import bench  # noqa: E402
import heavy  # noqa: E402
import scaling  # noqa: E402
import speed  # noqa: E402


def workloads():
    """Yields (title, function that returns the steps per second and megabytes of an executable with a folder for the run)."""
    for load in speed.WORKLOADS:
        yield load.title, lambda ascent, out, load=load: speed.ours(bench.run, ascent, load, out)
    for load in heavy.workloads():
        yield load.title, lambda ascent, out, load=load: heavy.ours(bench.run, ascent, load, out)
    for name, steps, settings in scaling.WORKERS:
        title = f"{name}, 8 × {settings['rollout.steps']}, epochs: {settings['algorithm.epochs']}, two workers"
        yield title, lambda ascent, out, load=(name, steps, settings): scaling.train(
            bench.run, ascent, out, load[0], load[1], 8, load[2], ["--workers", 2], pinned=False)


def spread(numbers, digits):
    return f"{statistics.median(numbers):,.{digits}f} ({min(numbers):,.{digits}f} – {max(numbers):,.{digits}f})"


def main():
    if len(sys.argv) < 2 or not Path(sys.argv[1]).is_file() or not (sys.argv[2:] or ["3"])[0].isdecimal():
        sys.exit(__doc__)
    if not bench.ASCENT.is_file():
        sys.exit("against: this build is missing: say make build first")
    other, rounds = Path(sys.argv[1]).resolve(), max(1, int((sys.argv[2:] or ["3"])[0]))
    print("| workload | the other, steps/s | this, steps/s | times | MB, the other · this |\n|---|---|---|---|---|")
    for title, measure in workloads():
        rows = []
        for k in range(rounds):
            with tempfile.TemporaryDirectory() as folder:
                # The first of two runs may be the slower one, so each side is first in turn.
                sides = ((0, other), (1, bench.ASCENT)) if k % 2 == 0 else ((1, bench.ASCENT), (0, other))
                found = {side: measure(ascent, Path(folder) / f"{side}") for side, ascent in sides}
                rows.append([found[0], found[1]])
        ratios = [this[0] / before[0] for before, this in rows]
        speeds = [spread([row[side][0] for row in rows], 0) for side in (0, 1)]
        memory = " · ".join(f"{statistics.median(row[side][1] for row in rows):.0f}" for side in (0, 1))
        print(f"| {title} | {speeds[0]} | {speeds[1]} | {spread(ratios, 2)} | {memory} |", flush=True)


if __name__ == "__main__":
    main()
