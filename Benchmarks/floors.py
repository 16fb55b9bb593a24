"""A lower bound on the time of a step: the environment alone, and all matrix products at the rate of sgemm. Part of
`make bench`."""

import json
import statistics

# Features and outputs of the actor, by the name of the environment without prefix and version.
SIZES = {"cartpole": (4, 2), "pendulum": (3, 1), "lunarlander": (8, 4), "halfcheetah": (17, 6)}
HIDDEN = 64
VECTOR_STEPS = 409_600


def kiloflops(environment, epochs):
    """Thousands of multiplications and additions per step: actor and critic forward once; in each pass both forward,
    and backward at twice the cost except for the derivative by the observations. Both have two hidden layers."""
    features, outputs = SIZES[environment.split("-")[0].split(":")[-1].lower()]
    first, middle = features * HIDDEN, HIDDEN * HIDDEN
    forwards = [first + middle + HIDDEN * n for n in (outputs, 1)]
    passes = epochs * sum(3 * once - first for once in forwards)
    return 2 * (sum(forwards) + passes) / 1e3


def measure_vectors(run, python, bare, loads, rounds):
    """Microseconds per step of each workload's vector environment alone."""
    return {load.title: measure_vector(run, python, bare, load, rounds) for load in loads if load.options}


def measure_vector(run, python, bare, load, rounds):
    return statistics.median(
        1e6 / json.loads(run([python, bare, load.environment, VECTOR_STEPS, "--vector", load.lanes])[0])["steps_per_second"]
        for _ in range(rounds))


def line(title, environment, kiloflop, rate, ours, asked, most):
    products = kiloflop / rate
    floor = environment + products
    return (
        f"| {title} | {environment:.2f} | {kiloflop:,.0f} | {products:.2f} | {floor:.2f} | {ours:.2f} | {ours / floor:.2f} "
        f"| {asked} | {most(floor)} |")


def section(rows, budgets, networks, peers, loads, vectors):
    """The lines of the page; `vectors` has the microseconds per step of vector environments alone."""
    rate = statistics.median(round["rate"] for round in networks["64×64 twice"])
    lines = [
        "", "## Floors", "",
        "What a step costs at least: the environment by itself (the unwrapped loop, random actions; 0 for native ones), and the",
        f"products of all layers, forwards and backwards, at the rate of sgemm from the table above ({rate:.0f} Gflop/s). What else",
        "a run does (tanh, losses, Adam, draws, the bridge, metrics) is not in it. The last two columns are the budget, and what a",
        "run would reach that cost no more than the floor: times the bare loop's time, or a peer's speed. Medians of other tables,",
        "minutes apart: as good as the machine is steady.", "",
        "| workload | environment, µs | kflop | products, µs | floor, µs | ours, µs | ours ÷ floor | budget | at the floor |",
        "|---|---|---|---|---|---|---|---|---|",
    ]  # fmt: skip

    def median(measured, key):
        return 1e6 / statistics.median(round[key] for round in measured)

    for name, measured in rows.items():
        bare = median(measured, "bare")
        lines.append(line(
            f"{name}, one pass", median(measured, "unwrapped"), kiloflops(name, 1), rate, median(measured, "ours"), f"{budgets[name][1]:.2f} × bare",
            lambda floor, bare=bare: f"{floor / bare:.3f} × bare"))  # fmt: skip
    for load in loads:
        for (title, peer), measured in ({} if isinstance(peers, str) else peers).items():
            if title != load.title:
                continue
            environment = vectors.get(title)
            if environment is None:
                environment = 0.0 if ":" in load.environment else median(rows[load.environment], "unwrapped")
            their = median(measured, "theirs")
            lines.append(line(
                f"{title}; {peer}", environment, kiloflops(load.environment, load.epochs), rate, median(measured, "ours"),
                f"{load.peers[peer][0]} × {peer}", lambda floor, their=their: f"{their / floor:.1f} × {peer}"))  # fmt: skip
    return lines
