"""What a step of CartPole-v1 is made of, in instructions: the clock wanders, these do not. Part of `make bench`."""

import re
import shutil
import subprocess

SHORT, LONG = 4_096, 12_288
# The first pattern that a function's name matches says what it belongs to.
KINDS = {
    "matrix products": r"^(product|ckernels_(affine|accumulate_product))",
    "other kernels": r"_(avx2|avx512|portable)$|^ckernels_",
    "learner, sampler, policy (Swift)": r"^\$s",
    "Swift's runtime": r"^_*swift|swift::",
    "random numbers": r"^(gsl_|philox|cgsl_)",
    "Python, numpy, the bridge, libc, libcrypto": r"",
}


def count(run, command, folder, label):
    """Instructions of each function of a command."""
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
    """Instructions of a step by kind: what two commands that differ by so many steps differ by."""
    counts = count(run, more, folder, "more"), count(run, less, folder, "less")
    kinds = dict.fromkeys(KINDS, 0.0)
    for sign, functions in zip((1, -1), counts):
        for name, instructions in functions.items():
            kind = next(kind for kind, pattern in KINDS.items() if re.search(pattern, name))
            kinds[kind] += sign * instructions / steps
    return kinds


def measure(run, ascent, python, bare, workload, folder):
    """Ours, the bare loop, and the bare loop without wrappers."""
    if not shutil.which("valgrind"):
        return {}
    # Debugging information of this size is more than valgrind reads.
    stripped = folder / "ascent"
    subprocess.run(["strip", "-g", "-o", stripped, ascent], check=True)

    def ours(steps):
        """A run of so many steps."""
        return [
            stripped, "train", "CartPole-v1", "--python", python.parent.parent, "--steps", steps, *workload, "--quiet", "--out",
            folder / f"instructions-{steps}"]  # fmt: skip

    loop = [python, bare, "CartPole-v1", LONG]
    return {
        "bare": by_kind(run, loop, [*loop, "--without-steps"], LONG, folder),
        "unwrapped": by_kind(run, [*loop, "--unwrapped"], [*loop, "--without-steps"], LONG, folder),
        "ours": by_kind(run, ours(LONG), ours(SHORT), LONG - SHORT, folder),
    }


def section(measured):
    """The page's lines."""
    lines = ["", "## Instructions of a step", ""]
    if not measured:
        return [*lines, "There is no valgrind here: left out."]
    lines += [
        "CartPole-v1, the workload of the first table, counted by callgrind: what two runs differ by, one of which makes fewer steps,",
        "or none. The bare loop is all Python's; ours has the same environment without its wrappers, the bridge, and the rest.", "",
        "| | bare | unwrapped | ours |",
        "|---|---|---|---|",
    ]  # fmt: skip
    for kind in KINDS:
        lines.append(f"| {kind} | " + " | ".join(f"{measured[side][kind]:,.0f}" for side in measured) + " |")
    totals = {side: sum(kinds.values()) for side, kinds in measured.items()}
    ratios = [f"**{total:,.0f}**, {total / totals['bare']:.3f} of bare" for total in totals.values()]
    lines.append("| all | " + " | ".join(ratios) + " |")
    return lines
