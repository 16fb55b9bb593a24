"""Environments that keep something across episodes, and give it and take it back, or should."""

import json

import gymnasium
import numpy
from gymnasium.vector import AutoresetMode, SyncVectorEnv


class Curriculum(gymnasium.Env):
    """A walk to the end of a corridor that is longer after each success, in a wind of a generator of its own."""

    observation_space = gymnasium.spaces.Box(-1000, 1000, (2,), numpy.float32)
    action_space = gymnasium.spaces.Discrete(2)

    def __init__(self):
        self.level = 2
        self.wind = numpy.random.default_rng(5)

    def observe(self):
        return numpy.array([self.place, self.level + self.wind.normal()], numpy.float32)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.place, self.steps = self.np_random.integers(2), 0
        return self.observe(), {}

    def step(self, action):
        self.place += 2 * action - 1
        self.steps += 1
        isThere = bool(self.place >= self.level)
        if isThere:
            self.level = min(self.level + 1, 12)
        return self.observe(), float(isThere), isThere, self.steps == 25, {}


class Keeping(Curriculum):
    def ascent_get_state(self):
        return json.dumps([self.level, self.wind.bit_generator.state]).encode()

    def ascent_set_state(self, state):
        self.level, self.wind.bit_generator.state = json.loads(state)


class Counter(gymnasium.Wrapper):
    """A wrapper with a memory of its own, around one that has another."""

    count = 0

    def __init__(self):
        super().__init__(Keeping())

    def reset(self, **arguments):
        self.count += 1
        observation, info = self.env.reset(**arguments)
        observation[1] += self.count % 3
        return observation, info

    def ascent_get_state(self):
        return bytes([self.count % 3])

    def ascent_set_state(self, state):
        self.count = state[0]


class Fading:
    """An emission that remembers all episodes."""

    seen = 0

    def __init__(self, observation_space):
        pass

    def __call__(self, observation):
        self.seen = (self.seen + 1) % 50
        return observation + numpy.float32(self.seen / 100)

    def ascent_get_state(self):
        return self.seen.to_bytes(2, "little")

    def ascent_set_state(self, state):
        self.seen = int.from_bytes(state, "little")


class GivesText(Keeping):
    def ascent_get_state(self):
        return "a text"


class Raises(Keeping):
    def ascent_get_state(self):
        if self.level > 3:
            raise ValueError("the level is too high to be told")
        return super().ascent_get_state()


class OnlyGives(Curriculum):
    def ascent_get_state(self):
        return b""


class KeepingVector(SyncVectorEnv):
    """Environments in one vector, which keeps what they keep."""

    def __init__(self, num_envs):
        super().__init__([Curriculum] * num_envs, autoreset_mode=AutoresetMode.NEXT_STEP)

    def ascent_get_state(self):
        return json.dumps([[one.level, one.wind.bit_generator.state] for one in self.envs]).encode()

    def ascent_set_state(self, state):
        for one, kept in zip(self.envs, json.loads(state)):
            one.level, one.wind.bit_generator.state = kept


class VectorOfKeeping(SyncVectorEnv):
    """A vector that keeps nothing of its own, of environments that do."""

    def __init__(self, num_envs):
        super().__init__([Keeping] * num_envs, autoreset_mode=AutoresetMode.SAME_STEP)


class Loop(Keeping):
    """Wraps itself."""

    def __init__(self):
        super().__init__()
        self.env = self


class Breaks(Keeping):
    """Fails in the middle of an episode that was not its first."""

    def step(self, action):
        if self.level > 2 and self.steps == 4:
            raise RuntimeError("the corridor is closed")
        return super().step(action)
