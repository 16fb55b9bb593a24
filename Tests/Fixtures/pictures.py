"""Pictures of several kinds, and states of which there are many; each says with its action what it shows."""

import gymnasium
import numpy
from gymnasium import spaces
from gymnasium.vector import SyncVectorEnv


class Side(gymnasium.Env):
    """A bright block on the left or on the right of a picture [channel × row × column]."""

    FIRST, KIND, HIGH = True, numpy.uint8, 255
    action_space = spaces.Discrete(2)

    def __init__(self):
        shape = (3, 24, 24) if self.FIRST else (24, 24, 3)
        self.observation_space = spaces.Box(0, self.HIGH, shape, self.KIND)

    def picture(self):
        self.right = int(self.np_random.integers(2))
        picture = numpy.zeros((3, 24, 24), self.KIND)
        row, column = int(self.np_random.integers(18)), int(self.np_random.integers(6)) + 12 * self.right
        picture[:, row : row + 6, column : column + 6] = self.HIGH
        # The channels differ, so that their order matters.
        picture[1] //= 2 if self.KIND is numpy.uint8 else 1
        picture[2, 0, 0] = self.HIGH
        return picture if self.FIRST else numpy.ascontiguousarray(picture.transpose(1, 2, 0))

    def observe(self):
        return self.picture()

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.t = 0
        return self.observe(), {}

    def step(self, action):
        reward = float(action == self.right)
        self.t += 1
        return self.observe(), reward, self.t >= 8, False, {}


class Last(Side):
    FIRST = False


class LastFloat(Side):
    FIRST, KIND, HIGH = False, numpy.float32, 1.0


class FirstFloat(Side):
    KIND, HIGH = numpy.float32, 1.0


class Beside(Side):
    """The picture and a number that says whether left and right are exchanged."""

    def __init__(self):
        super().__init__()
        self.observation_space = spaces.Dict(
            {"picture": self.observation_space, "swap": spaces.Box(-1, 1, (1,), numpy.float32)}
        )

    def observe(self):
        picture = self.picture()
        swap = int(self.np_random.integers(2))
        self.right ^= swap
        return {"picture": picture, "swap": numpy.array([2 * swap - 1], numpy.float32)}


class BesideLast(Beside):
    FIRST = False


class Frames(Side):
    """Two pictures [row × column × channel], one after the other."""

    FIRST = False

    def __init__(self):
        self.observation_space = spaces.Box(0, 255, (2, 24, 24, 3), numpy.uint8)

    def observe(self):
        return numpy.stack([numpy.zeros((24, 24, 3), numpy.uint8), self.picture()])


class Cells(gymnasium.Env):
    """One of many states; the parity of the state is the good action."""

    COUNT, START = 5000, 0
    action_space = spaces.Discrete(2)

    def __init__(self):
        self.observation_space = spaces.Discrete(self.COUNT, start=self.START)

    def observe(self):
        # A few of the states are met, so that a policy learns about them.
        self.state = int(self.np_random.integers(4)) + self.COUNT - 4
        return self.state + self.START

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.t = 0
        return self.observe(), {}

    def step(self, action):
        reward = float(action == self.state % 2)
        self.t += 1
        return self.observe(), reward, self.t >= 8, False, {}


class LargestVector(Cells):
    COUNT = 4096


class SmallestIndex(Cells):
    COUNT, START = 4097, 3


class Millions(Cells):
    COUNT = 2_000_000


class TwoIndices(Cells):
    """Two numbers of a vector, of which the second has many values, beside a box."""

    def __init__(self):
        self.observation_space = spaces.Dict(
            {"box": spaces.Box(-1, 1, (2,), numpy.float32), "cells": spaces.MultiDiscrete([3, self.COUNT])}
        )

    def observe(self):
        cell = super().observe()
        return {"box": numpy.array([0.5, -0.5], numpy.float32), "cells": numpy.array([1, cell])}


class ManyActions(gymnasium.Env):
    """More actions than a one-hot vector has numbers."""

    observation_space = spaces.Box(-1, 1, (1,), numpy.float32)
    action_space = spaces.Discrete(5000)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.t = 0
        return numpy.zeros(1, numpy.float32), {"action_mask": numpy.ones(5000, numpy.int8)}

    def step(self, action):
        self.t += 1
        return numpy.zeros(1, numpy.float32), 0.0, self.t >= 8, False, {"action_mask": numpy.ones(5000, numpy.int8)}


class TwoIndicesVector(SyncVectorEnv):
    def __init__(self, num_envs):
        super().__init__([TwoIndices] * num_envs)


class SideVector(SyncVectorEnv):
    def __init__(self, num_envs):
        super().__init__([Side] * num_envs)
