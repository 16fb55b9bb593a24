"""Notices what the operating system decides. Runs as the module `_ascent_entropy`."""

import functools
import linecache
import random
import re
import sys

import _ascent_bits as bits
import _ascent_host as host

# True in the process of the first lane.
is_watched = False
# With --capture-rng: a generator over the stream of the environment that is called, which takes the system's place.
captured = None
# The lines that took numbers from the operating system, in the order in which they did.
places = []


def watch():
    """Reports once where an environment that is called takes numbers from the operating system.

    numpy seeds generators that way when they are given no seed; then one seed of a run does not determine it. Nothing
    is tried for that: an environment that keeps something across episodes is not reset once more.
    """
    own = random._urandom

    def urandom(count):
        is_needed = bits.is_called() and (captured is not None or (is_watched and len(places) < 10))
        frame = users_frame(sys._getframe(1)) if is_needed else None
        if frame is None or is_dropped(frame):
            return own(count)
        if captured is not None:
            return captured.bytes(count)
        if place(frame) not in places:
            places.append(place(frame))
            if len(places) == 1:
                report(places[0])
        return own(count)

    random._urandom = urandom


def is_dropped(frame):
    """Returns True where the number is not used: for RandomState(seed), and for a generator that becomes a copy."""
    above = sys._getframe(2)
    while above is not None and above is not frame:
        if above.f_code.co_filename.endswith("numpy/random/_pickle.py"):
            return True
        above = above.f_back
    line = linecache.getline(frame.f_code.co_filename, frame.f_lineno)
    return re.search(r"RandomState\(\s*(?!(seed\s*=\s*)?None\b)[^)\s]", line) is not None


def report(place):
    print(
        f"ascent: {host.shown(place)} takes a seed from the operating system in reset() or step(): two runs with the same seed may "
        "differ; try --environment-rng episodes or --capture-rng with ascent check",
        file=sys.stderr,
    )


def users_frame(frame):
    """Returns the innermost frame whose code is neither Python's nor numpy's, or None."""
    while frame is not None and not is_users(frame.f_code.co_filename):
        frame = frame.f_back
    return frame


def place(frame):
    return f"{frame.f_code.co_filename.rpartition('/')[2]}:{frame.f_lineno}"


@functools.cache
def is_users(file):
    """False for a file of Python's, numpy's or ours."""
    if "/numpy/" in file or file.startswith("<"):
        return False
    import sysconfig

    libraries = tuple({sysconfig.get_path(name) for name in ("stdlib", "platstdlib")})
    packages = tuple({sysconfig.get_path(name) for name in ("purelib", "platlib")})
    return not file.startswith(libraries) or file.startswith(packages) or "/site-packages/" in file
