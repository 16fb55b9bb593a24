"""Environments that break their contract, each in one way."""

import contextlib
import ctypes
import os
import subprocess
import sys
import time

import gymnasium
import numpy
from gymnasium import spaces


class Well(gymnasium.Env):
    """Fulfills its contract: episodes of five steps."""

    observation_space = spaces.Box(-10, 10, (2,), numpy.float32)
    action_space = spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.steps = 0
        return self.observation(), {}

    def observation(self):
        return numpy.zeros(2, numpy.float32)

    def reward(self):
        return 1.0

    def step(self, action):
        self.steps += 1
        return self.observation(), self.reward(), self.steps == 5, False, {}

    def late(self):
        return getattr(self, "steps", 0) >= 3


class Raises(Well):
    def observation(self):
        if self.late():
            raise ValueError("the pole is gone")
        return super().observation()


class Asserts(Well):
    def reward(self):
        assert not self.late(), "later than that"
        return 1.0


class AssertsBare(Well):
    def reward(self):
        assert self.steps < 3
        return 1.0


class RaisesBare(Well):
    def reward(self):
        if self.late():
            raise NotImplementedError
        return 1.0


class RaisesAtOpening(Well):
    def __init__(self):
        raise RuntimeError("no license")


class WrongShapeLater(Well):
    def observation(self):
        return numpy.zeros(3 if self.late() else 2, numpy.float32)


class WrongType(Well):
    def observation(self):
        return numpy.zeros(2, numpy.float64)


class NoArray(Well):
    def observation(self):
        return [0.0, 0.0]


class NaNObservation(Well):
    def observation(self):
        return numpy.array([0.0, numpy.nan if self.late() else 0.0], numpy.float32)


class InfiniteObservation(Well):
    def observation(self):
        return numpy.array([numpy.inf if self.late() else 0.0, 0.0], numpy.float32)


class NaNReward(Well):
    def reward(self):
        return float("nan") if self.late() else 1.0


class InfiniteReward(Well):
    def reward(self):
        return float("inf")


class TextReward(Well):
    def reward(self):
        return "1.0"


class VectorReward(Well):
    def reward(self):
        return numpy.ones(2)


class NumpyScalars(Well):
    def step(self, action):
        o, r, terminated, truncated, info = super().step(action)
        return o, numpy.float32(r), numpy.bool_(terminated), numpy.bool_(truncated), info


class FourValues(Well):
    def step(self, action):
        o, r, terminated, truncated, info = super().step(action)
        return o, r, terminated, info


class NoPair(Well):
    def reset(self, *, seed=None, options=None):
        return super().reset(seed=seed)[0]


class OutsideDiscrete(Well):
    observation_space = spaces.Discrete(3, start=1)

    def observation(self):
        return 4 if self.late() else 1


class Exits(Well):
    def step(self, action):
        sys.exit(7)


class RecreatesSpaces(Well):
    def reset(self, *, seed=None, options=None):
        self.observation_space = spaces.Box(-10, 10, (2,), numpy.float32)
        return super().reset(seed=seed)


class NoStep:
    observation_space = spaces.Discrete(2)
    action_space = spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        return 0, {}


class NoReset:
    observation_space = spaces.Discrete(2)
    action_space = spaces.Discrete(2)

    def step(self, action):
        return 0, 0.0, False, False, {}


class NoSpace(Well):
    observation_space = None


class TextSpace(Well):
    observation_space = spaces.Text(5)


class GraphSpace(Well):
    observation_space = spaces.Graph(spaces.Discrete(2), None)


class SequenceSpace(Well):
    observation_space = spaces.Dict({"a": spaces.Discrete(2), "b": spaces.Sequence(spaces.Discrete(2))})


class OneOfSpace(Well):
    action_space = spaces.OneOf((spaces.Discrete(2), spaces.Discrete(3)))


class VectorRewardSpace(Well):
    reward_space = spaces.Box(0, 1, (2,))


class ManyAgents(Well):
    possible_agents = ["a", "b"]


class TwoActions(Well):
    """An action space that no policy has yet."""

    action_space = spaces.MultiDiscrete([2, 3])


class Endless(Well):
    def step(self, action):
        return self.observation(), 1.0, False, False, {}


class Prints(Well):
    def step(self, action):
        print("a line that is no result")
        return super().step(action)


class Slow(Well):
    """Takes 2 ms a step, so that there is time to interrupt."""

    def step(self, action):
        import time

        time.sleep(0.002)
        return super().step(action)


class Nested(Well):
    """Every kind of space at once; its observations are samples."""

    observation_space = spaces.Dict(
        {
            "half": spaces.Box(-1, 1, (2, 2), numpy.float16),
            "image": spaces.Box(0, 255, (2, 3, 1), numpy.uint8),
            "choice": spaces.Discrete(4, start=-2),
            "pair": spaces.Tuple((spaces.MultiBinary(3), spaces.MultiDiscrete([2, 5]))),
            "wide": spaces.Box(-numpy.inf, numpy.inf, (2,), numpy.float64),
            "whole": spaces.Box(-5, 5, (3,), numpy.int64),
            "flags": spaces.Box(0, 1, (2,), numpy.bool_),
        }
    )
    action_space = spaces.Tuple((spaces.Discrete(3, start=5), spaces.Dict({"x": spaces.Box(-1, 1, (2,), numpy.float64)})))
    seen = []
    acted = []

    def reset(self, *, seed=None, options=None):
        self.observation_space.seed(11)
        return super().reset(seed=seed)

    def observation(self):
        sample = self.observation_space.sample()
        Nested.seen.append(sample)
        return sample

    def step(self, action):
        assert self.action_space.contains(action), action
        Nested.acted.append(action)
        return super().step(action)


class Elements(Well):
    """One box of one element type; subclasses set it."""

    element = numpy.float32
    seen = []

    def __init__(self):
        low, high = (0, 1) if self.element in (numpy.bool_,) else (0, 100)
        self.observation_space = spaces.Box(low, high, (2, 2), self.element)
        self.observation_space.seed(3)

    def observation(self):
        sample = self.observation_space.sample()
        Elements.seen.append(sample)
        return sample


for name in "bool_ int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64".split():
    globals()["Elements_" + name.strip("_")] = type(
        "Elements_" + name.strip("_"), (Elements,), {"element": getattr(numpy, name), "__module__": __name__}
    )


class Discontiguous(Well):
    """Observations that are views with strides."""

    def observation(self):
        return numpy.array([1, 2, 3, 4], numpy.float32)[::2]


class Draws(Well):
    """Observes what `ascent` draws."""

    observation_space = spaces.Box(-numpy.inf, numpy.inf, (8,), numpy.float64)

    def observation(self):
        import ascent

        return numpy.array(
            [
                ascent.uniform(0, 1),
                ascent.gaussian(1, 2),
                ascent.bernoulli(0.25),
                ascent.poisson(4),
                ascent.exponential(2),
                ascent.categorical([1, 1, 2]),
                ascent.permutation(3)[0],
                ascent.multivariate_gaussian([0, 0], [[1, 0], [0.5, 1]])[1],
            ],
            numpy.float64,
        )


class BadDraw(Well):
    def step(self, action):
        import ascent

        ascent.gaussian(0, -1)


class OwnSeed(Well):
    """Draws from `random` and numpy's global generator."""

    def observation(self):
        import random

        return numpy.array([random.random(), numpy.random.random()], numpy.float32)


class Elsewhere(Well):
    """Breaks at the fourth step of the second lane of a worker, and only there."""

    opened = 0

    def __init__(self):
        Elsewhere.opened += 1
        is_worker = b"worker" in open("/proc/self/cmdline", "rb").read().split(b"\0")
        self.is_bad = is_worker and Elsewhere.opened == 2

    def step(self, action):
        if self.is_bad and self.late():
            self.fail()
        return super().step(action)


class RaisesElsewhere(Elsewhere):
    def fail(self):
        raise ValueError("the pole is gone")


class ExitsElsewhere(Elsewhere):
    def fail(self):
        ctypes.CDLL(None)._exit(7)


class AbortsElsewhere(Elsewhere):
    def fail(self):
        os.abort()


class HangsElsewhere(Elsewhere):
    def fail(self):
        time.sleep(1000)


class RaisesAtOpeningElsewhere(Elsewhere):
    def __init__(self):
        super().__init__()
        if self.is_bad:
            raise RuntimeError("no second license")


class EndsWhatItStarts(Elsewhere):
    """Breaks nothing: a process of its own has none of the run's memory, and SIGTERM ends it."""

    def fail(self):
        self.is_bad = False
        child = subprocess.Popen(["/bin/sleep", "100"], close_fds=False)
        folder = f"/proc/{child.pid}/fd"
        for name in os.listdir(folder):
            # Its loader opens and closes files of its own meanwhile.
            with contextlib.suppress(FileNotFoundError):
                if "memfd:ascent" in os.readlink(f"{folder}/{name}"):
                    raise RuntimeError("it has the run's memory")
        child.terminate()
        child.wait(timeout=10)
