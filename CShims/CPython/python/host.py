"""What the bridge does in Python: setting the process up, and finding packages.

The files of this folder are compiled into the executable; this one runs as the module `_ascent_host`.
"""

import faulthandler
import importlib
import importlib.metadata
import os
import sys
import threading


class Refusal(Exception):
    """Something that the user can put right; `kind` is a word that the bridge knows."""

    def __init__(self, kind, message):
        super().__init__(message)
        self.kind = kind


def import_module(name, why):
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        missing = (error.name or name).split(".")[0]
        raise Refusal(
            "missing package",
            f"{why} needs the Python package '{missing}', which is not installed: "
            f"{sys.executable} -m pip install {missing}",
        ) from None


# Held while modules load: they are in sys.modules before they have all their classes, and two threads that import
# parts of one package see it half made.
loading = threading.RLock()


def identifiers():
    gymnasium = import_module("gymnasium", "the list of environments")
    return sorted(gymnasium.registry)


def version_of(package):
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def run(source):
    """Runs a program and returns str(result); for tests and for doctor."""
    namespace = {"__name__": "ascent_run"}
    with loading:
        exec(compile(source, "<ascent>", "exec"), namespace)
    return str(namespace.get("result", ""))


def show_stack_at(signal):
    """Lets a signal write the stack of the thread that gets it to standard error."""
    faulthandler.register(signal, file=2, all_threads=False)


def guard_exit():
    """Makes of os._exit in this process an exception: else an environment could end a run that looks as if it were done."""
    own, leave = os.getpid(), os._exit

    def guarded(status):
        if os.getpid() == own:
            raise RuntimeError(f"os._exit({status}) was called: an environment cannot end the process that hosts it")
        leave(status)

    os._exit = guarded


def set_up(site_folder):
    # A crash inside of an environment shows its stack before the process ends.
    faulthandler.enable(file=2, all_threads=False)
    guard_exit()
    # Libraries that share their sums out to threads have other last bits on machines with more cores.
    for library in ("OPENBLAS", "OMP", "MKL"):
        os.environ.setdefault(library + "_NUM_THREADS", "1")
    # Standard output carries results; what an environment prints goes where progress goes.
    sys.stdout = sys.stderr
    if site_folder:
        import site

        site.addsitedir(site_folder)
