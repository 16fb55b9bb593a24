"""Emissions that remember, and emissions that are none."""

import numpy


class Counting:
    """Shows how often it was called in this episode; the space stays as it was."""

    def __init__(self, observation_space):
        self.calls = 0

    def reset(self):
        self.calls = 0

    def __call__(self, observation):
        self.calls += 1
        return numpy.full_like(observation, self.calls)


class NotCallable:
    def __init__(self, observation_space):
        pass


class Raises:
    def __init__(self, observation_space):
        pass

    def __call__(self, observation):
        raise RuntimeError("the lens is broken")
