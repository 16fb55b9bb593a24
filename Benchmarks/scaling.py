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


BASE = {"algorithm.epochs": 1, "algorithm.minibatch": 256, "rollout.steps": 256}
BASE_LANES, BASE_WIDTH, BASE_STEPS, SIZE_ROUNDS = 8, 64, 400_000, 3


class Sizes:
    """Costs of native:cartpole relative to one workload, BASE, which is run before each of the others: the machine's speed
    wanders, and the same workload has one cost on the page."""

    def __init__(self, run, ascent, folder):
        self.run, self.ascent, self.folder, self.base = run, ascent, folder, []

    def train(self, label, steps, lanes, settings):
        return train(self.run, self.ascent, self.folder / label, "native:cartpole", steps, lanes, settings)

    def ratio(self, label, lanes=BASE_LANES, steps=BASE_STEPS, rounds=SIZE_ROUNDS, **changes):
        """The cost of a step relative to that of BASE, and the peak memory in megabytes."""
        settings = BASE | {key.replace("__", "."): value for key, value in changes.items()}
        ratios, most = [], 0
        for k in range(rounds):
            base, _ = self.train(f"{label}-base-{k}", BASE_STEPS, BASE_LANES, BASE)
            speed, megabytes = self.train(f"{label}-{k}", steps, lanes, settings)
            self.base.append(1e6 / base)
            ratios.append(base / speed)
            most = max(most, megabytes)
        return statistics.median(ratios), most

    @property
    def microseconds(self):
        """The cost of BASE."""
        return statistics.median(self.base)


def measure_sizes(run, ascent, folder):
    """Microseconds per step of native:cartpole with one pass, by number of lanes, width, length of the rollout, and length
    of the run, the last with the peak memory."""
    sizes = Sizes(run, ascent, folder)
    ratios = {
        "lanes (2,048 steps an iteration and more)": {
            n: 1 if n == BASE_LANES else sizes.ratio(f"lanes{n}", lanes=n, rollout__steps=max(4, 2048 // n))[0] for n in LANES},
        "width of both layers": {
            w: 1 if w == BASE_WIDTH else sizes.ratio(
                f"width{w}", steps=40_000 if w == 1024 else BASE_STEPS, policy__hidden=f"{w},{w}")[0]
            for w in WIDTHS},
        "steps of a rollout (8 lanes)": {
            n: 1 if n == BASE["rollout.steps"] else sizes.ratio(f"rollout{n}", rollout__steps=n)[0] for n in ROLLOUTS},
    }  # fmt: skip
    growth = {n: sizes.ratio(f"growth{n}", steps=n, rounds=SIZE_ROUNDS if n < LENGTHS[-1] else 1) for n in LENGTHS}
    one = sizes.microseconds
    costs = {what: {n: one * ratio for n, ratio in row.items()} for what, row in ratios.items()}
    return costs, {n: (one * ratio, megabytes) for n, (ratio, megabytes) in growth.items()}


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
    lines += [
        "", f"Microseconds a step of native:cartpole, one pass over {BASE_LANES} × {BASE['rollout.steps']} steps in minibatches of 256, but for",
        f"one thing; each is measured beside that workload with {BASE_STEPS:,} steps, which has the same cost in every table:", "",
    ]  # fmt: skip
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
