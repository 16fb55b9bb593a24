"""Environments that change the floating-point mode of their process at different moments; every number that they return
is a small whole number, exact in any mode."""

import ctypes

import gymnasium
import numpy
from gymnasium import spaces

LIBM = ctypes.CDLL("libm.so.6")
UPWARD = 0x800


def change_words(x87=None, sse=None):
    """Sets bits of the control words, which a library does when it is loaded that was linked with -ffast-math."""
    words = (ctypes.c_uint16 * 16)()  # fenv_t of x86-64: x87's environment, then MXCSR
    LIBM.fegetenv(words)
    if x87 is not None:
        words[0] = x87
    if sse is not None:
        words[14] |= sse
    LIBM.fesetenv(words)


def flush():
    change_words(sse=0x8040)


def shorten():
    change_words(x87=0x007F)


class Exact(gymnasium.Env):
    observation_space = spaces.Box(-100, 100, (2,), numpy.float32)
    action_space = spaces.Discrete(2)
    change = None
    moment = None

    def __init__(self):
        self.now("making")

    def now(self, moment):
        if moment == self.moment:
            self.change()

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.x, self.t = int(self.np_random.integers(-3, 4)), 0
        self.now("reset")
        return self.observation(), {}

    def observation(self):
        return numpy.array([self.x, self.t], numpy.float32)

    def step(self, action):
        self.t += 1
        self.x += int(action) * 2 - 1
        if self.t == 20:
            self.now("step")
        return self.observation(), -float(abs(self.x)), False, self.t == 25, {}


class RoundsInStep(Exact):
    moment = "step"

    def change(self):
        LIBM.fesetround(UPWARD)


class RoundsInReset(RoundsInStep):
    moment = "reset"


class FlushesWhenMade(Exact):
    moment = "making"
    change = staticmethod(flush)


class Traps(Exact):
    moment = "step"

    def change(self):
        LIBM.feenableexcept(0x04)  # division by zero


class ShortensX87(Exact):
    moment = "step"
    change = staticmethod(shorten)


class KeepsItsOwn(RoundsInReset):
    """Fails unless each of its calls has the mode that its last one left, also beside lanes with the usual one."""

    def step(self, action):
        if LIBM.fegetround() != UPWARD:
            raise RuntimeError("the mode was lost")
        return super().step(action)


class Reward:
    """A reward whose conversion changes the mode."""

    def __init__(self, value):
        self.value = value

    def __float__(self):
        LIBM.fesetround(UPWARD)
        return self.value


class RoundsInReward(Exact):
    def step(self, action):
        observation, reward, *rest = super().step(action)
        return (observation, Reward(reward), *rest)
