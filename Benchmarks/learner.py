"""Times an update per sample and epoch relative to the rate of matrix products in the same rounds."""

import json

# The matrix product that a network's time is compared with (rows, inner, columns), by OpenBLAS on one thread.
PRODUCTS = {"64×64 twice": (256, 64, 64)}
OTHER_PRODUCT = (256, 256, 256)
BUDGETS = {"64×64 twice": 1.5, "256×256": 1.3, "400×300": 1.3, "84×84×4": 1.4}  # by the beginning of the name

GEMM = """
import json, sys, time, numpy
m, k, n = map(int, sys.argv[1:])
a, b = numpy.ones((m, k), numpy.float32), numpy.ones((k, n), numpy.float32)
c = numpy.empty((m, n), numpy.float32)
repeat, best = max(1, 2**31 // (2 * m * k * n)), 0
for _ in range(5):
    begin = time.perf_counter()
    for _ in range(repeat):
        numpy.matmul(a, b, out=c)
    best = max(best, 2 * m * k * n * repeat / (time.perf_counter() - begin))
print(json.dumps(best))
"""


def measure(run, python, learners, rounds):
    """For each network and round: flops, the rate of products, nanoseconds, and their ratio to flops ÷ rate."""
    rows = {}
    for _ in range(rounds):
        rates = {
            product: json.loads(run([python, "-c", GEMM, *product])[0])
            for product in {*PRODUCTS.values(), OTHER_PRODUCT}
        }
        for line in map(json.loads, run([learners])[0].splitlines()):
            rate = rates[PRODUCTS.get(line["network"], OTHER_PRODUCT)]
            floor = 1e9 * line["flops"] / rate
            rows.setdefault(line["network"], []).append({
                "flops": line["flops"], "rate": rate / 1e9, "nanoseconds": line["nanoseconds"],
                "ratio": line["nanoseconds"] / floor,
            })  # fmt: skip
    return rows


def judged(name, measured, verdict):
    """The cells of a network's budget."""
    budget = next((budget for start, budget in BUDGETS.items() if name.startswith(start)), None)
    return "– | no budget" if budget is None else f"{budget} | {verdict(measured, budget)}"


def section(rows, spread, verdict):
    """The lines of the page."""
    return [
        "", "## Learner", "",
        "PPO's update by itself, a sample and epoch: two learners make the same rollouts and go over them once and",
        "often; the difference is the update with all that belongs to it (gathering, loss, adjoints, clipping, Adam),",
        "minibatches of 256 unless the name says otherwise. Beside it the floor: its multiplications and additions ÷ the rate of OpenBLAS's sgemm",
        "through numpy, one thread, 256 rows by the layer's weights, measured in the same round "
        "(256×256 where layers are wider than 64).", "",
        "| network | kflop | sgemm, Gflop/s | ours, ns | ours ÷ floor | budget | |",
        "|---|---|---|---|---|---|---|",
        *(
            f"| {name} | {measured[0]['flops'] / 1e3:,.1f} | {spread(measured, 'rate', '.0f')} "
            f"| {spread(measured, 'nanoseconds', ',.0f')} | {spread(measured, 'ratio', '.2f')} "
            f"| {judged(name, measured, verdict)} |"
            for name, measured in rows.items()
        ),
    ]  # fmt: skip
