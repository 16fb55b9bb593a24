"""Imports the files of this folder, which are compiled into the executable, as modules `_ascent_NAME`."""

import importlib.util
import marshal
import sys
import zlib


class Embedded:
    """A finder and loader of the embedded modules; it is asked first for every module."""

    def __init__(self, sources, code, go_on):
        self.sources, self.code, self.go_on = sources, code, go_on

    def find_spec(self, name, path=None, target=None):
        self.go_on()  # a package of many modules is no hang
        return importlib.util.spec_from_loader(name, self) if name in self.sources else None

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        name = module.__name__
        file = f"<ascent {name.removeprefix('_ascent_')}.py>"
        compiled = self.code.get(name)
        code = marshal.loads(compiled) if compiled else compile(self.sources[name], file, "exec", dont_inherit=True)
        exec(code, module.__dict__)


def install(sources, content, go_on=lambda: True):
    """Makes the modules importable; `content` has their compiled code if Scripts/compile-embedded.py wrote it, or nothing.

    `go_on` is called for each module that is imported.

    Code of another Python, or of other files, is not used.
    """
    key = importlib.util.MAGIC_NUMBER + zlib.crc32(b"".join(sources.values())).to_bytes(4, "little")
    code = marshal.loads(content[len(key) :]) if content.startswith(key) else {}
    sys.meta_path.insert(0, Embedded(sources, code, go_on))
