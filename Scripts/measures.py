"""Measures what makes code hard to read, and prints each case with its reason.

Cases are files of more than 250 lines, and functions of more than 60 lines or six parameters. The files that an
observation passes through from the environment's C call to θ are counted, and the copies of it on that path. A case
without a reason in REASONS, a reason without a case, and a path with too many files or copies are faults.
"""

import fnmatch
import pathlib
import re
import sys

LONGEST_FILE, LONGEST_FUNCTION, MOST_PARAMETERS, MOST_WAY_FILES, MOST_COPIES = 250, 60, 6, 14, 2

# By the pattern of a case.
REASONS = {
    "CShims/CKernels/*.c:* parameters": "a kernel of C takes its arrays one by one, each with its extents: a struct would be filled on each call",
    "Sources/Policies/Kernels/Kernels.swift:* parameters": "a kernel takes its arrays and their extents, as the C function under it does",
    "Sources/Policies/Policy/Architecture.swift:init parameters": "a value of settings: a parameter for each property, all but the first with a default",
}

# The files through which an observation of a hosted environment passes, from the C call that writes it to the gradient,
# and the statement that copies it. A wrapper such as TimeLimit.swift adds a file; masks, standardization, recurrence,
# vectors and workers add copies.
WAY = [
    ("CShims/CPython/step.c", None),
    ("CShims/CPython/leaves.c", None),
    ("Sources/PythonEnvironments/PythonEnvironment.swift", None),
    ("Sources/Environments/Lanes/Lanes.swift", None),
    ("Sources/PolicyGradients/Sampling/Rollout.swift", None),
    ("Sources/PolicyGradients/Sampling/ObservationBuffer.swift", None),
    ("Sources/PolicyGradients/Sampling/Sampler+Acting.swift", "ObservationRows.copy("),
    ("Sources/Policies/Policy/Policy+Forward.swift", None),
    ("Sources/Policies/Networks/Network.swift", None),
    ("Sources/Policies/Networks/LayerChain.swift", None),
    ("Sources/Policies/Networks/AffineLayer.swift", None),
    ("Sources/PolicyGradients/Sampling/ObservationRows.swift", "Self.copy("),
    ("Sources/PolicyGradients/Updates/BatchGradient.swift", None),
    ("Sources/Policies/Policy/Policy+Gradient.swift", None),
]


def swift_functions(text: str):
    """Yields (name, first line, lines, parameters) of each function with a body."""
    lines = text.splitlines()
    for number, line in enumerate(lines):
        match = re.match(r"(\s*)(?:[@\w()=.\"]+ )*?(func|init|subscript)\b\s*([^\s(<]*)", line)
        if not match or line.lstrip().startswith("//"):
            continue
        signature, end = "", number
        while end < len(lines) and end < number + 16:
            signature += lines[end] + "\n"
            if lines[end].rstrip().endswith("{") or signature.count("{") == signature.count("}") > 0:
                break
            end += 1
        else:
            continue
        if signature.count("{") == signature.count("}") > 0:
            yield match[3].strip("`") or match[2], number + 1, end - number + 1, parameters(signature)
            continue
        if not lines[end].rstrip().endswith("{"):
            continue
        close = end + 1
        while close < len(lines) and not re.match(re.escape(match[1]) + r"}", lines[close]):
            close += 1
        name = match[3].strip("`") or match[2]
        yield name, number + 1, close - number + 1, parameters(signature)


def c_functions(text: str):
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if not re.match(r"[A-Za-z_].*\b(\w+)\(", line) or line.startswith(("typedef", "#", "return", "extern")):
            continue
        end = number
        while end < min(len(lines) - 1, number + 8) and not lines[end].rstrip().endswith(("{", ";")):
            end += 1
        if not lines[end].rstrip().endswith("{"):
            continue
        close = end + 1
        while close < len(lines) and not lines[close].startswith("}"):
            close += 1
        signature = "\n".join(lines[number : end + 1])
        name = re.match(r"[A-Za-z_].*?\b(\w+)\(", line)[1]
        yield name, number + 1, close - number + 1, parameters(signature)


def python_functions(text: str):
    import ast

    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            count = len(node.args.args) + len(node.args.kwonlyargs) - (bool(node.args.args) and node.args.args[0].arg == "self")
            yield node.name, node.lineno, node.end_lineno - node.lineno + 1, count


def parameters(signature: str) -> int:
    """The number of parameters of a signature, by the commas within the outermost parentheses."""
    start = signature.find("(")
    depth, count, seen = 0, 0, False
    for character in signature[start:]:
        if character in "([{<":
            depth += 1
        elif character in ")]}" or (character == ">" and depth > 1):
            depth -= 1
            if depth == 0:
                break
        elif character == "," and depth == 1:
            count += 1
        elif depth == 1 and not character.isspace():
            seen = True
    return count + 1 if seen else 0


def cases():
    """Yields (key, text) of every file and function that exceeds a limit."""
    readers = {".swift": swift_functions, ".c": c_functions, ".py": python_functions}
    for folder, kinds in (("Sources", [".swift"]), ("CShims", [".c", ".py"])):
        for path in sorted(pathlib.Path(folder).rglob("*")):
            if path.suffix not in kinds or {"musl", "Generated"} & set(path.parts):  # not written here
                continue
            text = path.read_text()
            lines = text.count("\n")
            if lines > LONGEST_FILE:
                yield f"{path}", f"{lines} lines"
            for name, number, length, count in readers[path.suffix](text):
                if length > LONGEST_FUNCTION:
                    yield f"{path}:{name} lines", f"{length} lines, line {number}"
                if count > MOST_PARAMETERS:
                    yield f"{path}:{name} parameters", f"{count} parameters, line {number}"


def main() -> int:
    faults = 0
    found = list(cases())
    used = set()
    for key, text in found:
        pattern = next((pattern for pattern in REASONS if fnmatch.fnmatch(key, pattern)), None)
        used.add(pattern)
        faults += pattern is None
        print(f"{key}: {text}\n    {REASONS.get(pattern, 'NO REASON')}")
    for pattern in REASONS.keys() - used:
        faults += 1
        print(f"{pattern}: is a reason without a case")
    copies = 0
    for path, text in WAY:
        content = pathlib.Path(path).read_text()
        if text is not None:
            copies += 1
            if text not in content:
                faults += 1
                print(f"{path}: the copy '{text}' is not there")
    print(f"an observation passes through {len(WAY)} files and is copied {copies} times")
    faults += len(WAY) > MOST_WAY_FILES or copies > MOST_COPIES
    print(f"measures: {len(found)} cases, {faults} faults")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
