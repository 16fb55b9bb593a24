"""Spaces that are larger, deeper or longer than a policy can have. `NAME` opens with a space of observations of that
name, `NAMEActions` with one of actions."""

import gymnasium
import numpy
from gymnasium import spaces


def nested(depth):
    space = spaces.Discrete(2)
    for _ in range(depth):
        space = spaces.Tuple((space,))
    return space


class Shared(gymnasium.Env):
    """A space that is not copied, since copies of a deep one recurse."""

    observation_space = spaces.Box(-1, 1, (2,))
    action_space = spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return numpy.zeros(2, numpy.float32), {}

    def step(self, action):
        return numpy.zeros(2, numpy.float32), 0.0, True, False, {}


SPACES = {
    "Choices": lambda: spaces.Discrete(10**10),
    "MostChoices": lambda: spaces.Discrete(2**62),
    "ManyChoices": lambda: spaces.MultiDiscrete([2**62] * 3),
    "ManyVectors": lambda: spaces.MultiDiscrete([100_000] * 1000),
    "WideVectors": lambda: spaces.MultiDiscrete(numpy.full(1_000_000, 3)),
    "Bits": lambda: spaces.MultiBinary(10**10),
    # The product of its extents overflows 64 bits.
    "OverflowingBits": lambda: spaces.MultiBinary((10**9, 10**9, 10)),
    "Zero": lambda: spaces.Box(-1, 1, (10**9, 0)),
    "Numbers": lambda: spaces.Box(-1, 1, (20_000_000,)),
    "Parts": lambda: spaces.Dict(a=spaces.Discrete(2), b=spaces.MultiBinary((2**62, 2**62))),
    "Wide": lambda: spaces.Box(-1, 1, (4_000_000,)),
    "Deep": lambda: nested(100),
    "Deeper": lambda: nested(3000),
}


def opening(name):
    def environment():
        made = Shared()
        setattr(made, "action_space" if name.endswith("Actions") else "observation_space", SPACES[name.removesuffix("Actions")]())
        return made

    return environment


for name in SPACES:
    globals()[name], globals()[name + "Actions"] = opening(name), opening(name + "Actions")
