#!/usr/bin/env python3
"""Calls the public functions that take arrays, counts or indices with arguments that do not fit, under the address sanitizer.

    make misuse      part of CI; the sanitized build is in .build-misuse

Each call is made in a process of its own. It must stop the program with the sentence that its case expects, throw the
error that it expects, or return; the sanitizer must find nothing. After the cases come calls of policies with sizes that
are drawn at random. The symbol graph says which functions there are: one without a case is a fault.

    Tests/Misuse/misuse.py --valgrind      a plain debug build under valgrind instead; takes ten times as long
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SWIFT = os.environ.get("SWIFT", "swift")
MODULES = ("Mathematics", "Registries", "Randomness", "Environments", "Policies", "PolicyGradients")
KINDS = {"swift.method", "swift.func", "swift.init", "swift.type.method", "swift.subscript", "swift.type.subscript"}
# Parameters whose size, or whose value as an index, may not fit.
SIZED = re.compile(
    r"\[|Span<|\bInt\b|Range<|\b(Parameters|Workspace|Rollout|Memory|Rows|Sequences|Acting|Trajectory|OpenEpisode|LearnerState"
    r"|BaselinePart|Head|FactorRows|ActionDraws|GradientWeights|Snapshot|PolicyTable|Space)\b"
)
ENVIRONMENT = {
    "ASAN_OPTIONS": "handle_sigill=0:handle_sigtrap=0:handle_abort=0:detect_leaks=0:detect_stack_use_after_return=0",
    "SWIFT_BACKTRACE": "enable=no",
}
# A trap is SIGILL on x86-64, SIGTRAP on arm64.
TRAPS = (-4, -5)


def build(folder, arguments):
    """Builds the program and returns its path."""
    line = [SWIFT, "build", "--product", "AscentMisuse", "--scratch-path", folder, *arguments]
    answer = subprocess.run(line, cwd=ROOT, capture_output=True, text=True)
    if answer.returncode:
        sys.exit(f"misuse: the build failed:\n{answer.stdout[-3000:]}{answer.stderr[-3000:]}")
    return ROOT / folder / "debug/AscentMisuse"


def required(folder):
    """The functions that need a case, with the number of their overloads."""
    found = collections.Counter()
    modules = ROOT / folder / "debug/Modules"
    maps = [ROOT / "CShims/GSLFlags/module.modulemap", *(ROOT / folder / "debug").glob("CAscent*.build/module.modulemap")]
    flags = [word for path in maps for word in ("-Xcc", f"-fmodule-map-file={path}")]
    target = json.loads(subprocess.run([SWIFT, "-print-target-info"], capture_output=True, check=True).stdout)
    tool = pathlib.Path(target["paths"]["runtimeResourcePath"]).parent.parent / "bin/swift-symbolgraph-extract"
    with tempfile.TemporaryDirectory() as out:
        for module in MODULES:
            subprocess.run(
                [tool, "-module-name", f"Ascent{module}", "-I", modules, *flags, "-target", target["target"]["triple"],
                 "-minimum-access-level", "public", "-skip-synthesized-members", "-output-dir", out],
                check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
        for path in pathlib.Path(out).glob("*.symbols.json"):
            module = path.name.removeprefix("Ascent").split(".")[0].split("@")[0]
            for symbol in json.loads(path.read_text())["symbols"]:
                kind = symbol["kind"]["identifier"]
                if kind not in KINDS:
                    continue
                if kind.endswith("subscript"):
                    texts = ["".join(part["spelling"] for part in symbol["declarationFragments"])]
                else:
                    parameters = symbol.get("functionSignature", {}).get("parameters", [])
                    texts = ["".join(part["spelling"] for part in p["declarationFragments"]) for p in parameters]
                if any(SIZED.search(text) for text in texts):
                    found[module + "." + ".".join(symbol["pathComponents"])] += 1
    return found


def call(line):
    """One call: exit code, and what it wrote."""
    try:
        answer = subprocess.run(
            line, cwd=ROOT, env=os.environ | ENVIRONMENT, capture_output=True, timeout=120, errors="replace")  # fmt: skip
    except subprocess.TimeoutExpired:
        return 124, "it took longer than two minutes"
    return answer.returncode, answer.stdout + answer.stderr


def is_unsound(text):
    return "AddressSanitizer" in text or "Invalid read" in text or "Invalid write" in text


def judge(ending, words, code, text):
    """What is wrong with the end of a call; None if nothing is."""
    if is_unsound(text):
        return "memory outside of the arrays"
    if ending == "stops":
        sentence = re.search(r"Fatal error: (.*)", text)
        if code not in TRAPS or not sentence:
            return f"it did not stop, but ended with {code}"
        return None if words in sentence[1] else f"it stopped with another sentence: {sentence[1]}"
    if ending == "fails":
        thrown = re.search(r"thrown: (.*)", text)
        if code != 3 or not thrown:
            return f"it threw nothing, but ended with {code}"
        return None if words in thrown[1] else f"it threw another error: {thrown[1]}"
    return None if code == 0 else f"it did not return, but ended with {code}"


def judge_random(code, text):
    if is_unsound(text):
        return "memory outside of the arrays"
    if re.search(r"^fits", text, re.M):
        return None if code == 0 and "returned" in text else f"all sizes fit, but it ended with {code}"
    if code == 0:
        return "sizes do not fit, but it returned"
    return None if code in TRAPS and "Fatal error: the " in text else f"sizes do not fit, and it ended with {code}"


def last_lines(text):
    return "\n".join("      " + line for line in text.strip().splitlines()[-12:])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--valgrind", action="store_true")
    parser.add_argument("--draws", type=int, default=400)
    options = parser.parse_args()
    folder, arguments = (".build", []) if options.valgrind else (".build-misuse", ["--sanitize=address"])
    program = build(folder, arguments)
    line = ["valgrind", "-q", "--error-exitcode=99", str(program)] if options.valgrind else [str(program)]
    needed = required(folder)
    cases = [row.split("\t") for row in subprocess.run([program], capture_output=True, text=True, check=True).stdout.splitlines()]
    given = collections.Counter(function for case in cases for function in case[3].split(" ") if function.strip())
    faults = [f"{name}: has no case in Tests/Misuse" for name in sorted(needed) if given[name] < needed[name]]
    faults += [f"{name}: has a case, but is no public function with sizes" for name in sorted(given) if name not in needed]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        ends = pool.map(lambda case: call([*line, case[0]]), cases)
        for case, (code, text) in zip(cases, ends):
            if fault := judge(case[1], case[2], code, text):
                faults.append(f"{case[3]}: {case[4]}: {fault}\n{last_lines(text)}")
        seeds = range(options.draws)
        for seed, (code, text) in zip(seeds, pool.map(lambda seed: call([*line, "random", str(seed)]), seeds)):
            if fault := judge_random(code, text):
                faults.append(f"random {seed}: {fault}\n{last_lines(text)}")
    print(*faults, sep="\n")
    print(f"misuse: {len(needed)} functions, {len(cases)} calls, {options.draws} drawn calls, {len(faults)} faults")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
