"""An environment that imports the module beside it, and registers itself."""

import gymnasium
import numpy
from gymnasium import spaces
from physics import pull


class Pulled(gymnasium.Env):
    observation_space = spaces.Box(-9, 9, (1,), numpy.float32)
    action_space = spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.t, self.x = 0, 1.0
        return numpy.array([self.x], numpy.float32), {}

    def step(self, action):
        self.t += 1
        self.x = pull(self.x) + action - 0.5
        return numpy.array([self.x], numpy.float32), -abs(self.x), self.t >= 10, False, {}


def make_pulled():
    return Pulled()


A_NUMBER = 7


def register():
    gymnasium.register("Registered-v0", entry_point=Pulled)


gymnasium.register("Pulled-v0", entry_point=Pulled)
