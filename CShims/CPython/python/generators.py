"""Finds the random generators of an environment, for `ascent check`, and keeps the states of those that all code shares.

Runs as the module `_ascent_generators`.
"""

import random

import _ascent_entropy as entropy
import _ascent_streams as streams


def numpy_state():
    import numpy

    name, keys, position, *rest = numpy.random.get_state()
    return name, keys.tobytes(), position, tuple(rest)


# The generators that all code shares: name, state.
SHARED = (("random", random.getstate), ("numpy.random", numpy_state))


kept = None


def keep_shared():
    """Keeps the states of the generators that all code shares, unless they draw from the lanes' streams."""
    import numpy

    global kept
    kept = (random.getstate(), numpy.random.get_state()) if entropy.captured is None else None


def restore_shared():
    """Restores these states."""
    import numpy

    if kept is not None:
        random.setstate(kept[0])
        numpy.random.set_state(kept[1])


def state_of(generator):
    """Returns the state of a generator in a form that can be compared."""
    if isinstance(generator, random.Random):
        return generator.getstate()
    holder = generator.bit_generator if hasattr(generator, "bit_generator") else generator
    state = holder.state if hasattr(holder, "state") else generator.get_state()
    return repr(state)


def of(environment, depth=3):
    """Finds the generators that an environment has beside its stream: path, generator."""
    import gymnasium
    import numpy

    kinds = (numpy.random.Generator, numpy.random.RandomState, random.Random)
    ours = (streams.StreamState, streams.StreamRandom)
    root = getattr(environment, "unwrapped", environment)
    known = {id(vars(root).get("_np_random")), id(getattr(root, "np_random", None))} if hasattr(root, "__dict__") else set()
    found, seen, front = [], known, [("self", root)]
    for _ in range(depth):
        following = []
        for path, thing in front:
            for name, value in list(getattr(thing, "__dict__", {}).items()):
                if id(value) in seen or isinstance(value, ours):
                    continue
                seen.add(id(value))
                if isinstance(value, kinds):
                    # SystemRandom has no state; entropy.py notices what it takes.
                    if not isinstance(value, random.SystemRandom) and not streams.is_stream(value):
                        found.append((f"{path}.{name}", value))
                elif hasattr(value, "__dict__") and not isinstance(value, (type, gymnasium.Space)):
                    following.append((f"{path}.{name}", value))
        front = following
    return found
