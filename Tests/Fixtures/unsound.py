"""Environments that fulfill their contract step by step, and are unsound all the same: `ascent check` says how."""

import os
import random

import gymnasium
import numpy
from gymnasium import spaces


class Noisy(gymnasium.Env):
    """Episodes of five steps that show a number of the subclass's making."""

    observation_space = spaces.Box(-10, 10, (2,), numpy.float32)
    action_space = spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.steps = 0
        return numpy.array([self.number(), 0], numpy.float32), {}

    def step(self, action):
        self.steps += 1
        return numpy.array([self.number(), self.steps], numpy.float32), 1.0, self.steps == 5, False, {}

    def number(self):
        return self.np_random.random()


class Unseeded(Noisy):
    def number(self):
        return os.urandom(1)[0] / 256


class SharesState(Noisy):
    """Counts the steps of all environments of its class."""

    count = 0

    def reset(self, *, seed=None, options=None):
        if seed is not None:
            SharesState.count = 0
        return super().reset(seed=seed)

    def number(self):
        SharesState.count += 1
        return SharesState.count % 7


class OwnGenerator(Noisy):
    """Keeps a generator of its own across episodes."""

    def reset(self, *, seed=None, options=None):
        if seed is not None:
            self.generator = numpy.random.default_rng(seed)
        return super().reset(seed=seed)

    def number(self):
        return self.generator.random()


class SharedGenerators(Noisy):
    """Draws from `random` and numpy.random in every way that keeps something for the next draw."""

    def number(self):
        numbers = [random.gauss(0, 1), random.randint(0, 9), random.choice([1, 2]), *random.sample(range(9), 2)]
        numbers += [numpy.random.normal(), numpy.random.randint(5), *numpy.random.rand(2), numpy.random.gamma(2)]
        random.shuffle(numbers)
        return float(numpy.clip(numpy.random.permutation(numbers)[0], -10, 10))


AT_LOADING = random.random()


class DrawsAtOpening(SharedGenerators):
    """Draws in its constructor, too, and when its module loads."""

    def __init__(self):
        self.offset = AT_LOADING + numpy.random.random()

    def number(self):
        return (self.offset + super().number()) / 2


class Leaks(Noisy):
    kept = []

    def number(self):
        Leaks.kept.append({"a": 1.5 * len(Leaks.kept)})
        return 0


class OutsideBox(Noisy):
    def number(self):
        return 10.5
