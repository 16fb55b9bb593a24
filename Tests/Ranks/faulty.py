"""Environments that fail, hang or are slow in rank 1 alone."""

import os
import time

import gymnasium
import numpy
from gymnasium import spaces


class Works(gymnasium.Env):
    observation_space = spaces.Box(-1, 1, (2,), numpy.float32)
    action_space = spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.steps = 0
        return self.observe(), {}

    def observe(self):
        return self.np_random.uniform(-1, 1, 2).astype(numpy.float32)

    def step(self, action):
        self.steps += 1
        if self.steps == 20 and os.environ.get("OMPI_COMM_WORLD_RANK") == "1":
            self.fail()
        return self.observe(), float(action), False, self.steps == 25, {}

    def fail(self):
        pass


class Raises(Works):
    def fail(self):
        raise ValueError("the simulator is out of order")


class Hangs(Works):
    def fail(self):
        time.sleep(1000)


class ClosesSlowly(Works):
    def close(self):
        if os.environ.get("OMPI_COMM_WORLD_RANK") == "1":
            time.sleep(1000)


class Slow(Works):
    def step(self, action):
        # The last lane is that of the worker of rank 1.
        if os.environ.get("OMPI_COMM_WORLD_RANK") == "1" and "worker" in open("/proc/self/cmdline").read():
            time.sleep(0.1)
        return super().step(action)


class RaisesFirst(Works):
    """Rank 0 fails, while the other is in a slow step."""

    def step(self, action):
        if os.environ.get("OMPI_COMM_WORLD_RANK") == "1":
            time.sleep(0.1)
        elif self.steps == 20:
            raise ValueError("the simulator is out of order")
        return super().step(action)


class Exits(Works):
    def fail(self):
        os._exit(3)
