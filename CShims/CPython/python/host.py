"""The bridge's part in Python: sets the process up, and finds packages.

The files of this folder are compiled into the executable; this one runs as the module `_ascent_host`.
"""

import faulthandler
import importlib
import importlib.metadata
import os
import sys
import threading


class Refusal(Exception):
    """An error that the user can correct; `kind` is a word that the bridge knows."""

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


def attribute(module, name):
    """Returns a module's attribute, whose name may have dots; None if there is none."""
    found = module
    for part in name.split("."):
        found = getattr(found, part, None)
    return found


# Held while modules load: a module is in sys.modules before it has all its classes, so a second thread that imports a
# part of the same package would find it incomplete.
loading = threading.RLock()


def version_of(package):
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def run(source):
    """Runs a program and returns str(result), for tests and for doctor."""
    namespace = {"__name__": "ascent_run"}
    with loading:
        exec(compile(source, "<ascent>", "exec"), namespace)
    return str(namespace.get("result", ""))


def show_stack_at(signal):
    """Makes a signal write the stack of the thread that receives it to standard error."""
    faulthandler.register(signal, file=2, all_threads=False)


def guard_exit():
    """Makes os._exit raise in this process: otherwise an environment could end a run that then looks complete."""
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
    # Libraries that divide sums among threads give other last bits on machines with more cores.
    for library in ("OPENBLAS", "OMP", "MKL"):
        os.environ.setdefault(library + "_NUM_THREADS", "1")
    # Standard output is for results, so the output of environments goes to standard error, like progress.
    sys.stdout = sys.stderr
    if site_folder:
        import site

        site.addsitedir(site_folder)
