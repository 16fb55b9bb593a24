"""What a run costs at least: the environment by itself, and its products at the rate of sgemm. Part of `make bench`."""

import json
import statistics

# Features and outputs of the actor, by the environment's name, native or not.
SIZES = {"cartpole": (4, 2), "pendulum": (3, 1), "lunarlander": (8, 4), "halfcheetah": (17, 6)}
HIDDEN = 64
VECTOR_STEPS = 409_600


def kiloflops(environment, epochs):
    """Multiplications and additions of a step: the actor forwards once, the critic once, and in each pass both forwards and
    twice backwards, but for the derivative by the observations. Two hidden layers each."""
    features, outputs = SIZES[environment.split("-")[0].split(":")[-1].lower()]
    first, middle = features * HIDDEN, HIDDEN * HIDDEN
    forwards = [first + middle + HIDDEN * n for n in (outputs, 1)]
    passes = epochs * sum(3 * once - first for once in forwards)
    return 2 * (sum(forwards) + passes) / 1e3


def measure_vectors(run, python, bare, loads, rounds):
    """Microseconds of a step of each workload's vector environment by itself."""
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
    """The page's lines; `vectors` has what a step of vector environments takes by itself."""
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
