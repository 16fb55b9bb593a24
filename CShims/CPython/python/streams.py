"""numpy's generators over random streams. Runs as the module `_ascent_streams`.

A *source* is a capsule of the bridge with one stream: a lane's, or a copy of it. The source None is the stream of the
environment that is called at the moment, or that of constructors outside of calls.
"""

import copy
import hashlib
import random

import _ascent_bits as bits
import numpy


class StreamBits(numpy.random.BitGenerator):
    """A bit generator over a stream."""

    def __init__(self, source):
        # The sequence is never used; without one numpy would ask the operating system for entropy.
        super().__init__(numpy.random.SeedSequence(0))
        self.source = source
        bits.fill(self.capsule, source)

    @property
    def state(self):
        """The position in the stream, for a later assignment to the state of this generator or of a copy."""
        return {"bit_generator": "StreamBits", "state": bits.save(self.source).hex()}

    @state.setter
    def state(self, value):
        if not isinstance(value, dict) or value.get("bit_generator") != "StreamBits":
            raise ValueError(
                "np_random draws from Ascent's stream, which takes only a state that it gave itself; for a state of "
                "numpy's own generators use a generator of your own, or --environment-rng native"
            )
        bits.load(self.source, bytes.fromhex(value["state"]))

    def words(self, count):
        return [int(word) for word in numpy.random.Generator(self).integers(2**32, size=count, dtype=numpy.uint32)]

    @property
    def seed_seq(self):
        """A sequence that seeds separate generators, from the next 128 bits of the stream."""
        return numpy.random.SeedSequence(self.words(4))

    _seed_seq = seed_seq

    def spawn(self, count):
        """Returns separate generators of numpy's, seeded by the next 128 bits of the stream."""
        return [numpy.random.PCG64(sequence) for sequence in self.seed_seq.spawn(count)]

    def __deepcopy__(self, memo):
        # All generators over one stream become generators over one copy of it.
        key = "ascent", bits.address(self.source)
        if key not in memo:
            memo[key] = StreamBits(bits.copy(self.source))
        return memo[key]

    def __reduce__(self):
        return frozen(StreamBits, self.source)


# What another process makes of a pickle: it has numpy, but neither this module nor the stream.
ELSEWHERE = {"StreamBits": "PCG64", "CopiedGenerator": "default_rng", "StreamState": "RandomState"}


def frozen(kind, source, more=None):
    """Returns what a pickle needs: in this process, a copy of the stream; in others, a generator of numpy's.

    The seed of the latter follows from the stream's position, so it is the same in every run.
    """
    content = bits.save(source)
    seed = seed_elsewhere(content)
    here = "__import__('_ascent_streams').thawed(kind, content, more)"
    there = f"__import__('numpy').random.{ELSEWHERE[kind.__name__]}({seed})"
    program = f"{here} if '_ascent_streams' in __import__('sys').modules else {there}"
    return eval, (program, {"kind": kind.__name__, "content": content, "more": more})


def seed_elsewhere(content):
    return int.from_bytes(hashlib.sha256(content).digest()[:4], "little")


def thawed(name, content, more):
    """Returns a pickled generator: a copy of the stream at the position at which it was pickled."""
    source = bits.copy(None)
    bits.load(source, content)
    made = StreamBits(source)
    if name == "StreamBits":
        return made
    made = globals()[name](made)
    if more is not None:
        made.set_state(more)
    return made


class CopiedGenerator(numpy.random.Generator):
    """A Generator that is copied as newer versions of numpy copy theirs: by its bit generator."""

    __slots__ = ()

    def spawn(self, count):
        return [numpy.random.Generator(child) for child in self.bit_generator.spawn(count)]

    def __copy__(self):
        return type(self)(self.bit_generator)

    def __deepcopy__(self, memo):
        return type(self)(self.bit_generator.__deepcopy__(memo))

    def __reduce__(self):
        return frozen(type(self), self.bit_generator.source)


def new_generator():
    """Returns the class of Generators over streams: numpy's own, if copies and pickles have its bit generator."""
    own = numpy.random.Generator
    (content, *_) = own(numpy.random.PCG64(0)).__reduce__()[1]
    return own if isinstance(content, numpy.random.BitGenerator) else CopiedGenerator


Generator = new_generator()


def is_stream(generator):
    """True if numpy's Generator draws from a stream."""
    return isinstance(getattr(generator, "bit_generator", None), StreamBits)


class StreamState(numpy.random.RandomState):
    """numpy's RandomState over a stream; its copies draw from copies of the stream."""

    __slots__ = ()

    def seed(self, seed=None):
        """Does nothing: the run's seed determines the stream."""

    def forget(self):
        """Discards the second number of a pair that the normal distribution buffers for the next call."""
        self.set_state({**self._bit_generator.state, "has_gauss": 0, "gauss": 0.0})

    def __copy__(self):
        return type(self)(self._bit_generator)

    def __deepcopy__(self, memo):
        copied = type(self)(self._bit_generator.__deepcopy__(memo))
        copied.set_state(self.get_state(legacy=False))
        return copied

    def __reduce__(self):
        return frozen(type(self), self._bit_generator.source, self.get_state(legacy=False))


class StreamRandom(random.Random):
    """Python's `random` over a stream; it has no state between two draws, so that lanes are independent."""

    def __init__(self, bits):
        super().__init__(0)
        self.bits = bits

    def random(self):
        return self.bits.random()

    def getrandbits(self, count):
        if count < 0:
            raise ValueError("number of bits must be non-negative")
        return int.from_bytes(self.bits.bytes((count + 7) // 8), "little") >> (-count % 8)

    def seed(self, *arguments, **keywords):
        """Does nothing: the run's seed determines the stream."""

    def gauss(self, mu=0.0, sigma=1.0):
        return self.normalvariate(mu, sigma)

    def getstate(self):
        raise NotImplementedError("a captured generator uses its lane's stream, whose state cannot be read or set")

    def setstate(self, state):
        self.getstate()

    def __deepcopy__(self, memo):
        return StreamRandom(copy.deepcopy(self.bits, memo))

    def __reduce__(self):
        return random.Random, (seed_elsewhere(bits.save(self.bits.bit_generator.source)),)

    def __reduce__(self):
        self.getstate()


class Generators:
    """A lane's generators: one of each kind that environments have, all over one stream."""

    def __init__(self, source):
        self.bits = StreamBits(source)
        self.generator = Generator(self.bits)
        self.made = {numpy.random.Generator: self.generator, Generator: self.generator}

    def like(self, value):
        """Returns the generator that stands where `value` stood; `value` itself if it is of no known kind."""
        kind = type(value)
        if value is None:
            return self.generator
        if kind not in self.made:
            if isinstance(value, numpy.random.RandomState):
                self.made[kind] = StreamState(self.bits)
            elif isinstance(value, numpy.random.Generator):
                self.made[kind] = kind(self.bits)  # a subclass with methods of its own
            elif isinstance(value, random.Random):
                self.made[kind] = StreamRandom(self.generator)
            else:
                return value
            self.made[type(self.made[kind])] = self.made[kind]
        return self.made[kind]

    def have(self, generator):
        return any(generator is made for made in self.made.values())

    @property
    def buffers(self):
        """True if a generator buffers a number from one draw to the next."""
        return any(isinstance(generator, StreamState) for generator in self.made.values())

    def forget(self):
        """Discards what generators buffer from one draw to the next, before an episode."""
        for generator in self.made.values():
            if isinstance(generator, StreamState):
                generator.forget()


# Draws from the stream of the environment that is called: for objects that several lanes share.
shared = Generator(StreamBits(None))
