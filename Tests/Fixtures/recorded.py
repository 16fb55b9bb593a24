"""A wrapper that writes down what an environment returns, and environments with observations of several forms."""

import os
import pickle

import gymnasium
import numpy
from gymnasium import spaces


class Recorded(gymnasium.Wrapper):
    """Appends (observation, mask) of each reset and step to the file that ASCENT_RECORDED names, if there is one.

    With `numbers`, actions are that many numbers instead of choices, and the sign of the first one chooses.
    """

    def __init__(self, env, numbers=0):
        super().__init__(env)
        self.numbers = numbers
        if numbers:
            self.action_space = spaces.Box(-3, 3, (numbers,), numpy.float32)

    def record(self, observation, info, begins):
        if path := os.environ.get("ASCENT_RECORDED"):
            mask = info.get("action_mask")
            if hasattr(self.unwrapped, "action_masks"):
                mask = self.unwrapped.action_masks()
            if isinstance(mask, dict):
                mask = list(mask.values())
            if isinstance(mask, (list, tuple)):
                mask = numpy.concatenate([numpy.ravel(part) for part in mask])
            with open(path, "ab") as file:
                pickle.dump((begins, observation, mask), file)

    def reset(self, **options):
        observation, info = self.env.reset(**options)
        self.record(observation, info, True)
        return observation, info

    def step(self, action):
        if self.numbers:
            action = int(self.env.action_space.start) + int(action[0] > 0)
        result = self.env.step(action)
        self.record(result[0], result[4], False)
        return result


class Form(gymnasium.Env):
    """Draws an observation at each step; a reward for one action in two."""

    observation_space = spaces.Box(-2, 2, (2, 3), numpy.float64)
    action_space = spaces.Discrete(3, start=-1)

    def observe(self):
        return self.observation_space.sample()

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.observation_space.seed(int(self.np_random.integers(1 << 30)))
        self.steps = 0
        return self.observe(), {}

    def step(self, action):
        self.steps += 1
        return self.observe(), float(action == self.steps % 2), False, self.steps == 20, {}


class Parts(Form):
    """A dictionary with a tuple, numbers of several types, and keys whose order is not that of the space."""

    observation_space = spaces.Dict({
        "speed": spaces.Box(-5, 5, (2,), numpy.float32),
        "arm": spaces.Tuple((spaces.Discrete(4, start=3), spaces.MultiBinary(3), spaces.Box(0, 9, (2,), numpy.int64))),
        "kinds": spaces.MultiDiscrete([[2, 3], [4, 2]]),
    })  # fmt: skip

    def observe(self):
        return dict(reversed(self.observation_space.sample().items()))


class Keys(Form):
    """Keys that dots between them do not tell apart, an empty one and whole numbers; as actions, too."""

    observation_space = spaces.Dict({
        "": spaces.Box(-1, 1, (2,), numpy.float32),
        "a": spaces.Dict({"b": spaces.Box(5, 6, (2,), numpy.float32)}),
        "a.b": spaces.Box(-3, -2, (2,), numpy.float32),
        "n": spaces.Dict({1: spaces.Discrete(3), 2: spaces.Box(0, 1, (1,), numpy.float32)}),
    })  # fmt: skip
    action_space = spaces.Dict({"a": spaces.Dict({"b": spaces.Discrete(3)}), "a.b": spaces.Discrete(2)})


class Pair(Form):
    observation_space = spaces.Tuple((spaces.Box(-1, 1, (3,), numpy.float32), spaces.Discrete(3)))


class State(Form):
    observation_space = spaces.Discrete(5, start=1)


class Bits(Form):
    """A picture of bits, as MinAtar's."""

    observation_space = spaces.Box(0, 1, (10, 10, 4), numpy.bool_)


class Grey(Form):
    """A picture of two axes."""

    observation_space = spaces.Box(0, 255, (12, 12), numpy.uint8)


class Halves(Form):
    """Actions with one bound, and none."""

    action_space = spaces.Box(
        numpy.array([[-0.3, -numpy.inf], [-numpy.inf, 0]], numpy.float32), numpy.array([[numpy.inf, 0.2], [numpy.inf, 1]], numpy.float32)
    )

    def step(self, action):
        assert self.action_space.contains(action)
        return super().step(0)
