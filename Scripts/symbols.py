#!/usr/bin/env python3
"""Looks whether anything that Ascent computes with calls an inexact function of the C library (libm).

    make symbols

libm chooses instructions, and with them last bits, by processor. Ascent's own modules call CMath instead, and CGSL binds
the calls of GSL to it when the program starts (CShims/CGSL/binding.c). This reads the undefined symbols of every object
file of the release build, and those of libgsl and libgslcblas that the executable loads. Exits with 1 if one is left.
"""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / ".build" / "release"
# The results of these are exact, so that every correct implementation has the same bits.
EXACT = {
    name + suffix
    for name in (
        "sqrt fabs floor ceil trunc round roundeven rint nearbyint lrint llrint lround llround fmod remainder remquo modf "
        "frexp ldexp scalbn scalbln logb ilogb copysign nextafter fmin fmax fdim fma"
    ).split()
    for suffix in ("", "f", "l")
} | {"feclearexcept", "fegetenv", "fesetenv", "fegetround", "fesetround", "fetestexcept"}


def symbols(path, *options):
    lines = subprocess.run(["nm", *options, path], capture_output=True, text=True, check=True).stdout.splitlines()
    return {line.split()[-1].split("@")[0] for line in lines if line.split()}


def loaded(name):
    """The path of a library that the executable loads."""
    lines = subprocess.run(["ldd", BUILD / "ascent"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"%s\S* => (\S+)" % re.escape(name), lines)
    if not found:
        sys.exit(f"symbols: {BUILD / 'ascent'} does not load {name}, so its calls cannot be bound")
    return found[1]


def modules():
    """The modules of this package that the executable has, with their object files."""
    found = {}
    for top, prefix in ("Sources", "Ascent"), ("CShims", "CAscent"):
        for folder in sorted((ROOT / top).iterdir()):
            name = folder.name if folder.name.startswith("Ascent") else prefix + folder.name.removeprefix("C")
            found[name] = sorted((BUILD / f"{name}.build").rglob("*.o"))
    # Without code, or only there with the trait MPI.
    providers = {"CAscentGSLFlags", "CAscentPythonFlags", "CAscentMPIFlags", "CAscentMPI"}
    products = {"Ascent", "AscentCore"}  # they only export other modules, and the executable does without them
    return {name: files for name, files in found.items() if name not in providers | products}


def main():
    inexact = symbols(loaded("libm.so"), "-D", "--defined-only") - EXACT
    binding = (ROOT / "CShims/CGSL/binding.c").read_text()
    bound = set(re.findall(r'\{"(\w+)", \(function \*\)cmath_\1\}', binding))
    faults, read = [], 0
    for name, files in modules().items():
        if not files:
            faults.append(f"{name}: there is no object file below {BUILD}: run make build")
        for file in files:
            read += 1
            faults += [f"{name}: {file.name} calls {s}" for s in sorted(symbols(file, "-u") & inexact)]
    of_gsl = symbols(loaded("libgsl.so"), "-D", "-u") & inexact
    faults += [f"libgsl calls {s}, which binding.c does not bind" for s in sorted(of_gsl - bound)]
    faults += [f"libgslcblas calls {s}" for s in sorted(symbols(loaded("libgslcblas.so"), "-D", "-u") & inexact)]
    for fault in faults:
        print(f"symbols: {fault}", file=sys.stderr)
    print(
        f"symbols: {read} object files of {len(modules())} modules, {len(inexact)} inexact functions of libm, "
        f"{len(of_gsl)} of them called by libgsl and bound to CMath, {len(faults)} faults"
    )
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
