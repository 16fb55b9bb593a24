"""Counts the instructions of a step by kind; unlike times, the counts do not fluctuate. Part of `make bench`."""

import re
import shutil
import subprocess

SHORT, LONG = 4_096, 12_288  # steps of the two runs that are compared
# The kind of a function is the first one whose pattern matches its name.
KINDS = {
    "matrix products": r"^(product|strip|gathered|listed|convolve|convolve_weights|pack_turned|turned_slab)_(avx2|avx512|portable)$"
    r"|^ckernels_(affine|accumulate|convolve)",
    "other kernels": r"^(?!__).*_(avx2|avx512|portable)$|^ckernels_",  # libc has names like __strlen_avx2
    "learner, sampler, policy (Swift)": r"^\$s",
    "Swift's runtime": r"^_*swift|swift::",
    "random numbers": r"^(gsl_|philox|cgsl_)",
    "Python, numpy, the bridge, libc, libcrypto": r"",
}


def count(run, command, folder, label):
    """Counts the instructions of each function of a command."""
    kept = folder / f"{label}.callgrind"
    run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={kept}", *command])
    text = subprocess.run(
        ["callgrind_annotate", "--threshold=100", kept], capture_output=True, text=True, check=True).stdout  # fmt: skip
    counts = {}
    for line in text.splitlines():
        found = re.match(r"\s*([\d,]+) \(.*?\)\s+\S*?:(\S+)", line)
        if found and "PROGRAM" not in line:
            counts[found[2]] = counts.get(found[2], 0) + int(found[1].replace(",", ""))
    return counts


def by_kind(run, more, less, steps, folder):
    """Instructions per step by kind: the difference of two commands, divided by their difference in steps."""
    counts = count(run, more, folder, "more"), count(run, less, folder, "less")
    kinds = dict.fromkeys(KINDS, 0.0)
    for sign, functions in zip((1, -1), counts):
        for name, instructions in functions.items():
            kind = next(kind for kind, pattern in KINDS.items() if re.search(pattern, name))
            kinds[kind] += sign * instructions / steps
    return kinds


def measure(run, ascent, python, bare, workload, loads, folder):
    """Counts for CartPole-v1 (the bare loop with and without wrappers, Ascent), and for Ascent on peers' workloads."""
    if not shutil.which("valgrind"):
        return {}, {}
    # Valgrind cannot read debugging information of this size.
    stripped = folder / "ascent"
    subprocess.run(["strip", "-g", "-o", stripped, ascent], check=True)

    def ours(name, short, options):
        """Instructions per step of Ascent, from two runs with different numbers of iterations."""
        runs = [
            [stripped, "train", name, "--python", python.parent.parent, "--steps", steps, *options, "--quiet", "--out",
             folder / f"instructions-{name.replace(':', '-')}-{steps}-{len(options)}"]
            for steps in (3 * short, short)]  # fmt: skip
        return by_kind(run, *runs, 2 * short, folder)

    loop = [python, bare, "CartPole-v1", LONG]
    loops = {
        "bare": by_kind(run, loop, [*loop, "--without-steps"], LONG, folder),
        "unwrapped": by_kind(run, [*loop, "--unwrapped"], [*loop, "--without-steps"], LONG, folder),
        "ours": ours("CartPole-v1", SHORT, workload),
    }
    return loops, {
        load.title: ours(load.environment, max(load.lanes * load.rollout, 512), [
            "--algorithm", "ppo", "--preset", "none", "--lanes", load.lanes, "--set", f"rollout.steps={load.rollout}", "--set",
            f"algorithm.minibatch={load.minibatch}", "--set", f"algorithm.epochs={load.epochs}", *load.options])
        for load in loads
    }  # fmt: skip


def table(measured):
    """A table with a row for each kind and a column for each workload."""
    return [
        "| | " + " | ".join(measured) + " |",
        "|---" * (len(measured) + 1) + "|",
        *(f"| {kind} | " + " | ".join(f"{kinds[kind]:,.0f}" for kinds in measured.values()) + " |" for kind in KINDS),
    ]  # fmt: skip


def section(measured, others):
    """The lines of the page."""
    lines = ["", "## Instructions of a step", ""]
    if not measured:
        return [*lines, "There is no valgrind here: left out."]
    lines += [
        "CartPole-v1, the workload of the first table, counted by callgrind: what two runs differ by, one of which makes fewer steps,",
        "or none. The bare loop is all Python's; ours has the same environment without its wrappers, the bridge, and the rest.", "",
        *table(measured),
    ]  # fmt: skip
    totals = {side: sum(kinds.values()) for side, kinds in measured.items()}
    ratios = [f"**{total:,.0f}**, {total / totals['bare']:.3f} of bare" for total in totals.values()]
    lines.append("| all | " + " | ".join(ratios) + " |")
    return [
        *lines, "",
        "The same of the workloads that peers have, too. *Products* are affine layers and their adjoints, 2.3 instructions for each",
        "fused multiply-add where layers are wide; tanh, which they take on the way, is one of the other kernels.", "",
        *table(others),
        "| all | " + " | ".join(f"**{sum(kinds.values()):,.0f}**" for kinds in others.values()) + " |",
    ]  # fmt: skip
