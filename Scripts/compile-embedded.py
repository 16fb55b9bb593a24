"""Compiles the bridge's part in Python, for the Python that runs this script, into a header of C.

    python -I Scripts/compile-embedded.py FOLDER

FOLDER receives embedded_code.h, with which an executable starts some milliseconds earlier: it need not compile the files
of CShims/CPython/python itself. Without the header, or with that of another Python or of other files, it does.
"""

import importlib.util
import marshal
import os
import pathlib
import sys
import zlib

sources = {}
for path in sorted(pathlib.Path("CShims/CPython/python").glob("*.py")):
    if path.stem != "embedded":
        sources[path.stem] = path.read_bytes()
code = {
    "_ascent_" + name: marshal.dumps(compile(text, f"<ascent {name}.py>", "exec", dont_inherit=True))
    for name, text in sources.items()
}
key = importlib.util.MAGIC_NUMBER + zlib.crc32(b"".join(sources.values())).to_bytes(4, "little")
content = key + marshal.dumps(code)
numbers = [", ".join(map(str, content[k : k + 24])) for k in range(0, len(content), 24)]
text = "static const unsigned char embedded_code[] = {\n    " + ",\n    ".join(numbers) + "};\n"
target = os.path.join(sys.argv[1], "embedded_code.h")
# A file that did not change is not compiled again.
if not os.path.exists(target) or open(target, encoding="ascii").read() != text:
    with open(target, "w", encoding="ascii") as file:
        file.write(text)
