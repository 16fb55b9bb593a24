"""Environments and wrappers with arguments, and functions that return environments."""

import gymnasium as gym
import numpy as np


class Paid(gym.Env):
    """Pays what its arguments say, for three steps."""

    observation_space = gym.spaces.Box(-1e6, 1e6, (1,), np.float32)
    action_space = gym.spaces.Discrete(2)

    def __init__(self, wages, *, factor=1.0, **others):
        self.wages, self.factor, self.others = wages, factor, others

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.t = 0
        return np.zeros(1, np.float32), {}

    def step(self, action):
        self.t += 1
        pay = sum(self.wages) * self.factor + sum(self.others.values())
        return np.zeros(1, np.float32), float(pay), self.t >= 3, False, {}


class Strict(Paid):
    def __init__(self, wages=(1,), factor=1.0):
        super().__init__(wages, factor=factor)


class Passing(Strict):
    """Passes its arguments on, so that its own signature does not show which there are."""

    def __init__(self, **arguments):
        super().__init__(**arguments)


class Told(Paid):
    """Pays 1 for each argument whose value and type are as expected."""

    def __init__(self, **given):
        expected = {
            "flag": False, "whole": 3, "real": 2.5, "text": "8x8", "quoted": "7", "texts": ["SFF", "FHG"],
            "nested": [[1, 2.5], {"deep": [True]}], "table": {"b": 1, "a": {"c": "ü"}}, "empty": {},
        }  # fmt: skip
        right = [key for key in expected if repr(given.get(key)) == repr(expected[key])]
        super().__init__([len(right)])


class Times(gym.RewardWrapper):
    def __init__(self, env, by, plus=0):
        super().__init__(env)
        self.by, self.plus = by, plus

    def reward(self, reward):
        return reward * self.by + self.plus


def add(environment, amount):
    """A wrapper that is a function."""
    return gym.wrappers.TransformReward(environment, lambda reward: reward + amount)


def nothing(environment):
    pass


def lake(size=4, **more):
    """Returns an environment; the wrappers of gymnasium.make are around it."""
    return gym.make("FrozenLake-v1", map_name=f"{size}x{size}", is_slippery=False, **more)


NUMBER = 3
