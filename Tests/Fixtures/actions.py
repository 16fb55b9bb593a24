"""One environment for each space of actions: short episodes that pay for the first number, bit or choice."""

import gymnasium
import numpy
from gymnasium import spaces


class Choice(gymnasium.Env):
    observation_space = spaces.Box(-1, 1, (3,), numpy.float32)
    action_space = spaces.Discrete(3, start=2)

    def observe(self):
        return self.np_random.uniform(-1, 1, 3).astype(numpy.float32)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.steps = 0
        return self.observe(), {}

    def step(self, action):
        if not self.action_space.contains(action):
            raise ValueError(f"{action!r} is not in {self.action_space}")
        self.steps += 1
        reward = float(spaces.flatten(self.action_space, action)[0])
        return self.observe(), reward, self.steps == 9 and self.np_random.random() < 0.5, self.steps == 9, {}


class Numbers(Choice):
    action_space = spaces.Box(numpy.array([-2, 0], numpy.float32), numpy.array([2, 3], numpy.float32))


class Choices(Choice):
    action_space = spaces.MultiDiscrete([2, 4, 3])


class Bits(Choice):
    action_space = spaces.MultiBinary(4)


class Everything(Choice):
    action_space = spaces.Dict({
        "arm": spaces.Tuple((spaces.Box(-1, 1, (2,), numpy.float32), spaces.Discrete(3))),
        "lamps": spaces.MultiBinary(2),
    })  # fmt: skip
