"""Vectors that check their actions strictly, or whose values differ from their spaces in type alone."""

import gymnasium
import numpy
from gymnasium import spaces


class StrictVector(gymnasium.vector.VectorEnv):
    metadata = {"autoreset_mode": gymnasium.vector.AutoresetMode.NEXT_STEP}
    single_observation_space = spaces.Box(-9, 9, (2,), numpy.float32)
    single_action_space = spaces.Discrete(3)
    element, rewards, flags = numpy.float32, staticmethod(numpy.asarray), staticmethod(numpy.asarray)

    def __init__(self, num_envs):
        self.num_envs = num_envs
        self.action_space = gymnasium.vector.utils.batch_space(self.single_action_space, num_envs)

    def observe(self):
        return numpy.full((self.num_envs, 2), 0.1, self.element)

    def reset(self, *, seed=None, options=None):
        return self.observe(), {}

    def step(self, actions):
        assert self.action_space.contains(actions), actions
        never = [False] * self.num_envs
        return self.observe(), self.rewards([16777217] * self.num_envs), self.flags(never), numpy.array(never), {}


class JointVector(StrictVector):
    single_action_space = spaces.Box(numpy.array([-0.3, 0.1]), numpy.array([0.7, 0.2]), dtype=numpy.float64)


class FarChoiceVector(StrictVector):
    single_action_space = spaces.Discrete(3, start=2**24 + 1)


class WholeVector(StrictVector):
    single_action_space = spaces.Box(2**24 + 1, 2**24 + 3, (2,), numpy.int64)


class Float64Vector(StrictVector):
    element = numpy.float64


class ListVector(StrictVector):
    """Lists in place of arrays."""

    rewards, flags = staticmethod(list), staticmethod(list)

    def observe(self):
        return super().observe().tolist()


class NumberFlagsVector(StrictVector):
    flags = staticmethod(lambda flags: numpy.array(flags, numpy.int64))


class HalfFlagsVector(StrictVector):
    flags = staticmethod(lambda flags: numpy.array(flags) + 0.5)


class TooLargeVector(StrictVector):
    element = numpy.float64

    def observe(self):
        return numpy.full((self.num_envs, 2), 1e39)
