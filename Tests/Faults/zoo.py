"""A zoo of misbehaving environments for the fault laboratory (laboratory.py).

Each is the same small problem; its subclass's `misbehave` is called at one step of the process, as often as the
environment variable ASCENT_FAULTS says (once by default), counted in the file that ASCENT_FAULT_LOG names: what
happens less often than the run is begun again is an accident, what happens always is not.
"""

import ctypes
import os
import signal
import sys
import threading
import time

import gymnasium
import numpy
from gymnasium import spaces

STEP = int(os.environ.get("ASCENT_FAULT_STEP", "900"))


class Steady(gymnasium.Env):
    """A random walk that is pushed left or right and pays for staying near 0; episodes of 25 steps."""

    observation_space = spaces.Box(-100, 100, (3,), numpy.float32)
    action_space = spaces.Discrete(2)
    made = 0

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.position, self.steps = self.np_random.normal(), 0
        return self.observation(), {}

    def observation(self):
        return numpy.array([self.position, self.steps, self.np_random.random()], numpy.float32)

    def step(self, action):
        Steady.made += 1
        self.steps += 1
        self.position += (0.5 if action == 1 else -0.5) + 0.3 * self.np_random.normal()
        result = self.observation(), -abs(float(self.position)), False, self.steps == 25, {}
        return self.after(result)

    def after(self, result):
        return result


class Zoo(Steady):
    def after(self, result):
        return self.misbehave(result) if Steady.made == STEP and is_due() else result


def is_due():
    """Whether the fault is still to happen; it is counted before it does."""
    path = os.environ["ASCENT_FAULT_LOG"]
    happened = os.path.getsize(path) if os.path.exists(path) else 0
    if happened >= int(os.environ.get("ASCENT_FAULTS", "1")):
        return False
    with open(path, "a") as file:
        file.write("x")
    return True


def replaced(result, place, value):
    return result[:place] + (value,) + result[place + 1 :]


class Raises(Zoo):
    def misbehave(self, result):
        raise ValueError("the pole is gone")


class NotANumber(Zoo):
    def misbehave(self, result):
        return replaced(result, 0, numpy.full(3, numpy.nan, numpy.float32))


class WrongShape(Zoo):
    def misbehave(self, result):
        return replaced(result, 0, numpy.zeros(4, numpy.float32))


class WrongElements(Zoo):
    def misbehave(self, result):
        return replaced(result, 0, result[0].astype(numpy.complex64))


class RewardIsText(Zoo):
    def misbehave(self, result):
        return replaced(result, 1, "much")


class FourValues(Zoo):
    def misbehave(self, result):
        return result[:3] + (result[4],)


class Recurses(Zoo):
    def misbehave(self, result):
        return self.misbehave(result)


class CallsSysExit(Zoo):
    def misbehave(self, result):
        sys.exit(0)


class Hangs(Zoo):
    def misbehave(self, result):
        while True:
            time.sleep(0.01)


class HangsWithoutLettingGo(Zoo):
    """Holds the interpreter's lock in C."""

    def misbehave(self, result):
        ctypes.PyDLL(None).sleep(100000)


class Exits(Zoo):
    def misbehave(self, result):
        os._exit(0)


class ExitsInC(Zoo):
    def misbehave(self, result):
        ctypes.CDLL(None)._exit(0)


class Aborts(Zoo):
    def misbehave(self, result):
        os.abort()


class Segfaults(Zoo):
    def misbehave(self, result):
        return ctypes.string_at(8)


class IsKilled(Zoo):
    def misbehave(self, result):
        os.kill(os.getpid(), signal.SIGKILL)


class EatsMemory(Zoo):
    kept = []

    def misbehave(self, result):
        EatsMemory.kept.append(numpy.ones(50_000_000))
        return result


# What a run need not notice.


class Prints(Zoo):
    def misbehave(self, result):
        for _ in range(10_000):
            print("x" * 999)
        return result


class ChangesFolder(Zoo):
    def misbehave(self, result):
        os.chdir("/")
        return result


class ClosesOutput(Zoo):
    def misbehave(self, result):
        sys.stdout.close()
        return result


class StartsThreads(Zoo):
    def misbehave(self, result):
        for _ in range(8):
            threading.Thread(target=lambda: time.sleep(0.5), daemon=True).start()
        return result


class Forks(Zoo):
    def misbehave(self, result):
        child = os.fork()
        if child == 0:
            os._exit(0)
        os.waitpid(child, 0)
        return result


class InstallsHandlers(Zoo):
    def misbehave(self, result):
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        return result


class ChangesWhatItReturned(Steady):
    def after(self, result):
        if hasattr(self, "last"):
            self.last[:] = 77
        self.last = result[0]
        return result


class ReturnsOneArray(Steady):
    array = numpy.zeros(3, numpy.float32)

    def after(self, result):
        self.array[:] = result[0]
        return replaced(result, 0, self.array)


class SeedsTheWorld(Zoo):
    def misbehave(self, result):
        numpy.random.seed(0)
        return result
