"""Makes a module that is compiled equal to one that is loaded from the bytecode cache. Runs as `_ascent_bytecode`.

The constant of a set literal is a frozenset, whose order depends on how it was made: by the compiler, or by reading the
file in __pycache__. So a program that iterates over such a set would differ between its first run and its second one.
Here the code of a compiled module is written and read once, in memory. What is written to __pycache__ is the compiler's,
as ever. From Python 3.11 on the file has the elements sorted, so it does not matter which process wrote it; for Python
3.10 the sets are made again from sorted elements.

A file of the user's own is compiled in every run: __pycache__ is compared with the time and the size of a file alone, so
it may have the code of an earlier text, while run.toml has the hash of the present one.
"""

import importlib._bootstrap_external as machinery
import marshal
import os
import sys
import threading
import types
import zipimport

ARE_SORTED = sys.version_info >= (3, 11)
local = threading.local()


def as_loaded(code):
    return marshal.loads(marshal.dumps(code)) if ARE_SORTED else sorted_sets(code)


def sorted_sets(code):
    """Returns code in which each constant set was made from its elements in one order."""
    constants = tuple(
        sorted_sets(value) if isinstance(value, types.CodeType)
        else frozenset(sorted(value, key=marshal.dumps)) if isinstance(value, frozenset)
        else value
        for value in code.co_consts
    )  # fmt: skip
    same = all(a is b for a, b in zip(constants, code.co_consts))
    return code if same else code.replace(co_consts=constants)


STANDARD = os.path.join(os.path.dirname(os.path.realpath(os.__file__)), "")
PACKAGES = f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}"


def is_installed(file):
    """Returns True for a file of the standard library or of an installed package, which may also be a link to a file."""
    for path_of in (str, os.path.abspath, os.path.realpath):  # the first answers for nearly all files
        path = path_of(file)
        if path.startswith(STANDARD) or any(folder in path for folder in PACKAGES):
            return True
    return False


def install():
    own_load, own_get_code = machinery._compile_bytecode, machinery.SourceLoader.get_code

    def load(*arguments, **options):
        local.is_loaded = True
        return own_load(*arguments, **options)

    def get_code(self, fullname):
        before, local.is_loaded = getattr(local, "is_loaded", False), False
        try:
            code = own_get_code(self, fullname)  # this also writes the cache
            path = self.get_filename(fullname)
            if not is_installed(path):
                return as_loaded(self.source_to_code(self.get_data(path), path))
            return code if code is None or (local.is_loaded and ARE_SORTED) else as_loaded(code)
        finally:
            # Another module may have been imported in the middle.
            local.is_loaded = before

    machinery._compile_bytecode, machinery.SourceLoader.get_code = load, get_code
    # A module in a zip file is compiled in each run that finds no bytecode in the file.
    own_compile = zipimport._compile_source
    zipimport._compile_source = lambda path, source: as_loaded(own_compile(path, source))
