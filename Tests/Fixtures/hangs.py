"""Environments that hang, each at another place where Python code of a user runs.

Each hangs at the step that ASCENT_FAULT_STEP names (60 by default), or where its name says, as often as ASCENT_FAULTS
says (always by default), counted in the file that ASCENT_FAULT_LOG names.
"""

import atexit
import ctypes
import gc
import os
import sys
import threading
import time

import gymnasium
import numpy
from gymnasium import spaces

STEP = int(os.environ.get("ASCENT_FAULT_STEP", "60"))


def is_due():
    """Whether a hang is still to happen; it is counted before it does."""
    path = os.environ.get("ASCENT_FAULT_LOG")
    if path is None:
        return True
    if (os.path.getsize(path) if os.path.exists(path) else 0) >= int(os.environ.get("ASCENT_FAULTS", "1000")):
        return False
    with open(path, "a") as file:
        file.write("x")
    return True


def hang():
    while is_due():
        for _ in range(12000):
            time.sleep(0.05)


if os.environ.get("ASCENT_TEST_HANGS") == "import":
    hang()


class Steady(gymnasium.Env):
    """A random walk in episodes of ten steps; what it returns may be changed by `altered` at one step of the process."""

    observation_space = spaces.Box(-100, 100, (1,), numpy.float32)
    action_space = spaces.Discrete(2)
    made = 0

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.x, self.t = self.np_random.normal(), 0
        return self.observation(), {}

    def observation(self):
        return numpy.array([self.x], numpy.float32)

    def step(self, action):
        Steady.made += 1
        self.t += 1
        self.x += float(action) - 0.5 + self.np_random.normal() / 4
        result = self.observation(), -abs(float(self.x)), False, self.t == 10, {}
        return self.altered(*result) if Steady.made == STEP else result

    def altered(self, *result):
        return result


class InStep(Steady):
    def altered(self, *result):
        hang()
        return result


class WithoutLettingGo(Steady):
    """Hangs in C with the interpreter's lock."""

    def altered(self, *result):
        if is_due():
            ctypes.PyDLL(None).sleep(1000)
        return result


class InThreadWithLock(Steady):
    """Hangs in a thread that never gives the lock back."""

    def altered(self, *result):
        if is_due():
            threading.Thread(target=lambda: ctypes.PyDLL(None).sleep(1000), daemon=True).start()
            time.sleep(0.2)
        return result


class InConstructor(Steady):
    def __init__(self):
        hang()


class InSpace(Steady):
    @property
    def observation_space(self):
        hang()
        return Steady.observation_space


class InProperty(Steady):
    @property
    def unwrapped(self):
        hang()
        return self


class InMethodProperty(Steady):
    looked = 0

    @property
    def ascent_get_state(self):
        hang()
        raise AttributeError("it keeps no state")


class InWrapper(gymnasium.Wrapper):
    def __init__(self, env):
        super().__init__(env)
        hang()


class InReset(Steady):
    def reset(self, *, seed=None, options=None):
        if Steady.made >= STEP:
            hang()
        return super().reset(seed=seed)


class InGenerator(Steady):
    """Hangs where the bridge looks after np_random."""

    @property
    def np_random(self):
        if Steady.made >= STEP:
            hang()
        return super().np_random

    @np_random.setter
    def np_random(self, value):
        gymnasium.Env.np_random.fset(self, value)


class Lazy:
    """A value that hangs when it is read, and else is a number."""

    def __init__(self, value):
        self.value = value

    def __array__(self, dtype=None, copy=None):
        hang()
        return numpy.asarray(self.value, dtype)

    def __float__(self):
        hang()
        return float(self.value)

    def __index__(self):
        hang()
        return int(self.value)

    def __bool__(self):
        hang()
        return bool(self.value)


class InArray(Steady):
    def altered(self, observation, *rest):
        return Lazy(observation), *rest


class InFloat(Steady):
    def altered(self, observation, reward, *rest):
        return observation, Lazy(reward), *rest


class InFlag(Steady):
    def altered(self, observation, reward, terminated, *rest):
        return observation, reward, Lazy(terminated), *rest


class InIndex(Steady):
    observation_space = spaces.Discrete(201, start=-100)

    def observation(self):
        return Lazy(round(self.x)) if Steady.made == STEP else round(self.x)


class Part(dict):
    def __getitem__(self, key):
        hang()
        return super().__getitem__(key)


class InItem(Steady):
    observation_space = spaces.Tuple((Steady.observation_space,))

    def observation(self):
        whole = super().observation()
        return Part({0: whole}) if Steady.made == STEP else (whole,)


class Unspeakable(ValueError):
    def __str__(self):
        hang()
        return "the pole is gone"


class InText(Steady):
    def altered(self, *result):
        raise Unspeakable()


class Clinging:
    def __del__(self):
        hang()


class InDel(Steady):
    def altered(self, *result):
        return *result[:-1], {"clinging": Clinging()}


class InCollection(Steady):
    def altered(self, *result):
        gc.callbacks.append(lambda phase, info: hang())
        self.clutter = [[[k]] for k in range(100_000)]
        return result


class InMask(Steady):
    def action_masks(self):
        if Steady.made >= STEP:
            hang()
        return numpy.ones(2, numpy.int8)


class InMaskItem(Steady):
    def action_masks(self):
        mask = numpy.ones(2, numpy.int8)
        return Lazy(mask) if Steady.made >= STEP else mask


class InState(Steady):
    def ascent_get_state(self):
        if Steady.made >= STEP:
            hang()
        return b""

    def ascent_set_state(self, state):
        pass


class InClose(Steady):
    def close(self):
        hang()


class InDelOfItself(Steady):
    def __del__(self):
        hang()


class AtExit(Steady):
    def __init__(self):
        atexit.register(hang)


class InThread(Steady):
    def __init__(self):
        threading.Thread(target=hang).start()


class InModule(Steady):
    """Hangs when the modules are taken apart, after the exit handlers."""

    def __init__(self):
        globals().setdefault("clinging", ClingingToTheEnd())


class ClingingToTheEnd:
    def __del__(self, wait=time.sleep, is_finalizing=sys.is_finalizing):
        if is_finalizing():
            wait(600)


class InExitOfLibrary(Steady):
    """Hangs in an exit handler of C, after Python has ended."""

    def __init__(self):
        if is_due():
            library = ctypes.CDLL(None)
            getattr(library, "__cxa_atexit")(library.pause, None, None)
