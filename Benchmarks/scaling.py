"""Measures the effect of more workers and lanes, wider networks, and longer rollouts and runs. Part of `make bench`."""

import concurrent.futures
import json
import os
import statistics

WORKER_BUDGET = 1.85
# Environment, steps, settings: one pass over each rollout, or twenty as in the zoo.
WORKERS = [
    ("CartPole-v1", 400_000, {"algorithm.epochs": 1, "algorithm.minibatch": 256, "rollout.steps": 256}),
    ("CartPole-v1", 150_000, {"algorithm.epochs": 20, "algorithm.minibatch": 256, "rollout.steps": 32}),
    ("LunarLander-v3", 100_000, {"algorithm.epochs": 1, "algorithm.minibatch": 256, "rollout.steps": 256}),
    ("HalfCheetah-v5", 60_000, {"algorithm.epochs": 1, "algorithm.minibatch": 256, "rollout.steps": 256}),
]
LANES = [1, 8, 64, 512, 4096]
WIDTHS = [16, 64, 256, 1024]
ROLLOUTS = [8, 32, 256, 2048]
LENGTHS = [10_000, 100_000, 1_000_000, 10_000_000]


def train(run, ascent, out, name, steps, lanes, settings, options=(), pinned=True):
    """Trains PPO with these settings and no preset; returns the steps per second and the peak memory in megabytes."""
    text, _, megabytes = run([
        ascent, "train", name, "--algorithm", "ppo", "--preset", "none", "--lanes", lanes, "--steps", steps, "--quiet",
        "--json", "--out", out, *options,
        *(part for key, value in settings.items() for part in ("--set", f"{key}={value}")),
    ], pinned)  # fmt: skip
    return json.loads(text.strip().splitlines()[-1])["steps_per_second"], megabytes


def apart(run, ascent, out, name, steps, settings):
    """Twice the steps per second of the slower of two independent, simultaneous runs, each with half of the lanes, rows
    and steps."""
    half = settings | {"algorithm.minibatch": settings["algorithm.minibatch"] // 2}
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        runs = [
            pool.submit(train, run, ascent, out.with_name(f"{out.name}-apart-{k}"), name, steps // 2, 4, half, (), False)
            for k in (0, 1)]  # fmt: skip
        return 2 * min(future.result()[0] for future in runs)


def measure_workers(run, ascent, rounds, folder):
    """The speeds with 1 and 2 workers on two cores, and of two independent runs; and their ratios."""
    if len(os.sched_getaffinity(0)) < 2:
        return {}
    rows = {}
    for name, steps, settings in WORKERS:
        key = f"{name}, 8 × {settings['rollout.steps']}, epochs: {settings['algorithm.epochs']}"
        for k in range(rounds):
            out = folder / f"{name}-{settings['algorithm.epochs']}-{k}"
            one, two = (
                train(
                    run, ascent, out.with_name(f"{out.name}-{workers}"), name, steps, 8, settings, ["--workers", workers],
                    pinned=False)[0]
                for workers in (1, 2)
            )  # fmt: skip
            both = apart(run, ascent, out, name, steps, settings)
            rows.setdefault(key, []).append({"one": one, "two": two, "ratio": two / one, "apart": both / one})
            print(f"  {key}: {one:,.0f} and {two:,.0f} steps/s, {two / one:.2f} ×, apart {both / one:.2f} ×", flush=True)
    return rows


def measure_sizes(run, ascent, folder):
    """Microseconds per step of native:cartpole with one pass, by number of lanes, width, and length of the rollout."""
    base = {"algorithm.epochs": 1, "algorithm.minibatch": 256, "rollout.steps": 256, "checkpoint.every_steps": 0}

    def cost(label, lanes, **changes):
        settings = base | {key.replace("__", "."): value for key, value in changes.items()}
        steps = 400_000 if settings.get("policy.hidden") != "1024,1024" else 40_000
        speed = statistics.median(
            train(run, ascent, folder / f"{label}-{k}", "native:cartpole", steps, lanes, settings)[0] for k in range(3))
        return 1e6 / speed

    return {
        "lanes (2,048 steps an iteration and more)": {
            n: cost(f"lanes{n}", n, rollout__steps=max(4, 2048 // n)) for n in LANES},
        "width of both layers": {w: cost(f"width{w}", 8, policy__hidden=f"{w},{w}") for w in WIDTHS},
        "steps of a rollout (8 lanes)": {n: cost(f"rollout{n}", 8, rollout__steps=n) for n in ROLLOUTS},
    }  # fmt: skip


def measure_growth(run, ascent, folder):
    """Microseconds per step and peak memory of runs of native:cartpole that differ only in length."""
    base = {"algorithm.epochs": 1, "algorithm.minibatch": 256, "rollout.steps": 256}
    rows = {}
    for steps in LENGTHS:
        rounds = [
            train(run, ascent, folder / f"growth-{steps}-{k}", "native:cartpole", steps, 8, base)
            for k in range(3 if steps < LENGTHS[-1] else 1)
        ]
        rows[steps] = 1e6 / statistics.median(speed for speed, _ in rounds), max(megabytes for _, megabytes in rounds)
    return rows


def section(workers, sizes, growth, spread, verdict):
    """The lines of the page."""
    lines = [
        "", "## Scaling", "",
        f"Two workers ÷ one, on two cores, 8 lanes, minibatches of 256; budget {WORKER_BUDGET}. What does not share out: copying a",
        "rollout and its minibatches, advantages and Adam, which each process does for itself, and one meeting for each minibatch.",
        "*Apart*: two runs at once that share nothing, with half of the lanes, rows and steps each, twice the slower one's speed",
        "÷ one; what this machine gives to two processes.", "",
    ]  # fmt: skip
    if workers:
        lines += [
            "| workload | one, steps/s | two, steps/s | two ÷ one | | apart ÷ one |",
            "|---|---|---|---|---|---|",
            *(
                f"| {key} | {spread(measured, 'one', ',.0f')} | {spread(measured, 'two', ',.0f')} "
                f"| {spread(measured, 'ratio', '.2f')} | {verdict(measured, WORKER_BUDGET, at_least=True)} "
                f"| {spread(measured, 'apart', '.2f')} |"
                for key, measured in workers.items()
            ),
        ]  # fmt: skip
    else:
        lines.append("This machine has one core: left out.")
    lines += ["", "Microseconds a step of native:cartpole, one pass over 8 × 256 steps in minibatches of 256, but for one thing:", ""]
    for what, costs in sizes.items():
        lines += [
            f"| {what} | " + " | ".join(f"{n:,}" for n in costs) + " |",
            "|---" * (len(costs) + 1) + "|",
            "| µs a step | " + " | ".join(f"{cost:.2f}" for cost in costs.values()) + " |", "",
        ]  # fmt: skip
    return [
        *lines,
        "| steps of the run | " + " | ".join(f"{steps:,}" for steps in growth) + " |",
        "|---" * (len(growth) + 1) + "|",
        "| µs a step | " + " | ".join(f"{microseconds:.2f}" for microseconds, _ in growth.values()) + " |",
        "| peak memory, MB | " + " | ".join(f"{megabytes:.1f}" for _, megabytes in growth.values()) + " |",
    ]  # fmt: skip
