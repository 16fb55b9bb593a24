"""Crafter's class in the form of Gymnasium: its reset returns no info, and its generator is made from a seed."""

import crafter
import gymnasium
import numpy


class Crafter(gymnasium.Env):
    observation_space = gymnasium.spaces.Box(0, 255, (64, 64, 3), numpy.uint8)
    action_space = gymnasium.spaces.Discrete(17)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.game = crafter.Env(seed=int(self.np_random.integers(2**31)))
        return self.game.reset(), {}

    def step(self, action):
        observation, reward, is_done, info = self.game.step(action)
        has_died = info["discount"] == 0
        return observation, float(reward), has_died, is_done and not has_died, {}
