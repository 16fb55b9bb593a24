"""Imports the files of this folder, which are compiled into the executable, as modules `_ascent_NAME`."""

import importlib.util
import sys


class Embedded:
    """A finder and loader of the embedded modules."""

    def __init__(self, sources):
        self.sources = sources

    def find_spec(self, name, path=None, target=None):
        return importlib.util.spec_from_loader(name, self) if name in self.sources else None

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        name = module.__name__
        file = f"<ascent {name.removeprefix('_ascent_')}.py>"
        exec(compile(self.sources[name], file, "exec", dont_inherit=True), module.__dict__)


def install(sources):
    sys.meta_path.insert(0, Embedded(sources))
