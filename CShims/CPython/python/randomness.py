"""The random numbers of environments: a lane's stream as numpy's generator. Runs as the module `_ascent_randomness`."""

import random
import threading


class StreamBits:
    """A bit generator for numpy.random over a GSL stream."""

    def __init__(self, capsule):
        self.capsule = capsule
        self.lock = threading.Lock()

    def __reduce__(self):
        raise TypeError("a lane's random stream cannot be pickled or copied: Ascent restores episodes by replaying them")

    def spawn(self, count):
        raise TypeError("a lane's random stream cannot be spawned: draw from it, or make numpy.random.default_rng(seed)")


def generator(capsule):
    import numpy

    return numpy.random.Generator(StreamBits(capsule))


def seed_first(environment, seed):
    """Seeds the random state beside np_random: the environment's own generators, `random`, and numpy's global one."""
    import numpy

    random.seed(seed)
    numpy.random.seed(seed & 0xFFFFFFFF)
    environment.reset(seed=seed)


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


captured = None


def capture(capsule):
    """Makes `random` and `numpy.random` draw from the stream of the environment that is stepped."""
    import numpy

    global captured
    captured = StreamBits(capsule)
    stream = StreamRandom(numpy.random.Generator(captured))
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
