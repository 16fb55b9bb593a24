"""Pictures that cost next to nothing, for measuring what a learner does with them: 84 × 84 × 4 bytes, as of an Atari game.

    ascent train Benchmarks/environments/pictures.py:Pictures

Stable-Baselines3 and PyTorch make it by its class, too.
"""

import gymnasium
import numpy

BANK = 97  # frames; a prime number, so that lanes drift apart


class Pictures(gymnasium.Env):
    """Stacks of four neighboring frames of noise; an episode has 200 steps, and action 0 is rewarded."""

    def __init__(self, side=84, frames=4):
        frame = numpy.random.default_rng(1).integers(0, 256, (BANK, side, side), numpy.uint8)
        self.stacks = [numpy.stack([frame[(k + j) % BANK] for j in range(frames)], axis=-1) for k in range(BANK)]
        self.observation_space = gymnasium.spaces.Box(0, 255, (side, side, frames), numpy.uint8)
        self.action_space = gymnasium.spaces.Discrete(6)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.left, self.at = 200, int(self.np_random.integers(BANK))
        return self.stacks[self.at], {}

    def step(self, action):
        self.left -= 1
        self.at = (self.at + 1) % BANK
        return self.stacks[self.at], float(action == 0), False, self.left == 0, {}
