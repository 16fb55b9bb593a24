"""What the order of sets decides."""

import gymnasium
import numpy

WORDS = {"anna", "bela", "carl", "dora", "emil", "fred", "gina", "hugo", "ines", "jana"}


class Names(gymnasium.Env):
    """The order of a set of texts decides what pays."""

    observation_space = gymnasium.spaces.Box(0, 4, (1,), numpy.float32)
    action_space = gymnasium.spaces.Discrete(4)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.steps = 0
        self.names = list({"anna", "bela", "carl", "dora"}) + list(WORDS)
        return numpy.zeros(1, numpy.float32), {}

    def step(self, action):
        self.steps += 1
        name = self.names[action] + self.names[4 + action]
        return numpy.zeros(1, numpy.float32), float(sum(map(ord, name)) - 97), self.steps >= 5, False, {}
