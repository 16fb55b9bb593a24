"""Environments that draw from generators of their own, which a seed at each reset determines."""

import random

import gymnasium
import numpy


class Short(gymnasium.Env):
    """Ten steps; the observation and the reward are numbers of `draw()`."""

    observation_space = gymnasium.spaces.Box(-1e6, 1e6, (1,), numpy.float64)
    action_space = gymnasium.spaces.Discrete(2)

    def observe(self):
        return numpy.array([self.draw()], numpy.float64)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.steps = 0
        self.seed(seed)
        return self.observe(), {}

    def step(self, action):
        self.steps += 1
        return self.observe(), float(self.draw()), self.steps >= 10, False, {}


class FromOS(Short):
    """Makes a new generator at each reset, as panda-gym does: without a seed from the operating system."""

    def seed(self, seed):
        self.generator = numpy.random.default_rng(seed)

    def draw(self):
        return self.generator.normal()


class Keeps(Short):
    """Keeps its generator across episodes, as MinAtar does, unless it is seeded."""

    def __init__(self):
        self.generator = numpy.random.RandomState(0)

    def seed(self, seed):
        if seed is not None:
            self.generator = numpy.random.RandomState(seed)

    def draw(self):
        return self.generator.randn()


class OfPython(Short):
    """Keeps a generator of Python's, and samples a space that all instances share."""

    action_space = gymnasium.spaces.Discrete(5)

    def seed(self, seed):
        if seed is not None:
            self.generator = random.Random(seed)

    def draw(self):
        return self.generator.gauss(0, 1) + self.action_space.sample()


class Told(Short):
    """Observes its seed."""

    def seed(self, seed):
        self.told = -1 if seed is None else seed

    def draw(self):
        return self.told % 1000003
