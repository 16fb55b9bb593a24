"""Checks the layers of ARCHITECTURE.md: the imports of every module and the includes of every C file.

    python3 Scripts/floors.py              check this package; prints file:line for each fault and exits 1
    python3 Scripts/floors.py --self-test  test the checks with faults of every kind in a temporary package

SwiftPM has a list of dependencies for each target, but does not enforce it.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

# The floor of each module; a module imports only modules of lower floors.
FLOORS = {
    "CAscentMath": 0, "CAscentGSL": 0, "CAscentPython": 0, "CAscentKernels": 0, "CAscentWorkers": 0, "CAscentDigest": 0,
    "CAscentMPI": 0,
    "AscentMathematics": 1, "AscentRegistries": 1,
    "AscentRandomness": 2,
    "AscentEnvironments": 3, "AscentPolicies": 3,
    "AscentPythonEnvironments": 4, "AscentPolicyGradients": 4,
    "AscentExperiments": 5,
    "AscentHosting": 6, "AscentExports": 6,
    "AscentCore": 7, "AscentDesk": 7,
    "AscentCommand": 8, "Ascent": 8,
    "AscentTool": 9,
}  # fmt: skip
# The module that may import each C shim; its tests may, too.
SHIM_OWNERS = {
    "CAscentMath": "AscentMathematics", "CAscentGSL": "AscentRandomness", "CAscentPython": "AscentPythonEnvironments",
    "CAscentKernels": "AscentPolicies", "CAscentWorkers": "AscentExperiments", "CAscentDigest": "AscentExperiments",
    "CAscentMPI": "AscentExperiments",
}  # fmt: skip
# System library targets without headers, which exist for pkg-config's flags and must not be imported.
PROVIDERS = {
    "CAscentGSLFlags": "CAscentGSL", "CAscentPythonFlags": "CAscentPython", "CAscentMPIFlags": "CAscentMPI",
}  # fmt: skip
# The shim that may include an external library, by the beginning of the header's name.
FOREIGN = {"gsl/": "CGSL", "Python.h": "CPython", "cpython/": "CPython", "numpy/": None, "mpi.h": "CMPI", "cblas.h": None}
# The sub-folders of a room that has some; a file beside them has to be named here.
SUBFOLDERS = {
    "Environments": "Check Contract Emissions Lanes Native Processes Spaces Wrappers",
    "Policies": "Families Kernels Networks Policy Recurrence",
    "PolicyGradients": "Advantages Baselines Estimators Exact Gradients Learner Normalizers Optimizers Sampling Surrogates Updates Workers",
    "Experiments": "Acting Configuration Episodes Formats Metrics Opening Processes Reproduction Runs Studies "
    "AscentVersion.swift ExitStatus.swift ExperimentError.swift LocalizedErrors.swift OptionWords.swift",
    "Desk": "Statistics Curves Plots Reports Sweeps Comparisons Videos",
    "AscentCommand": "Commands Options Terminal AscentProgram.swift",
}
MOST_FILES = 24
TOOLCHAIN = {
    "Swift", "Synchronization", "Foundation", "FoundationEssentials", "FoundationNetworking", "Dispatch",
    "Glibc", "Musl", "Darwin", "Testing",
}  # fmt: skip
FOUNDATION = {"Foundation", "FoundationEssentials", "FoundationNetworking"}
HEADERS_OF_A_SHIM = {"stdint.h", "stddef.h", "stdbool.h"}

ATTRIBUTES = r"(?:@\w+(?:\([^)]*\))?\s+)*"
IMPORT = re.compile(
    rf"^\s*{ATTRIBUTES}(?:(public|package|internal|fileprivate|private)\s+)?{ATTRIBUTES}import\s+"
    r"(?:(?:typealias|struct|class|enum|protocol|let|var|func)\s+)?([A-Za-z_]\w*)"
)
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]')


def blanked(text, patterns):
    """Removes every match from the text, but not its line breaks."""
    for pattern in patterns:
        text = re.sub(pattern, lambda match: "\n" * match[0].count("\n"), text, flags=re.S)
    return text


def swift_imports(path):
    text = blanked(path.read_text(encoding="utf-8"), [r'(#*)""".*?"""\1', r"/\*.*?\*/", r"//[^\n]*"])
    for number, line in enumerate(text.split("\n"), start=1):
        for statement in line.split(";"):
            if found := IMPORT.match(statement):
                yield number, found[2], found[1] or "internal"


def c_includes(path):
    text = blanked(path.read_text(encoding="utf-8"), [r"/\*.*?\*/", r"//[^\n]*"])
    for number, line in enumerate(text.split("\n"), start=1):
        if found := INCLUDE.match(line):
            yield number, found[1]


def import_fault(target, module, access, targets):
    """The reason why `target` must not import `module`, or None."""
    name, is_test = target["name"], target["type"] == "test" or target["path"].startswith("Tests/")
    if module in PROVIDERS:
        return f"{module} is there for pkg-config's flags: it must not be imported"
    if module in targets:
        if module not in target.get("target_dependencies", []):
            return f"{name} imports {module}, which it does not declare in Package.swift"
    elif module not in TOOLCHAIN | set(target.get("product_dependencies", [])):
        return f"{name} imports {module}, which it does not declare in Package.swift"
    if module in SHIM_OWNERS:
        owner = SHIM_OWNERS[module]
        if name not in (owner, owner.removeprefix("Ascent") + "Tests"):
            return f"only {owner} imports {module}"
        if access in ("public", "package"):
            return f"{module} is imported {access}: a C type must not leave {owner}"
    if is_test:
        return None
    if name not in FLOORS:
        return f"{name} has no floor: give it one in Scripts/floors.py and ARCHITECTURE.md"
    if module in FLOORS and FLOORS[module] >= FLOORS[name]:
        return f"{name} (floor {FLOORS[name]}) imports {module} (floor {FLOORS[module]}): only rooms below"
    if module in FOUNDATION and FLOORS[name] <= 4:
        return f"{module} on floor {FLOORS[name]}: floors 0 to 4 do without Foundation"
    return None


def swift_faults(root, description):
    targets = {target["name"] for target in description["targets"]}
    for target in description["targets"]:
        for path in sorted((root / target["path"]).rglob("*.swift")):
            for number, module, access in swift_imports(path):
                if module != target["name"] and (fault := import_fault(target, module, access, targets)):
                    yield path, number, fault


def c_faults(root):
    for path in sorted(p for p in root.rglob("*.[ch]") if not any(part.startswith(".") for part in p.relative_to(root).parts)):
        parts = path.relative_to(root).parts
        if parts[:2] == ("Tests", "Clients"):  # packages of their own
            continue
        if parts[0] == "Sources":
            yield path, 1, "C belongs in CShims"
        shim = parts[1] if parts[0] == "CShims" else None
        for number, header in c_includes(path):
            is_shims_header = shim is not None and parts[2] == "include"
            if is_shims_header and header not in HEADERS_OF_A_SHIM and not (path.parent / header).is_file():
                yield path, number, f"a shim's own header includes {header}: only {', '.join(sorted(HEADERS_OF_A_SHIM))}"
                continue
            for beginning, owner in FOREIGN.items():
                if header.startswith(beginning) and (shim is None or shim != owner):
                    yield path, number, f"only {'CShims/' + owner if owner else 'nobody'} includes {header}"


def folder_faults(root):
    folders = {}
    for path in sorted((root / "Sources").rglob("*.swift")):
        room, first = path.relative_to(root / "Sources").parts[:2]
        if room in SUBFOLDERS and first not in SUBFOLDERS[room].split():
            yield path, 1, f"{room} has the folders {SUBFOLDERS[room]}: the file belongs in one of them"
        folders.setdefault(path.parent, []).append(path)
    for folder, files in folders.items():
        if len(files) > MOST_FILES:
            yield files[MOST_FILES], 1, f"more than {MOST_FILES} files in one folder: {folder.relative_to(root)}"


def faults(root, description):
    return [*swift_faults(root, description), *c_faults(root), *folder_faults(root)]


def report(found, root):
    for path, number, fault in found:
        print(f"{os.path.relpath(path, root)}:{number}: {fault}")


# MARK: Self-test: faults of every kind, which must be found at their lines

PLANTED = {
    "Sources/Randomness/Up.swift": ("\nimport AscentEnvironments", "imports AscentEnvironments"),
    "Sources/Policies/Policy/Beside.swift": ("@testable import AscentEnvironments", "imports AscentEnvironments"),
    "Sources/Environments/Lanes/Beside.swift": ("public import struct AscentPolicies.Parameters", "imports AscentPolicies"),
    "Sources/PolicyGradients/Exact/Beside.swift": ("import AscentPythonEnvironments", "only rooms below"),
    "Sources/PythonEnvironments/Beside.swift": ("import AscentPolicyGradients", "does not declare"),
    "Sources/PythonEnvironments/Shim.swift": ("\n\nimport CAscentGSL", "only AscentRandomness imports CAscentGSL"),
    "Sources/PythonEnvironments/Public.swift": ("public import CAscentPython", "must not leave"),
    "Sources/Policies/Kernels/Foundation.swift": ("import Foundation", "do without Foundation"),
    "Sources/PythonEnvironments/Essentials.swift": ("import FoundationEssentials", "do without Foundation"),
    "Sources/Experiments/Runs/Stranger.swift": ("import NIOCore", "does not declare"),
    "Sources/Randomness/Provider.swift": ("import CAscentGSLFlags", "must not be imported"),
    "Tests/PoliciesTests/Shim.swift": ("import CAscentGSL", "imports CAscentGSL"),
    "Tests/PoliciesTests/Undeclared.swift": ("import AscentExperiments", "does not declare"),
    "Sources/Cellar/Unknown.swift": ("import AscentRandomness", "has no floor"),
    "CShims/CGSL/include/CGSL.h": ("#include <stdint.h>\n#include <gsl/gsl_rng.h>", "own header includes"),
    "CShims/CKernels/gemm.c": ("#include <gsl/gsl_cblas.h>", "only CShims/CGSL includes"),
    "CShims/CGSL/python.c": ("#include <Python.h>", "only CShims/CPython includes"),
    "Tests/Sanitize/cgsl.c": ("# include <gsl/gsl_rng.h>", "only CShims/CGSL includes"),
    "Sources/Policies/fast.c": ("", "C belongs in CShims"),
    "Sources/Experiments/Lost.swift": ("", "belongs in one of them"),
    "Sources/Policies/Miscellany/Lost.swift": ("", "belongs in one of them"),
}
INNOCENT = {
    "Sources/Randomness/Own.swift": "internal import CAscentGSL\nimport Synchronization\n",
    "Sources/PythonEnvironments/Text.swift": 'let source = """\n  import ascent\n  """\n// import Foundation\n/* import Foundation */\n',
    "Sources/Experiments/Runs/Product.swift": "import Crypto\nimport Foundation\n",
    "Tests/PoliciesTests/Own.swift": "@testable import AscentPolicies\nimport CAscentKernels\nimport Foundation\nimport Testing\n",
    "CShims/CGSL/rng.c": '#include "CGSL.h"\n#include <gsl/gsl_rng.h>\n#include <string.h>\n',
    "CShims/CKernels/include/CKernels.h": '#include <stddef.h>\n#include "own.h"\n',
    "CShims/CKernels/include/own.h": "#include <stdint.h>\n",
}


def scratch_description():
    def target(name, *dependencies, path=None, kind="library", products=()):
        return {"name": name, "type": kind, "path": path or f"Sources/{name.removeprefix('Ascent')}",
                "target_dependencies": list(dependencies), "product_dependencies": list(products)}  # fmt: skip

    shims = [target(name, path=f"CShims/{name}") for name in ("CAscentGSL", "CAscentPython", "CAscentKernels", "CAscentGSLFlags")]
    return {"targets": shims + [
        target("AscentRandomness", "CAscentGSL", "AscentEnvironments", "CAscentGSLFlags"),
        target("AscentEnvironments", "AscentRandomness", "AscentPolicies"),
        target("AscentPolicies", "AscentRandomness", "CAscentKernels", "AscentEnvironments"),
        target("AscentPythonEnvironments", "AscentEnvironments", "CAscentPython", "CAscentGSL"),
        target("AscentPolicyGradients", "AscentEnvironments", "AscentPolicies", "AscentPythonEnvironments"),
        target("AscentExperiments", "AscentPolicies", products=["Crypto"]),
        target("Cellar", "AscentRandomness"),
        target("PoliciesTests", "AscentPolicies", "CAscentKernels", "CAscentGSL", path="Tests/PoliciesTests", kind="test"),
    ]}  # fmt: skip


def self_test():
    def run(files):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            for name, text in files.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text, encoding="utf-8")
            return [(str(path.relative_to(root)), line, fault) for path, line, fault in faults(root, scratch_description())]

    wrong = [f"innocent, but: {found}" for found in run(INNOCENT)]
    for name, (text, message) in PLANTED.items():
        found = run({**INNOCENT, name: text})
        expected_line = text.count("\n") + 1
        if [(n, l) for n, l, fault in found if message in fault] != [(name, expected_line)] or len(found) != 1:
            wrong.append(f"planted in {name}:{expected_line} ({message}), found: {found}")
    print(*wrong, f"floors: {len(PLANTED)} planted faults, {len(wrong)} surprises", sep="\n")
    return not wrong


def main():
    if sys.argv[1:] == ["--self-test"]:
        sys.exit(0 if self_test() else 1)
    root = Path(__file__).resolve().parent.parent
    swift = os.environ.get("SWIFT") or "swift"
    # With MPI's targets, which the manifest has only on demand.
    answer = subprocess.run(
        [swift, "package", "--traits", "MPI", "describe", "--type", "json"], cwd=root, capture_output=True, text=True,
        env=os.environ | {"ASCENT_MPI": "ompi-c"})  # fmt: skip
    if answer.returncode != 0:
        sys.exit(f"floors: swift package describe failed:\n{answer.stderr.strip()}")
    description = json.loads(answer.stdout[answer.stdout.index("{"):])
    found = faults(root, description)
    report(found, root)
    print(f"floors: {len(description['targets'])} targets, {len(found)} faults")
    sys.exit(1 if found else 0)


main()
