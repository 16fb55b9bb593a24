"""Names the code of an environment that is neither Python's nor of an installed package. Runs as `_ascent_sources`."""

import hashlib
import sys

import _ascent_bytecode as bytecode
import _ascent_modules as modules

# So many modules are named one by one; those of a larger project together.
MOST_NAMED = 20


def own_modules():
    """Returns "name hash" of the modules that were loaded from other files, sorted; more than a few are one line.

    Left out are the standard library, installed packages, and the files that the command line names.
    """
    named = {id(module) for module in modules.loaded.values()}
    found = {}
    for name, module in list(sys.modules.items()):
        file = module.__dict__.get("__file__") if hasattr(module, "__dict__") else None  # asks no __getattr__
        if not isinstance(file, str) or id(module) in named or bytecode.is_installed(file):
            continue
        try:
            with open(file, "rb") as source:
                found[name] = hashlib.sha256(source.read()).hexdigest()
        except OSError:
            continue
    lines = [f"{name} {found[name]}" for name in sorted(found) if name.isascii() and name.isprintable()]
    if len(lines) <= MOST_NAMED:
        return lines
    return ["all_files " + hashlib.sha256("\n".join(lines).encode()).hexdigest()]
