"""Environments that write where results go, that fork, and whose words no terminal should act on."""

import ctypes
import json
import os
import subprocess
import sys

import gymnasium
import numpy
from gymnasium import spaces


class Walk(gymnasium.Env):
    """Episodes of ten steps; something happens in act(), at one step of the process or at each."""

    observation_space = spaces.Box(-1, 1, (2,), numpy.float32)
    action_space = spaces.Discrete(2)
    steps = 0
    moment = 50

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.t = 0
        return numpy.zeros(2, numpy.float32), {}

    def step(self, action):
        self.t += 1
        Walk.steps += 1
        if self.moment is None or Walk.steps == self.moment:
            self.act()
        return numpy.zeros(2, numpy.float32), 1.0, self.t >= 10, False, {}

    def act(self):
        pass


class Prints(Walk):
    """Prints in each step, until nobody reads it."""

    moment = None

    def act(self):
        print("x" * 200)


class Writes(Walk):
    """Writes to descriptor 1 by itself, by C's buffers, by a program and by a forked process that ends as C does."""

    def act(self):
        os.write(1, b"by descriptor\n")
        ctypes.CDLL(None).puts(b"by C")
        program = "import os; print('by a program', flush=True); os.write(1, b'by its descriptor\\n')"
        subprocess.run([sys.executable, "-c", program], check=True)
        child = os.fork()
        if child == 0:
            ctypes.CDLL(None).puts(b"by a fork")
            ctypes.CDLL(None).exit(0)
        os.waitpid(child, 0)
        print("by Python", file=sys.__stdout__, flush=True)


def links():
    """What the descriptors of this process lead to."""
    paths = [f"/proc/self/fd/{name}" for name in os.listdir("/proc/self/fd")]
    return [os.readlink(path) for path in paths if os.path.lexists(path)]


class Holds(Walk):
    """A forked process notes what it has of the run's shared memory, and how many pipes of its parent it lacks."""

    def act(self):
        name = f"held-{os.getpid()}.txt"
        pipes = {link for link in links() if link.startswith("pipe:")}
        child = os.fork()
        if child == 0:
            with open("/proc/self/maps") as file:
                maps = [line for line in file if "memfd:ascent" in line]
            descriptors = [link for link in links() if "memfd:ascent" in link]
            with open(name, "w") as file:
                print(len(maps), len(descriptors), len(pipes - set(links())), file=file)
            os._exit(0)
        os.waitpid(child, 0)


class Forks(Walk):
    """Forks; both processes return from step()."""

    def act(self):
        if os.fork() == 0:
            with open("stray.txt", "a") as file:
                print(os.getpid(), file=file)


class ForksInReset(Walk):
    def reset(self, *, seed=None, options=None):
        if seed is not None and os.fork() == 0:
            with open("stray.txt", "a") as file:
                print(os.getpid(), file=file)
        return super().reset(seed=seed)


class ForksInConstructor(Walk):
    def __init__(self):
        if os.fork() == 0:
            with open("stray.txt", "a") as file:
                print(os.getpid(), file=file)


WORDS = json.loads(os.environ["ASCENT_TEST_WORDS"]) if "ASCENT_TEST_WORDS" in os.environ else "\x1b[31mred\r\nascent: trained 5 steps\x00after \udc80 \u202eevil\x9b2J"


class Speaks(Walk):
    """Its exception has what terminals act on."""

    def act(self):
        raise ValueError(WORDS)


class SpeaksAtOpening(Walk):
    def __init__(self):
        raise RuntimeError(WORDS)


class SpeaksWithNames(Walk):
    """An exception whose class has such a name."""

    def act(self):
        raise type("\x1b[31mError\nascent: trained", (Exception,), {})("short")


class Observes(Walk):
    """An observation that is left out, with such a name."""

    observation_space = spaces.Dict({"\x1b[31mred\nascent: done\udc80": spaces.Text(5), "x": Walk.observation_space})

    def reset(self, *, seed=None, options=None):
        observation, info = super().reset(seed=seed)
        return {"\x1b[31mred\nascent: done\udc80": "text", "x": observation}, info

    def step(self, action):
        observation, *others = super().step(action)
        return {"\x1b[31mred\nascent: done\udc80": "text", "x": observation}, *others
