"""Measures what ranks of MPI exchange and how they scale, and writes docs/scaling.md.

    make mpi && Benchmarks/ranks.py            measure, then write the page
    Benchmarks/ranks.py --report               only the page, from docs/results/scaling.json

The machine should have nothing else to do, and at least two cores.
"""

import argparse
import concurrent.futures
import json
import os
import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from statistics_of_seeds import write

ROOT = Path(__file__).resolve().parent.parent
ASCENT = ROOT / ".build/ompi-c/release/ascent"
DATA, PAGE = ROOT / "docs/results/scaling.json", ROOT / "docs/scaling.md"
VARIABLES = os.environ | {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
ROUNDS = 5

# What each rank has: environment, lanes, steps of a rollout, rows of a minibatch, passes, steps of the run.
WORKLOADS = {
    "CartPole-v1": (8, 256, 512, 4, 200_000),
    "LunarLander-v3": (16, 1024, 2048, 4, 100_000),
    "HalfCheetah-v5": (8, 256, 512, 4, 60_000),
}
# What is counted: 16 lanes in all, for any number of ranks.
COUNTED = {
    "PPO, 2,048 steps, minibatches of 256": ["HalfCheetah-v5", "--set", "rollout.steps=128", "--set", "algorithm.minibatch=256"],
    "PPO, 16,384 steps, minibatches of 2,048": ["HalfCheetah-v5", "--set", "rollout.steps=1024", "--set", "algorithm.minibatch=2048"],
    "TRPO, 2,048 steps": ["HalfCheetah-v5", "--algorithm", "trpo", "--set", "rollout.steps=128"],
    "TRPO, 16,384 steps": ["HalfCheetah-v5", "--algorithm", "trpo", "--set", "rollout.steps=1024"],
    "PPO on pictures of 84 × 84 × 4, 512 steps": [
        "Benchmarks/environments/pictures.py:Pictures", "--set", "policy.convolutions=nature", "--set", "policy.hidden=512",
        "--set", "policy.activation=relu", "--set", "policy.trunk=shared", "--set", "rollout.steps=32", "--set", "algorithm.minibatch=256", "--set", "algorithm.epochs=4"],
    "PPO on pictures, 512 steps": ["MinAtar/Breakout-v1", "--set", "rollout.steps=32", "--set", "algorithm.minibatch=256"],
}  # fmt: skip
# Microseconds of a message, of each further rank, and bytes a microsecond.
NETWORKS = {"10 Gbit Ethernet, TCP": (30, 5, 1_100), "100 Gbit InfiniBand": (2, 0.5, 11_000)}


def mpirun(ranks, *words):
    line = ["mpirun", "--oversubscribe", "--bind-to", "none", "-n", ranks, ASCENT, *words]
    result = subprocess.run(list(map(str, line)), cwd=ROOT, env=VARIABLES, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, line))}: {result.stderr.strip()[-300:]}")
    return result.stdout


def events(text):
    return {line["event"]: line for line in map(json.loads, text.splitlines())}


def train(ranks, out, arguments):
    """Steps a second, microseconds a step by phase, and what was exchanged, of one run."""
    found = events(mpirun(ranks, "train", *arguments, "--json", "--quiet", "--profile", "--preset", "none", "--out", out))
    return found["done"] | {"profile": found["profile"]}


def settings(name, ranks):
    """A run whose work for each rank is the same for any number of them."""
    lanes, steps, minibatch, epochs, total = WORKLOADS[name]
    return [
        name, "--lanes", lanes * ranks, "--steps", total * ranks, "--set", f"rollout.steps={steps}", "--set",
        f"algorithm.minibatch={minibatch * ranks}", "--set", f"algorithm.epochs={epochs}"]  # fmt: skip


def measure_meetings():
    rows = []
    for ranks in (2, 4, 8):
        lines = [json.loads(line)["value"] for line in mpirun(ranks, "doctor", "--json").splitlines() if '"meeting"' in line]
        rows.append({"ranks": ranks, "microseconds": [float(re.match(r"[\d.]+", line)[0]) for line in lines]})
    return rows


def measure_weak(folder):
    rows = {}
    for name in WORKLOADS:
        for k in range(ROUNDS):
            one = train(1, folder / f"{name}-1-{k}", settings(name, 1))
            two = train(2, folder / f"{name}-2-{k}", settings(name, 2))
            with concurrent.futures.ThreadPoolExecutor(2) as pool:
                runs = [pool.submit(train, 1, folder / f"{name}-apart-{k}-{j}", settings(name, 1)) for j in (0, 1)]
                apart = sum(run.result()["steps_per_second"] for run in runs)
            rows.setdefault(name, []).append({
                "one": one["steps_per_second"], "two": two["steps_per_second"], "apart": apart, "profile": one["profile"],
                "steps": one["steps"], "exchanged": two["profile"]})  # fmt: skip
            print(f"  {name}: {two['steps_per_second'] / one['steps_per_second']:.2f} ×, apart {apart / one['steps_per_second']:.2f} ×", flush=True)
    return rows


def measure_volume(folder):
    rows = {}
    for label, arguments in COUNTED.items():
        steps = int(re.search(r"([\d,]+) steps", label)[1].replace(",", ""))
        for ranks in (2, 4, 8):
            found = train(ranks, folder / f"{len(rows)}-{ranks}", [*arguments, "--lanes", 16, "--steps", steps])["profile"]
            rows.setdefault(label, {})[ranks] = [found["meetings"], found["bytes_received"]]
        print(f"  {label}: {rows[label]}", flush=True)
    return rows


def median(values):
    return sorted(values)[len(values) // 2]


# The model


# µs that every process spends on each step of all in each pass: its place in the order, and its numbers.
REPEATED = 0.05


@dataclass
class Job:
    """What a rank does in an iteration: steps, passes, µs of a row in one pass, minibatches, parameters, and bytes of a step."""

    row: float
    parameters: int
    observation: int
    steps: int = 2048
    passes: int = 4
    minibatches: int = 16
    others: int = 40  # bytes of a step besides the observation

    def efficiency(self, step, ranks, network):
        """The part of a rank's time that is its own work, in percent; step: µs of a step in environment and policy."""
        latency, message, speed = network
        without = (1 - 1 / ranks) ** self.passes
        # ObservationSpread.isWorthwhile
        seen = 1 - without if self.observation * without > 16 * self.passes else 1
        vectors = min(ranks - 1, 2)
        meetings = (2 if vectors > 1 else 1) * self.minibatches + self.passes
        volume = (ranks - 1) * self.steps * (self.others + seen * self.observation) + self.minibatches * vectors * 4 * self.parameters
        work = self.steps * (step + self.passes * self.row)
        lost = meetings * (latency + (ranks - 1) * message) + volume / speed + REPEATED * self.passes * self.steps * ranks
        return 100 * work / (work + lost)


# Rows and parameters as measured here, one core: 64 × 64 units, and the Nature network.
JOBS = {
    "observations of 20 numbers, 10,000 parameters, 0.5 µs for a row in a pass": Job(0.5, 10_000, 80),
    "pictures of 84 × 84 × 4 bytes, 1.7 million parameters, 700 µs for a row in a pass": Job(700, 1_700_000, 28_224),
}


def report():
    data = json.loads(DATA.read_text())
    text = [INTRODUCTION]
    text += ["| ranks | no numbers | 10,000 numbers | 1,000,000 numbers |", "|---|---|---|---|"]
    for row in data["meetings"]:
        text.append("| " + " | ".join([str(row["ranks"]), *(f"{x:,.1f} µs" for x in row["microseconds"])]) + " |")
    text += ["", VOLUME, "| iteration | ranks | meetings | received at first | received | |", "|---|---|---|---|---|---|"]
    for label, rows in data["volume"].items():
        for ranks, (meetings, size) in rows.items():
            before = data["volume_before"].get(label, {}).get(ranks, [0, 0])[1]
            less = f"{before / size:.1f} × less" if before > 1.05 * size else "the same" if before else ""
            text.append(f"| {label} | {ranks} | {meetings} | {f'{before / 1e6:.2f} MB' if before else '–'} | {size / 1e6:.2f} MB | {less} |")
    text += ["", WEAK, "| environment | one rank | two ranks | | two runs apart | two ranks ÷ apart | exchange | model |", "|---|---|---|---|---|---|---|---|"]
    latency, ten, million = data["meetings"][0]["microseconds"]
    for name, rounds in data["weak"].items():
        one, two, apart = (median([r[key] for r in rounds]) for key in ("one", "two", "apart"))
        exchanged, steps = rounds[0]["exchanged"], 2 * rounds[0]["steps"]
        # µs of meetings and bytes, beside those of the run.
        cost = exchanged["meetings"] * latency + exchanged["bytes_received"] / (4e6 / (million - latency))
        share = 100 * cost / (1e6 * steps / two)
        text.append(
            f"| {name} | {one:,.0f} steps/s | {two:,.0f} steps/s | {two / one:.2f} × | {apart / one:.2f} × | {100 * two / apart:.0f} % | {share:.1f} % | "
            f"{100 - share:.0f} % |")
    text += ["", PREDICTION]
    for network, figures in NETWORKS.items():
        text += [f"### {network}", "", f"{figures[0]} µs a message, {figures[1]} µs for each further rank, {figures[2] / 1000:.1f} GB/s.", ""]
        for label, job in JOBS.items():
            text += [f"With {label}:", "", "| µs of a step | 2 | 8 | 64 | 256 | 1,000 ranks |", "|---|---|---|---|---|---|"]
            for step in (5, 50, 500, 5_000, 50_000):
                cells = [f"{job.efficiency(step, ranks, figures):.0f} %" for ranks in (2, 8, 64, 256, 1000)]
                text.append(f"| {step:,} | " + " | ".join(cells) + " |")
            text.append("")
    write(PAGE, "\n".join([*text, CLUSTER]))


INTRODUCTION = """# Many machines

`Benchmarks/ranks.py` writes this page from docs/results/scaling.json, which it measures on a machine with two cores. What was
*received at first* was measured once, with the first version.

`make mpi` builds `.build/ompi-c/release/ascent` with Open MPI (`make mpi MPI=mpich` with MPICH), which `mpirun` starts on many
machines as one run:

    mpirun -n 4 .build/ompi-c/release/ascent train LunarLander-v3 --lanes 64 --out runs/lander

Each rank hosts its own Python and its share of the lanes, and `--workers W` gives it W processes. **The fingerprint is that
of one process**, for any number of ranks and workers: `make ranks` compares ten kinds of runs with 1, 2, 3, 4, 5 and 8 ranks,
and ranks in several networks of one machine with delays and losses. Rank 0 alone writes the folder, but for the record of a fault
(fault.json), so the other machines need not see it; they need the program, the environment's packages and its files. Ranks that differ in the
program, its arguments, the environment's files or a package's version are refused with the rank and the difference. They may have other
processors and C libraries: Ascent's own bits do not depend on them, those of an environment may ([reliability.md](reliability.md#two-machines)).

By default, Open MPI binds a rank and all of its workers to one core: with `--workers`, say `mpirun --bind-to none`.

A rank that is killed, or a machine that is cut off, ends the job: mpirun's exit code is that of the lost rank (137 after
SIGKILL, 1 after Ctrl-C or SIGTERM, where the run has saved a checkpoint), and `--resume` goes on from the newest checkpoint with any number
of ranks. A machine that is silent is given up after `--patience` seconds for each lane of a process, and three more; mpirun itself notices
only if it is told to, by
`--mca oob_tcp_keepalive_time 5 --mca oob_tcp_keepalive_intvl 1 --mca oob_tcp_keepalive_probes 3`.

## A meeting

`mpirun -n 2 ascent doctor` measures how long the ranks need to meet where each brings so many numbers of 4 bytes to all others.
Four and eight ranks share the two cores here.
"""
VOLUME = """## What is exchanged

Every process keeps the observations of the lanes that it samples, and others receive those alone that their slices of a minibatch need,
at the beginning of each pass, and none twice: (1 − 1/P)(1 − (1 − 1/P)ᵏ) of them for P processes and k passes. Where that saves little, since
observations are short or passes are many, they receive all others, (1 − 1/P), and so they do of the other numbers of a step (actions, rewards,
log probabilities, V). Each gradient or Fisher product is a sum over slices of 128 rows. A process adds up the subtrees that it has whole, and of
short vectors sends these r sums to all: about r (1 − 1/P) vectors are received, and P − 1 where P divides the slices in powers of two. Of long
vectors, each process receives and adds up one part of all sums and tells it to the others: less than r/P + 1 vectors, and 2 (1 − 1/P) in
that case. A minibatch of up to 128 rows is computed by every process: no gradient is exchanged, and all observations are. *At first*, a process received all observations and the sums of all other slices.
Bytes that one process receives in an iteration, 16 lanes, counted by `--profile`:
"""
WEAK = """## Two ranks on two cores

Each rank has the same work, so that two ranks make twice the steps; *two runs apart* are two runs of one rank at the same time, what the
machine can do at best. *Exchange* is what the meetings and bytes of the run cost by the first table, and *model* what that predicts for
*two ranks ÷ apart*. What is missing to it is waiting for the slower rank and work that each process repeats (permutations, gathering, the
optimizer). Medians of five interleaved rounds.
"""
PREDICTION = """## Beyond these machines

Nothing was measured beyond one machine. By the model, a rank keeps this part of its time for its own work:

    efficiency = work ÷ (work + meetings (latency + (R − 1) message) + bytes ÷ speed + repeated)
    work     = n (step + passes × row)
    meetings = 2 M + passes
    bytes    = (R − 1) n (40 + seen × observation) + 2 M × 4 × parameters   (two ranks: M instead of 2 M, here and above)
    seen     = 1 − (1 − 1/R)^passes, or 1 where that saves too little
    repeated = R n passes × 0.05 µs

for R ranks with n = 2,048 steps each in an iteration, 4 passes and M = 16 minibatches, which grow with the ranks. What is *repeated* by every rank is
the order of all steps, which is drawn from one stream, and the numbers of each step in that order: 265 instructions for each step and pass, counted by
callgrind in a run of native:cartpole (`--preset none --set rollout.steps=1024 --set algorithm.minibatch=2048 --set algorithm.epochs=4 --set policy.hidden=8`).
The networks' figures are assumed, not measured.
"""
CLUSTER = """Each process receives what all have recorded of their steps besides observations, and makes the order of all: with a thousand ranks a step must
take as long as a thousand of those. That is the wall for cheap environments. The memory for all observations is taken in every process, though it
has few of them: pictures need as much as in one process. Fewer ranks with more lanes, or a sweep of independent runs, use such
machines better.

## Clusters

[Examples/cluster](../Examples/cluster) has a host file and two scripts for Slurm: a run on several nodes, which goes on where it was stopped, and a
sweep as a job array without MPI (`ascent sweep FILE --trial NUMBER`, then `--collect`). `mpirun -n R ascent sweep FILE` gives the trials to the ranks as they
become free, and makes a trial whose process was killed once more in another rank; its folder must be one that all machines share.
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--report", action="store_true", help="write the page alone")
    parser.add_argument("--only", choices=["meetings", "weak", "volume"], action="append", help="measure these again")
    options = parser.parse_args()
    if not options.report:
        data = json.loads(DATA.read_text()) if DATA.exists() else {}
        with tempfile.TemporaryDirectory() as folder:
            measures = {
                "meetings": measure_meetings, "weak": lambda: measure_weak(Path(folder)),
                "volume": lambda: measure_volume(Path(folder)),
            }  # fmt: skip
            for name in options.only or ["meetings", "weak", "volume"]:
                print(name, flush=True)
                data[name] = measures[name]()
                write(DATA, json.dumps(data, indent=1) + "\n")
    report()


if __name__ == "__main__":
    main()
