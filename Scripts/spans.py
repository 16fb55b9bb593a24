"""Finds uses of `mutableSpan` on stored arrays.

When the span of one array of a structure ends, the optimizer of Swift 6.2 and 6.3 treats all arrays of the structure as
unshared, so the next assignment to another array also writes into its copies. Therefore only local variables and inout
parameters use `mutableSpan`; stored arrays use Array.withMutableSpan.
"""

import pathlib
import re
import sys

HELPER = "Array+MutableSpan.swift"
USE = re.compile(r"(?P<before>[\w\])?!.]*?)(?P<name>[\w\u0370-\u03ff]+)\.mutableSpan\b")


def declared(name: str, lines: list[str]) -> bool:
    """True if the function that contains the last line has a local variable or inout parameter of this name."""
    function = next((k for k in range(len(lines) - 1, -1, -1) if re.search(r"\b(func|init)\b", lines[k])), 0)
    text = "\n".join(lines[function:])
    local = rf"\bvar \(?(?:[\w\u0370-\u03ff]+, )*{name}\b"
    return bool(re.search(local, text) or re.search(rf"\b{name}: inout \[", text))


def faults(path: pathlib.Path) -> list[str]:
    found = []
    lines = path.read_text().splitlines()
    for number, line in enumerate(lines):
        for use in USE.finditer(line.split("//")[0]):
            stored = use["before"].endswith((".", "]", ")")) or not declared(use["name"], lines[: number + 1])
            if stored:
                found.append(f"{path}:{number + 1}: {use['name']}.mutableSpan of a stored array; use withMutableSpan")
        if re.search(r"[\])]\.mutableSpan\b", line.split("//")[0]):
            found.append(f"{path}:{number + 1}: mutableSpan of an element; use withMutableSpan")
    return found


def selftest() -> None:
    import tempfile

    planted = {
        "func f() {\n  var x = [1]\n  var s = x.mutableSpan\n}": 0,
        "func f(_ x: inout [Int]) {\n  var s = x.mutableSpan\n}": 0,
        "func f() {\n  var (a, x) = ([1], [2])\n  var s = x.mutableSpan\n}": 0,
        "mutating func f() {\n  var s = x.mutableSpan\n}": 1,
        "func f(_ y: inout S) {\n  var s = y.x.mutableSpan\n}": 1,
        "func f() {\n  var x = [[1]]\n  var s = x[0].mutableSpan\n}": 1,
        "func g() {\n  var x = [1]\n}\nmutating func f() {\n  var s = x.mutableSpan\n}": 1,
    }
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "a.swift"
        for text, count in planted.items():
            file.write_text(text)
            assert len(faults(file)) == count, text


selftest()
found = [
    fault
    for path in sorted(pathlib.Path("Sources").rglob("*.swift"))
    if path.name != HELPER
    for fault in faults(path)
]
print("\n".join(found), end="\n" if found else "")
sys.exit(bool(found))
