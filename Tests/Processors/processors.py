#!/usr/bin/env python3
"""The same bits on every processor: `make processors`; `--quick` is part of CI.

1. arithmetic.c with CMath, by clang and gcc, at several levels of optimization and on the processors that qemu-user has:
   one hash for each function, the recorded one.
2. A dozen runs, each with every feature of the processor and with features taken away: from the C library by
   GLIBC_TUNABLES, from NumPy by NPY_DISABLE_CPU_FEATURES, from everything by qemu-user (only what it runs in reasonable
   time). Parameters and every column of metrics.csv but `seconds` must be equal.

Environments that compute by Python's math, NumPy or MuJoCo are not in the list: their bits are theirs.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE.parent / "Fingerprints"))
import fingerprints  # noqa: E402

RECORD = HERE / "arithmetic.txt"
# Environment variables that take features away.
TUNED = {
    "glibc without FMA": {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-FMA,-FMA4"},
    "glibc without AVX2, FMA": {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-AVX2_Usable,-FMA,-FMA4"},
    "glibc of 2003": {
        "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX,-AVX2,-AVX512F,-AVX512VL,-AVX512BW,-FMA,-FMA4,-BMI2,-ERMS,-SSE4_1,-SSE4_2",
    },
    "NumPy without AVX2, FMA": {"NPY_DISABLE_CPU_FEATURES": "AVX2 FMA3 AVX512F AVX512CD AVX512_SKX"},
}  # fmt: skip
EMULATED = {"qemu64": ["-cpu", "qemu64"], "Nehalem": ["-cpu", "Nehalem"], "Haswell": ["-cpu", "Haswell"]}
# Runs of fingerprints.py; the native ones are also made on the processors of qemu, with fewer steps and smaller networks:
# a step takes a hundred times as long there.
NATIVE = (
    "npg", "vpg", "reinforce, value", "likelihood-ratio", "off-policy-reinforce", "beta", "gsde", "normalized",
    "many emissions", "linear-gaussian", "hallway", "gru, reinforce", "mt19937", "baseline optimal",
)  # fmt: skip
HOSTED = ("confused", "own draws", "masks", "captured")
# Those in which a difference was seen before Ascent had arithmetic of its own.
LONG = {
    **{f"acrobot, seed {seed}": ("native:acrobot", seed, "50000") for seed in (3, 4, 5, 6)},
    **{f"cartpole, seed {seed}": ("native:cartpole", seed, "200000") for seed in (1, 3, 7)},
}


def compile_arithmetic(folder):
    """Builds the program with each compiler that is installed, at several levels; returns the paths by name."""
    include = [f"-I{ROOT}/CShims/CMath/{name}" for name in ("house", "musl", "include")]
    sources = [HERE / "arithmetic.c", *sorted((ROOT / "CShims/CMath/musl").glob("*.c"))]
    programs = {}
    for compiler in ("clang", "gcc"):
        if not shutil.which(compiler):
            sys.exit(f"processors: {compiler} is not installed: make processors installs it")
        for level in (["-O0"], ["-O2"], ["-O3", "-march=haswell"]):
            name = f"{compiler} {' '.join(level)}"
            program = folder / name.replace(" ", "")
            flags = ["-std=c11", "-ffp-contract=off", "-fno-math-errno", "-w", *level]
            subprocess.run([compiler, *flags, *include, *sources, "-o", program, "-lm"], check=True)
            programs[name] = program
    return programs


def check_arithmetic(folder, record):
    programs = compile_arithmetic(folder)
    commands = {name: [path] for name, path in programs.items()}
    for cpu, options in EMULATED.items():
        commands[f"clang -O2 on {cpu}"] = ["qemu-x86_64", *options, programs["clang -O2"]]
    answers = {name: subprocess.run(c, check=True, capture_output=True, text=True).stdout for name, c in commands.items()}
    if record:
        RECORD.write_text(answers["clang -O2"])
    wrong = [name for name, answer in answers.items() if answer != RECORD.read_text()]
    functions = RECORD.read_text().count("\n")
    print(f"arithmetic: {functions} functions, {len(answers)} builds and processors, {len(wrong)} differ", *wrong, flush=True)
    return len(wrong)


def words_of(name):
    if name in LONG:
        environment, seed, steps = LONG[name]
        return [environment, "--seed", str(seed), "--steps", steps]
    environment, options, _ = fingerprints.TRAINED[name]
    return [environment, "--seed", fingerprints.SEED, *options]


def small(words):
    words = [*words, "--set", "policy.hidden=8"]
    words[words.index("--steps") + 1] = "1024"
    return words


def answer(words, folder, variables=None, emulator=()):
    """The bits of θ and of the metrics."""
    out = folder / "run"
    shutil.rmtree(out, ignore_errors=True)
    environment = {k: v for k, v in os.environ.items() if k not in ("VIRTUAL_ENV", "CONDA_PREFIX")} | (variables or {})
    command = [*emulator, fingerprints.ASCENT, "train", *words, "--out", out, "--json", "--quiet"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\nended with {done.returncode}:\n{done.stderr}")
    parameters = out / "policy.safetensors"
    return fingerprints.sha(parameters.read_bytes()), fingerprints.metrics(out)


def check_runs(folder, is_quick):
    names = [*NATIVE[:: 4 if is_quick else 1], *HOSTED[:: 2 if is_quick else 1], *([] if is_quick else LONG)]
    wrong = 0
    for name in names:
        words = words_of(name)
        expected = answer(words, folder)
        differ = [key for key, value in TUNED.items() if answer(words, folder, variables=value) != expected]
        cpus = [] if name not in NATIVE else list(EMULATED)[:1] if is_quick else list(EMULATED)
        if cpus:
            expected = answer(small(words), folder)
        for cpu in cpus:
            if answer(small(words), folder, emulator=["qemu-x86_64", *EMULATED[cpu]]) != expected:
                differ.append(cpu)
        wrong += len(differ)
        print(f"{name:24} {len(TUNED)} settings, {len(cpus)} processors, {len(differ)} differ", *differ, flush=True)
    return wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="fewer runs and one emulated processor")
    parser.add_argument("--record", action="store_true", help="write arithmetic.txt")
    wanted = parser.parse_args()
    if not shutil.which("qemu-x86_64"):
        sys.exit("processors: qemu-user is not installed: make processors installs it")
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        wrong = check_arithmetic(folder, wanted.record) + check_runs(folder, wanted.quick)
    print(f"processors: {wrong} differ")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
