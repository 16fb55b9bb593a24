"""A queue with random arrivals, written against Ascent's own random draws.

S  the number of waiting customers, 0 … 20
A  the server's speed: 0 idle, 1 slow, 2 fast
O  the number of waiting customers, as a one-element box
T  arrivals ~ Poisson(1.2), served ~ Poisson(0, 1 or 2.4 by speed); waiting' = clip(waiting + arrivals - served)
E  the identity: the queue is seen as it is
r  -0.1 · waiting - 0.5 · speed

Every draw comes from `import ascent`, that is, from GSL on the stream of the lane. The episode is truncated after
50 steps.
"""

import ascent
import gymnasium
import numpy

ROOM = 20
HORIZON = 50
SERVICE = (0.0, 1.0, 2.4)


class Queue(gymnasium.Env):
    observation_space = gymnasium.spaces.Box(0, ROOM, (1,), numpy.float32)
    action_space = gymnasium.spaces.Discrete(3)

    def observation(self):
        return numpy.array([self.waiting], numpy.float32)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.waiting = ascent.uniform_integer(5)
        self.steps = 0
        return self.observation(), {}

    def step(self, speed):
        served = ascent.poisson(SERVICE[speed])
        self.waiting = min(ROOM, max(0, self.waiting + ascent.poisson(1.2) - served))
        self.steps += 1
        reward = -0.1 * self.waiting - 0.5 * speed
        return self.observation(), reward, False, self.steps >= HORIZON, {}
