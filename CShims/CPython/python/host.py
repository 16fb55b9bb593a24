"""The bridge's part in Python: sets the process up, and finds packages.

The files of this folder are compiled into the executable; this one runs as the module `_ascent_host`.
"""

import _signal
import _thread
import faulthandler
import gc
import importlib
import importlib.metadata
import os
import re
import sys
import threading
import warnings


def shown(text):
    """Returns a text for a part of a line: what is not printable is escaped, so that a terminal does not act on it."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


class Refusal(Exception):
    """An error that the user can correct; `kind` is a word that the bridge knows."""

    def __init__(self, kind, message):
        super().__init__(message)
        self.kind = kind


def import_module(name, why):
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise packages().missing(error, why) from None


def packages():
    """Returns the module that says what to do about missing packages, which few runs need."""
    import _ascent_packages

    return _ascent_packages


def attribute(module, name):
    """Returns a module's attribute, whose name may have dots; None if there is none."""
    found = module
    for part in name.split("."):
        found = getattr(found, part, None)
    return found


# Held while modules load: a module is in sys.modules before it has all its classes, so a second thread that imports a
# part of the same package would find it incomplete.
loading = threading.RLock()

# The first version of Gymnasium that is supported; Tests/Pythons tries this one and newer ones.
OLDEST_GYMNASIUM = (0, 28)


def import_gymnasium():
    """Imports Gymnasium, without garbage collections: nearly all of its objects live until Python ends.

    Later collections, also those at the end, leave them out. That is a sixth of the time from start to end of a short run.
    """
    with loading:
        if "gymnasium" in sys.modules or not gc.isenabled():
            return importlib.import_module("gymnasium")  # which waits for another thread that is importing it
        gc.disable()
        try:
            return importlib.import_module("gymnasium")
        finally:
            gc.enable()
            gc.freeze()


def gymnasium_for(why):
    """Imports Gymnasium if its version is supported."""
    try:
        gymnasium = import_gymnasium()
    except ModuleNotFoundError as error:
        raise packages().missing(error, why) from None
    if gymnasium_version(gymnasium) < OLDEST_GYMNASIUM:
        raise Refusal(
            "unsupported",
            f"{why}: Gymnasium {gymnasium.__version__} is too old, Ascent needs "
            f"{'.'.join(map(str, OLDEST_GYMNASIUM))} or newer: {sys.executable} -m pip install --upgrade gymnasium",
        )
    if gymnasium_version(gymnasium) == (0, 29):
        # It warns of every attribute that is looked up through a wrapper, and the bridge looks up optional ones.
        warnings.filterwarnings("ignore", message=r".*WARN: env\.\w+ to get variables from other wrappers")
    return gymnasium


def gymnasium_version(gymnasium):
    """Returns the major and the minor version; a version that has none counts as new."""
    found = re.match(r"(\d+)\.(\d+)", str(getattr(gymnasium, "__version__", "")))
    return (int(found[1]), int(found[2])) if found else (sys.maxsize, 0)


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


def alive():
    """Shows in a long call of the bridge, once for each step, that it goes on; raises when it should end."""
    if not go_on():  # of calls.c
        raise Refusal("interrupted", "interrupted")


def guard_exit():
    """Makes os._exit raise in this process: otherwise an environment could end a run that then looks complete."""
    own, leave = os.getpid(), os._exit

    def guarded(status):
        if os.getpid() == own:
            raise RuntimeError(f"os._exit({status}) was called: an environment cannot end the process that hosts it")
        leave(status)

    os._exit = guarded


# Environments that live until Python ends.
kept = []


def close(environment):
    """Calls the environment's close(), if it has one.

    Python ends the processes of multiprocessing while the objects that talk to them still exist; so does this.
    """
    multiprocessing = sys.modules.get("multiprocessing.process")
    if multiprocessing is not None and multiprocessing.active_children():
        kept.append(environment)
    if hasattr(environment, "close"):
        environment.close()


def message_of(error):
    """Returns str(error), or the line that raised the error if that is empty, as after a bare assert."""
    text = str(error)
    if text or error.__traceback__ is None:
        return text
    import traceback

    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{last.line or 'no message'} ({last.filename}:{last.lineno})"


class Fork:
    """The fork in progress: the parent, whether its main thread forks, and the signals that this thread blocked."""

    parent = os.getpid()
    is_of_main_thread = True
    blocked = set()


OUR_SIGNALS = _signal.SIGINT, _signal.SIGTERM, _signal.SIGHUP


def before_fork():
    Fork.parent = os.getpid()
    Fork.is_of_main_thread = _thread.get_native_id() == Fork.parent
    # One that comes early waits until the child has its own handlers: the run's would swallow it.
    Fork.blocked = _signal.pthread_sigmask(_signal.SIG_BLOCK, OUR_SIGNALS)


def after_fork_in_parent():
    _signal.pthread_sigmask(_signal.SIG_SETMASK, Fork.blocked)


def after_fork_in_child():
    """Gives a forked process the signals that it has under python: not those of the run."""
    for number in OUR_SIGNALS:
        handler = _signal.getsignal(number)
        if handler is not None:
            _signal.signal(number, handler)
    # multiprocessing ends its processes when Python ends; one that is killed, or hangs, cannot. A process ends with the
    # thread that forked it, so only those of the main thread can be treated so.
    caller = sys._getframe(1).f_globals.get("__name__")
    if Fork.is_of_main_thread and caller == "multiprocessing.popen_fork":
        end_with_parent(Fork.parent)  # of calls.c
    _signal.pthread_sigmask(_signal.SIG_UNBLOCK, OUR_SIGNALS)


def set_up(site_folder, search_path, stack_signal, is_adopted):
    faulthandler.register(stack_signal, file=2, all_threads=False, chain=True)
    # Libraries that divide sums among threads give other last bits on machines with more cores.
    for library in ("OPENBLAS", "OMP", "MKL"):
        os.environ.setdefault(library + "_NUM_THREADS", "1")
    if is_adopted:
        return  # the rest is for the program that started Python
    # A crash inside of an environment shows its stack before the process ends, and so does a hang.
    faulthandler.enable(file=2, all_threads=False)
    guard_exit()
    # Standard output is for results, so the output of environments goes to standard error, like progress.
    sys.stdout = sys.stderr
    if site_folder:
        import _ascent_installation as installation

        installation.use_packages_of(site_folder)
    # PYTHONPATH, which the isolated interpreter does not read itself.
    if search_path:
        sys.path[:0] = [os.path.abspath(folder) for folder in search_path.split(os.pathsep)]
    os.register_at_fork(
        before=before_fork, after_in_parent=after_fork_in_parent, after_in_child=after_fork_in_child
    )
