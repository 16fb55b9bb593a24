"""Compares the speed of Ascent with the bare Python loop, as ratios.

    make bench         every environment, peers, workers and sizes; writes RESULTS.md; about half an hour
    make bench-quick   fewer rounds of the environments and the learner, printed only
    bench.py --rounds N  all of it with N rounds instead of 15

One round is the bare loop, Ascent and the unwrapped bare loop, one after the other on one core; every other round has
the reverse order. A ratio compares two measurements of the same round, so that slow changes of the machine's speed have
little effect. The table has the median over the rounds and their range.
"""

import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import floors
import instructions
import learner
import scaling

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "Benchmarks/peers"))
import heavy  # noqa: E402
import reach  # noqa: E402
import speed  # noqa: E402

ASCENT = ROOT / ".build/release/ascent"
PYTHON = ROOT / ".venv/bin/python"
ESTIMATORS = ROOT / ".build-benchmarks/release/Estimators"
LEARNERS = ROOT / ".build-benchmarks/release/Learners"
BARE = ROOT / "Benchmarks/bare_loop.py"
RESULTS = ROOT / "Benchmarks/RESULTS.md"

# Environment: steps of a run, budget of the ratio. A run takes about a second: the speed of a shared machine can halve
# within a second, and short consecutive runs meet about the same speed.
ENVIRONMENTS = {
    "CartPole-v1": (120_000, 1.10),
    "Pendulum-v1": (80_000, 1.06),
    "LunarLander-v3": (30_000, 1.04),
    "HalfCheetah-v5": (20_000, 1.03),
}
START_BUDGET = 1.15
ROUNDS, QUICK_ROUNDS = 15, 5
# The policy must not learn: a better policy has longer episodes and fewer resets than the random actions of the bare
# loop, so the two would do different work.
STANDING_STILL = ["--set", "algorithm.rate=1e-12"]
# One pass of PPO, 64×64 tanh actor and critic.
WORKLOAD = [
    "--algorithm", "ppo", "--preset", "none", "--lanes", 8, "--set", "rollout.steps=256",
    "--set", "algorithm.epochs=1", "--set", "algorithm.minibatch=256",
]  # fmt: skip


def environment_variables():
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        kept.pop(name, None)
    one = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    return kept | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "XLA_FLAGS": one}


def pinning():
    """The command prefix that pins a timed program to the last core, if the system supports it."""
    if shutil.which("taskset") and hasattr(os, "sched_getaffinity"):
        return ["taskset", "-c", str(max(os.sched_getaffinity(0)))]
    return []


def run(command, pinned=True):
    """Runs a command; returns its standard output, the seconds, and its peak memory in megabytes."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        begin = time.perf_counter()
        child = subprocess.Popen(
            [*(pinning() if pinned else []), *map(str, command)], cwd=ROOT, env=environment_variables(),
            stdin=subprocess.DEVNULL, stdout=output, stderr=errors)  # fmt: skip
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - begin
        child.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if child.returncode != 0:
            sys.exit(f"bench: {' '.join(map(str, command))} failed: {errors.read().strip()[-1000:]}")
        return output.read(), seconds, usage.ru_maxrss / 1024


def last_json(text):
    return json.loads(text.strip().splitlines()[-1])


def train(name, steps, seed):
    """Runs `ascent train`; returns its last JSON line, the seconds, and its peak memory in megabytes."""
    with tempfile.TemporaryDirectory() as folder:
        text, seconds, megabytes = run([
            ASCENT, "train", name, "--steps", steps, "--seed", seed, *WORKLOAD, "--json", "--quiet",
            "--out", Path(folder) / "run", *STANDING_STILL,
        ])  # fmt: skip
    return last_json(text), seconds, megabytes


def bare(name, steps, *options):
    text, seconds, megabytes = run([PYTHON, BARE, name, steps, *options])
    return last_json(text), seconds, megabytes


def throughput(name, steps, rounds):
    """Measures the ratios of time per step, Ascent ÷ bare loop, for each round."""
    rows = []
    for k in range(rounds):
        sides = {
            "bare": lambda: bare(name, steps),
            "ours": lambda: train(name, steps, k + 1),
            "unwrapped": lambda: bare(name, steps, "--unwrapped"),
        }
        order = list(sides) if k % 2 == 0 else list(reversed(sides))
        measured = {side: sides[side]() for side in order}
        ours, loop, unwrapped = (measured[side] for side in ("ours", "bare", "unwrapped"))
        rows.append({
            "ours": ours[0]["steps_per_second"],
            "bare": loop[0]["steps_per_second"],
            "unwrapped": unwrapped[0]["steps_per_second"],
            "ratio": loop[0]["steps_per_second"] / ours[0]["steps_per_second"],
            "unwrapped_ratio": unwrapped[0]["steps_per_second"] / ours[0]["steps_per_second"],
            "our_megabytes": ours[2],
            "bare_megabytes": loop[2],
        })  # fmt: skip
        print(f"  {name} round {k + 1}: bare {rows[-1]['bare']:,.0f}, ours {rows[-1]['ours']:,.0f} steps/s, "
              f"ratio {rows[-1]['ratio']:.3f}", flush=True)  # fmt: skip
    return rows


def start(name, rounds):
    """Measures whole processes in seconds: a run of 8 steps, and Python that only makes ENV."""
    rows = []
    make = f'import gymnasium; gymnasium.make("{name}")'
    for k in range(rounds):
        python = run([PYTHON, "-c", make])[1]
        ours = train(name, 8, k + 1)[1]
        rows.append({"python": python, "ours": ours, "ratio": ours / python})
    return rows


def spread(rows, key, form):
    values = sorted(row[key] for row in rows)
    return f"{statistics.median(values):{form}} ({values[0]:{form}} – {values[-1]:{form}})"


def verdict(rows, budget, at_least=False):
    """Compares the ratios with a budget: met or missed if the middle half of the rounds agrees, else unclear."""
    lower, _, upper = statistics.quantiles([row["ratio"] for row in rows], n=4, method="inclusive")
    good, bad = (lower >= budget, upper < budget) if at_least else (upper <= budget, lower > budget)
    return "met" if good else "missed" if bad else "unclear"


def versions():
    swift = subprocess.run(
        [os.environ.get("SWIFT") or "swift", "--version"], capture_output=True, text=True).stdout  # fmt: skip
    source = (
        "import gymnasium, numpy, platform;"
        "print(platform.python_version(), gymnasium.__version__, numpy.__version__)"
    )
    python, gymnasium, numpy = subprocess.check_output([PYTHON, "-I", "-c", source], text=True).split()
    cpu = platform.processor()
    if Path("/proc/cpuinfo").exists():
        names = [line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")]
        cpu = f"{len(names)} × {names[0]}" if names else cpu
    linked = subprocess.run(["ldd", str(ASCENT)], capture_output=True, text=True).stdout
    return {
        "CPU": cpu,
        "Swift": (swift.split("Swift version ", 1)[-1].split()[0] if "Swift version " in swift else "unknown"),
        "Python": f"{python}, libpython linked {'as a shared library' if 'libpython' in linked else 'statically'}",
        "gymnasium": gymnasium,
        "numpy": numpy,
    }  # fmt: skip


def estimators():
    """The cost of coefficients relative to an iteration of the fastest environment: a dictionary for each rule."""
    return [json.loads(line) for line in run([ESTIMATORS])[0].splitlines()]


def page(rows, starts, rules, networks, others, rounds):
    lines = [
        "# Benchmarks", "",
        "Written by `make bench`; do not edit.", "",
        "## What is timed", "",
        "Ours: `ascent train ENV`, PPO with one pass over each rollout (64×64 tanh actor and critic, 8 lanes × 256",
        "steps, minibatches of 256, Adam), everything from the sampled action to the update and the row of",
        "metrics.csv, on one core.", "",
        "The bare loop: the Python whose libpython is linked, `gymnasium.make(ENV)`, actions drawn before the clock",
        "starts, resets inside. *Unwrapped* is the same on `env.unwrapped`: Ascent, too, replaces three of",
        "Gymnasium's wrappers by its own. The learning rate is 1e-12, so that our policy stays random and both",
        "sides play episodes of the same kind (a better policy would spare us resets).", "",
        f"{rounds} rounds, the two sides in turns, pinned to one core where the system allows it. A ratio is ours ÷",
        "bare in time per step, of two neighboring runs; median (lowest – highest). *Met* and *missed* are said when",
        "the middle half of the rounds agrees, *unclear* otherwise. Our clock is the training loop's own, without",
        "start-up; the bare loop's is the loop's own, too. A shared machine's speed wanders by up to a half within",
        "seconds: compare ratios, not steps per second.", "",
        "## Steps per second", "",
        "| environment | bare, steps/s | ours, steps/s | ratio | budget | | ratio to unwrapped |",
        "|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for name, measured in rows.items():
        budget = ENVIRONMENTS[name][1]
        lines.append(
            f"| {name} | {spread(measured, 'bare', ',.0f')} | {spread(measured, 'ours', ',.0f')} "
            f"| {spread(measured, 'ratio', '.3f')} | {budget:.2f} | {verdict(measured, budget)} "
            f"| {spread(measured, 'unwrapped_ratio', '.3f')} |")  # fmt: skip
    lines += [
        "", "## Start-up and memory", "",
        "Start-up: wall time of a whole `ascent train ENV --steps 8` (its run folder and its end included) ÷",
        f"`python -c \"import gymnasium; gymnasium.make(ENV)\"`; budget {START_BUDGET:.2f}. Memory: peak resident",
        "megabytes of the processes timed above; the bare loop's includes its list of actions.", "",
        "| environment | Python, s | ours, s | ratio | | bare, MB | ours, MB |",
        "|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for name, measured in starts.items():
        lines.append(
            f"| {name} | {spread(measured, 'python', '.3f')} | {spread(measured, 'ours', '.3f')} "
            f"| {spread(measured, 'ratio', '.3f')} | {verdict(measured, START_BUDGET)} "
            f"| {max(row['bare_megabytes'] for row in rows[name]):.0f} "
            f"| {max(row['our_megabytes'] for row in rows[name]):.0f} |")  # fmt: skip
    lines += [
        "", "## Estimators", "",
        "What a rule's coefficients (baseline included, gradient not) cost in an iteration of REINFORCE on",
        "native:cartpole, the environment where everything else is cheapest; budget 5 %. The quickest of 200 rounds.",
        "The optimal baseline needs every trajectory's score: two backward passes more.", "",
        "| rule | ns a step | share of an iteration | |",
        "|---|---|---|---|",
        *(
            f"| {rule['rule']} | {rule['nanoseconds_per_step']:.1f} | {rule['share']:.1%} "
            f"| {'met' if rule['share'] <= 0.05 else 'missed'} |"
            for rule in rules
        ),
    ]  # fmt: skip
    lines += learner.section(networks, spread, verdict) + others
    lines += repeating()
    lines += ["", "## Where", "", *(f"- {name}: {value}" for name, value in versions().items())]
    return "\n".join(lines) + "\n"


def repeating():
    """The lines of the page on how to repeat one row."""
    workload = " ".join(map(str, [*WORKLOAD, *STANDING_STILL]))
    peer = speed.WORKLOADS[0]
    shape = " ".join(map(str, peer.shape))
    return [
        "", "## To repeat a row", "",
        "All of it: `make bench`, with nothing beside it; the first tables and the learner: `make bench-quick`. By hand, on one core",
        "with `taskset -c 0` before each, ENV and steps from the tables:", "",
        f"- steps per second, start-up (`--steps 8`), memory: `.build/release/ascent train ENV --steps N {workload}` beside",
        "  `.venv/bin/python Benchmarks/bare_loop.py ENV N [--unwrapped]`",
        "- estimators, learner: `.build-benchmarks/release/Estimators`, `.build-benchmarks/release/Learners`",
        f"- peers (lanes, rollout, minibatch, epochs, steps), such as `{speed.PEERS.name}/bin/python Benchmarks/peers/torch_ppo.py "
        f"{peer.theirs} {shape} 7680`, beside",
        "  `.build/release/ascent train ENV --algorithm ppo --preset none --lanes L --steps N --set rollout.steps=R --set "
        "algorithm.minibatch=M --set algorithm.epochs=E`",
        "- the vector: the same with `--vector`, beside `.venv/bin/python Benchmarks/bare_loop.py CartPole-v1 N --vector 64`",
        "- time until a return: `Benchmarks/peers/reach.py`",
        "- workers: the same with `--workers 1` and `--workers 2`, without `taskset`",
        "- instructions: `valgrind --tool=callgrind` before a run of N steps and one of 3 N, of an executable that `strip -g` made",
    ]  # fmt: skip


def beside(rows, networks, rounds):
    """The lines of the page about floors, instructions, peers, workers and sizes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        peers = speed.measure(run, ASCENT, rounds, folder)
        heavies = heavy.measure(run, ASCENT, rounds, folder)
        times = reach.measure(ASCENT, reach.SEEDS, folder)
        vectors = {} if isinstance(peers, str) else floors.measure_vectors(run, PYTHON, BARE, speed.WORKLOADS, rounds)
        workers = scaling.measure_workers(run, ASCENT, rounds, folder)
        sizes, growth = scaling.measure_sizes(run, ASCENT, folder)
        counts = instructions.measure(
            run, ASCENT, PYTHON, BARE, [*WORKLOAD, *STANDING_STILL], speed.WORKLOADS, folder)
    return [
        *floors.section(rows, ENVIRONMENTS, networks, peers, speed.WORKLOADS, vectors), *instructions.section(*counts),
        *speed.section(peers, spread, verdict), *heavy.section(heavies, spread, verdict),
        *reach.section(times),
        *scaling.section(workers, sizes, growth, spread, verdict),
    ]  # fmt: skip


def main():
    quick = "--quick" in sys.argv[1:]
    for needed in (ASCENT, PYTHON, ESTIMATORS, LEARNERS):
        if not needed.exists():
            sys.exit(f"bench: {needed.relative_to(ROOT)} is missing: say make build first")
    chosen = int(sys.argv[sys.argv.index("--rounds") + 1]) if "--rounds" in sys.argv else ROUNDS
    rounds = QUICK_ROUNDS if quick else chosen
    rows, starts = {}, {}
    for name, (steps, _) in ENVIRONMENTS.items():
        rows[name] = throughput(name, steps, rounds)
        starts[name] = start(name, min(rounds, 7))
    networks = learner.measure(run, PYTHON, LEARNERS, min(rounds, 3))
    others = [] if quick else beside(rows, networks, min(rounds, 5))
    text = page(rows, starts, estimators(), networks, others, rounds)
    if quick:
        print(text)
    else:
        RESULTS.write_text(text, encoding="utf-8")
        print(f"written: {RESULTS.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
