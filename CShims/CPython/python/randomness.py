"""The random numbers of environments: which generators draw from a lane's stream. Runs as `_ascent_randomness`.

Before an environment's first reset its generators are not yet known. So the first reset is the user's own, with a seed,
and what is made from that seed meanwhile by gymnasium's functions is a generator over the lane's stream.
"""

import contextlib
import functools
import os
import random

import _ascent_bits as bits
import _ascent_entropy as entropy
import _ascent_host as host
import _ascent_states as states


class First:
    """A first reset in progress: the lane's generators, and the seeds for which they stand."""

    def __init__(self, generators, seeds):
        self.generators, self.seeds = generators, seeds
        self.own = []  # generators that the environment seeded with seeds of its own

    def means(self, seed):
        return isinstance(seed, int) and seed in self.seeds


first = None
serves = True  # False in processes that an environment forks


def release_forked_process():
    """Makes the functions that this module replaces do in a forked process what they do under python."""
    global serves, first
    serves, first = False, None
    entropy.is_watched = False


def streams():
    import _ascent_streams

    return _ascent_streams


@functools.cache
def install():
    """Makes the generators that gymnasium would seed from the operating system draw from streams; False without it."""
    try:
        gymnasium = host.import_gymnasium()
        Space, seeding = gymnasium.Space, gymnasium.utils.seeding
    except ImportError:
        return False  # opening the environment reports it
    own = seeding.np_random

    @functools.wraps(own)
    def np_random(seed=None):
        if first is not None and first.means(seed):
            return first.generators.generator, seed
        if seed is None and is_indexed:
            return own(0)
        if seed is None and serves and bits.feeds():
            return streams().shared, bits.peek(None) >> 1
        made = own(seed)
        if first is not None and seed is not None:
            first.own.append(made[0])
        return made

    seeding.np_random = np_random
    for kind in subclasses(Space):
        if "seed" in vars(kind):
            kind.seed = seed_of_space(kind.seed)
        if "__getitem__" in vars(kind) and kind.__name__ == "MultiDiscrete":
            kind.__getitem__ = item_of_space(kind.__getitem__)
    os.register_at_fork(after_in_child=release_forked_process)
    entropy.watch()
    return True


def subclasses(kind):
    yield kind
    for following in kind.__subclasses__():
        yield from subclasses(following)


def seed_of_space(own):
    """Returns a method seed() that leaves a space on the stream where reset(seed=…) seeds it in a first reset."""

    @functools.wraps(own)
    def seed(self, seed=None):
        if first is not None and first.means(seed):
            put_in_space(self)
            return seed
        return own(self, seed)

    return seed


# True while a part of a space is made that is to have the state of a generator of numpy's.
is_indexed = False


def item_of_space(own):
    """Returns a method that gives a part of a MultiDiscrete a generator of the kind that the whole has."""

    @functools.wraps(own)
    def item(self, index):
        global is_indexed
        before, is_indexed = is_indexed, not streams().is_stream(self.np_random)
        try:
            return own(self, index)
        finally:
            is_indexed = before

    return item


def put_in_space(space, seen=None):
    """Makes a space and those that it consists of draw from the stream of the environment that is called."""
    from gymnasium.spaces import Space

    seen = set() if seen is None else seen
    if not isinstance(space, Space) or id(space) in seen:
        return
    seen.add(id(space))
    space._np_random = streams().shared
    for value in list(vars(space).values()):
        parts = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else (value,)
        for part in parts:
            put_in_space(part, seen)


def put_in_spaces(environment):
    """Makes the spaces of all layers draw from the stream of the environment that is called.

    Several lanes may share one space, an attribute of the class, so no lane's own generator can be in it.
    """
    for layer in states.layers(environment):
        for name in ("observation_space", "action_space", "single_observation_space", "single_action_space"):
            put_in_space(getattr(layer, name, None))


@contextlib.contextmanager
def assigned(unwrapped, generators):
    """Where np_random is a property: what is assigned to it becomes a generator of the same kind over the stream."""
    targets = [unwrapped, *(getattr(one, "unwrapped", one) for one in list_of(unwrapped, "envs"))]
    owners = {}
    for target in targets:
        for kind in type(target).__mro__:
            found = vars(kind).get("np_random")
            if found is not None:
                if isinstance(found, property) and found.fset is not None:
                    owners[kind] = found
                break

    def wrapped(own):
        def put(self, value):
            own.fset(self, generators.like(value) if any(self is target for target in targets) else value)

        return property(own.fget, put, own.fdel, own.__doc__)

    for kind, own in owners.items():
        kind.np_random = wrapped(own)
    try:
        yield
    finally:
        for kind, own in owners.items():
            kind.np_random = own


def list_of(thing, name):
    found = getattr(thing, name, ())
    return found if isinstance(found, (list, tuple)) else ()


def seed_shared(seed):
    """Seeds the generators that all code shares."""
    import numpy

    random.seed(seed)
    numpy.random.seed(seed & 0xFFFFFFFF)


def first_reset(environment, unwrapped, generators, seed, rows, lane):
    """Resets with a seed; returns the result, what np_random is to be from now on or None, and if a generator buffers.

    Without `generators` the environment draws from its own, and only its spaces, which no reset seeds, draw from the
    stream.
    """
    global first
    entropy.is_watched = entropy.is_watched or lane == 0
    seed_shared(seed)
    put_in_spaces(environment)
    if generators is None:
        return environment.reset(seed=seed), None, False
    first = mine = First(generators, range(seed, seed + max(rows, 1)))
    try:
        with assigned(unwrapped, generators):
            result = environment.reset(seed=seed)
    finally:
        first = None
    there = getattr(unwrapped, "np_random", None)
    if any(there is made for made in mine.own):
        # It keeps its own for this episode. Later resets begin with ours, unless they seed it again.
        return result, generators.like(there), generators.buffers
    return result, put(unwrapped, generators, rows), generators.buffers


def put(unwrapped, generators, rows):
    """Puts the generators where the first reset left others, and returns what is to be put before each reset."""
    if rows > 0:
        import _ascent_vectors as vectors

        vectors.put_generator(unwrapped, generators)
        return generators
    there = getattr(unwrapped, "np_random", None)
    ours = generators.like(there)
    if ours is there:
        return ours if generators.have(ours) else None
    with contextlib.suppress(AttributeError):  # a property that cannot be set is the environment's own
        if hasattr(unwrapped, "np_random"):
            unwrapped.np_random = ours
        return ours
    return None


captured = None


def capture():
    """Makes `random` and `numpy.random` draw from the stream of the environment that is called."""
    import numpy

    global captured
    captured = streams().StreamBits(None)
    entropy.captured = numpy.random.Generator(captured)
    stream = streams().StreamRandom(entropy.captured)
    # The module's functions are methods of one hidden generator.
    for name in random.__all__:
        if getattr(getattr(random, name), "__self__", None) is random._inst:
            setattr(random, name, getattr(stream, name))
    numpy.random.seed = stream.seed
    numpy.random.get_state, numpy.random.set_state = stream.getstate, stream.setstate
    begin()


def begin():
    """Discards the second number of a pair that numpy's legacy normal distribution buffers for the next call."""
    import numpy
    numpy.random.set_bit_generator(captured)
