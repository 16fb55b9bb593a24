"""Environments that outlive their lanes, are shared, seed themselves, or hand their generators on."""

import atexit
import copy
import multiprocessing
import random
import time

import gymnasium as gym
import numpy as np


class Plain(gym.Env):
    """Observes a number of its generator; an episode has five steps."""

    observation_space = gym.spaces.Box(-9, 9, (1,), np.float32)
    action_space = gym.spaces.Discrete(2)

    def observe(self):
        return np.array([self.np_random.random()], np.float32)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.t = 0
        return self.observe(), {}

    def step(self, action):
        self.t += 1
        return self.observe(), float(action), self.t >= 5, False, {}


class AtExit(Plain):
    """Draws once more when Python ends, after its lane."""

    def __init__(self):
        atexit.register(lambda: print("drawn at the end:", 0 <= self.np_random.random() < 1))


ONE = Plain()


def same():
    return ONE


class Sized(gym.Wrapper):
    def __init__(self, env, shape: tuple[int, int], size=(1,)):
        super().__init__(env)
        if not isinstance(shape, tuple) or not isinstance(size, tuple):
            raise TypeError(f"tuples, not {type(shape)} and {type(size)}")


class SeedsItself(Plain):
    """Begins each episode with the same seed, whatever it is given."""

    def reset(self, *, seed=None, options=None):
        gym.Env.reset(self, seed=42)
        self.t = 0
        return self.observe(), {}

    def step(self, action):
        observation, _, terminated, truncated, info = super().step(action)
        # The number of the step decides the observation: it is paid if it is the one of the seed.
        expected = np.random.default_rng(42).random(self.t + 1)[-1]
        return observation, float(abs(observation[0] - expected) < 1e-6), terminated, truncated, info


class SeedsItsSpaces(Plain):
    """Draws from spaces that each reset seeds, and that the class has."""

    observation_space = gym.spaces.Box(-9, 9, (1,), np.float32)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        if seed is not None:
            self.observation_space.seed(seed)
        return self.observe(), {}

    def observe(self):
        return self.observation_space.sample()


class Unseeded(Plain):
    """A legacy generator without a seed at each reset."""

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.state = np.random.RandomState()
        return self.observe(), {}


class Reseeded(Plain):
    """A legacy generator with a seed at each reset."""

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.state = np.random.RandomState(self.np_random.integers(99))
        return self.observe(), {}


def receive(pipe):
    pipe.send(pipe.recv().random())


class HandsOn(Plain):
    """Sends its generator to a process that it spawns; the answer decides the reward."""

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.t = 0
        if not hasattr(self, "answer"):
            how = multiprocessing.get_context("spawn")
            self.pipe, theirs = how.Pipe()
            self.process = how.Process(target=receive, args=(theirs,), daemon=True)
            self.process.start()
            self.pipe.send(self.np_random)
            self.answer = self.pipe.recv()
            self.process.join()
        return self.observe(), {}

    def step(self, action):
        observation, _, terminated, truncated, info = super().step(action)
        return observation, self.answer, terminated, truncated, info


class HangsInDel(Plain):
    def __del__(self):
        if hasattr(self, "t"):
            time.sleep(1000)


class Looks(Plain):
    """Looks ahead in a copy of itself, with a generator of Python's."""

    def __init__(self):
        self.np_random = random.Random(3)

    def step(self, action):
        ahead = copy.deepcopy(self)
        expected = ahead.np_random.random()
        observation, _, terminated, truncated, info = super().step(action)
        return observation, float(abs(observation[0] - expected) < 1e-6), terminated, truncated, info


class Alone(Plain):
    """Of which a process can have one."""

    made = 0

    def __init__(self):
        if Alone.made:
            raise RuntimeError("one emulator in a process")
        Alone.made += 1

    def close(self):
        Alone.made -= 1


class Tosses(Plain):
    """Makes a generator without a seed in each step."""

    def step(self, action):
        observation, _, terminated, truncated, info = super().step(action)
        return observation, float(np.random.default_rng().random()), terminated, truncated, info
