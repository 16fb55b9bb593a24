"""Environments that draw from more than np_random, or keep something that a reset changes."""

import copy
import os
import pickle
import random
import signal
import threading

import gymnasium
import numpy
from gymnasium.utils import seeding
from gymnasium.utils.seeding import np_random


class Short(gymnasium.Env):
    """Ten steps; the observation is a number of `number()`, the reward another."""

    observation_space = gymnasium.spaces.Box(-1e6, 1e6, (1,), numpy.float64)
    action_space = gymnasium.spaces.Discrete(2)

    def observe(self):
        return numpy.array([self.number()], numpy.float64)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.steps = 0
        return self.observe(), {}

    def step(self, action):
        self.steps += 1
        return self.observe(), float(self.number()), self.steps >= 10, False, {}


class Book(gymnasium.Env):
    """Each episode is the next page of a book."""

    observation_space = gymnasium.spaces.Box(0, 1e6, (1,), numpy.float32)
    action_space = gymnasium.spaces.Discrete(2)
    page, is_read = -1, True

    def observe(self):
        return numpy.array([self.page], numpy.float32)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.steps, self.is_read, self.page = 0, False, self.page + 1
        return self.observe(), {}

    def step(self, action):
        self.steps, self.is_read = self.steps + 1, True
        return self.observe(), float(self.page), self.steps >= 5, False, {}


class Strict(Book):
    """Refuses to turn a page that was not read."""

    def reset(self, *, seed=None, options=None):
        if not self.is_read:
            raise RuntimeError(f"page {self.page} was turned unread")
        return super().reset(seed=seed)


# --- spaces


class Starts(Short):
    """Draws from a space that all instances share."""

    observation_space = gymnasium.spaces.Box(-1, 1, (1,), numpy.float64)

    def number(self):
        return self.observation_space.sample()[0]


class Nested(Short):
    """Draws from the parts of a nested space of each instance, from its actions and from a space that it makes."""

    def __init__(self):
        part = gymnasium.spaces.Box(-1, 1, (1,), numpy.float64)
        self.observation_space = gymnasium.spaces.Dict({"a": part, "b": gymnasium.spaces.Tuple((part, part))})
        self.action_space = gymnasium.spaces.MultiDiscrete([3, 4])

    def number(self):
        one = self.observation_space.sample()
        new = gymnasium.spaces.Box(-1, 1, (1,), numpy.float64).sample()[0]
        row = self.action_space[0].sample()
        return one["a"][0] + one["b"][1][0] + self.action_space.sample().sum() + new + row

    def observe(self):
        return {"a": numpy.array([numpy.tanh(self.number())]), "b": (numpy.zeros(1), numpy.zeros(1))}


class Texts(Short):
    """Draws from spaces of all other kinds, which it keeps for itself."""

    def __init__(self):
        spaces = gymnasium.spaces
        box = spaces.Box(0, 1, (2,), numpy.float64)
        parts = (spaces.Text(9), spaces.Sequence(box), spaces.OneOf([spaces.Discrete(4), box]), spaces.MultiBinary(7))
        self.parts = spaces.Tuple((*parts, spaces.Graph(box, spaces.Discrete(3))))

    def number(self):
        return sum(map(ord, repr(self.parts.sample())))


class Reseeded(Nested):
    """Seeds its spaces where reset() has a seed."""

    def reset(self, *, seed=None, options=None):
        if seed is not None:
            self.action_space.seed(seed)
            self.observation_space.seed(seed)
        return super().reset(seed=seed)


class Layer(gymnasium.Wrapper):
    """A wrapper that draws from a space of its own."""

    def __init__(self):
        super().__init__(Starts())
        self.observation_space = gymnasium.spaces.Box(-2, 2, (1,), numpy.float64)

    def step(self, action):
        observation, *others = self.env.step(action)
        return (observation + self.observation_space.sample()) / 2, *others


# --- generators in other places, and of other kinds


class FromOS(Short):
    """Makes a generator in each reset: from the operating system if there is no seed."""

    def reset(self, *, seed=None, options=None):
        self.random, _ = seeding.np_random(seed)
        return super().reset(seed=seed)

    def number(self):
        return self.random.normal() + self.np_random.normal()


class Imported(Short):
    """Has its own reference to gymnasium's function, and makes a generator of it where there is a seed."""

    def reset(self, *, seed=None, options=None):
        if seed is not None:
            self.np_random, _ = np_random(seed)
        self.steps = 0
        return self.observe(), {}

    def number(self):
        return self.np_random.normal()


class OfNumpy(Imported):
    """Makes a generator with numpy where there is a seed."""

    def reset(self, *, seed=None, options=None):
        if seed is not None:
            self.np_random = numpy.random.default_rng(seed)
        self.steps = 0
        return self.observe(), {}


class Legacy(Short):
    """np_random is a RandomState in another object, as in the tasks of dm_control."""

    class Task:
        random = None

    def __init__(self):
        self.task = self.Task()
        self.task.random = numpy.random.RandomState(1)

    @property
    def np_random(self):
        return self.task.random

    @np_random.setter
    def np_random(self, value):
        self.task.random = value

    def reset(self, *, seed=None, options=None):
        gymnasium.Env.reset(self, seed=seed)
        if seed is not None:
            self.np_random = numpy.random.RandomState(seed)
        self.steps = 0
        return self.observe(), {}

    def number(self):
        # One number of each pair of the normal distribution stays behind at the end of an episode.
        return self.task.random.randn() + self.task.random.rand() + self.task.random.randint(5)


class OfPython(Short):
    """np_random is a generator of Python's."""

    np_random = None

    def reset(self, *, seed=None, options=None):
        if seed is not None:
            self.np_random = random.Random(seed)
        self.steps = 0
        return self.observe(), {}

    def number(self):
        return self.np_random.gauss(0, 1) + self.np_random.randint(0, 5)


class OldGenerator(numpy.random.Generator):
    """A Generator with a method of the old gym."""

    def rand(self, *shape):
        return self.random(*shape)


class Subclass(Imported):
    """np_random is of a subclass of numpy's."""

    def reset(self, *, seed=None, options=None):
        if seed is not None:
            self.np_random = OldGenerator(numpy.random.PCG64(seed))
        self.steps = 0
        return self.observe(), {}

    def number(self):
        return self.np_random.rand() + self.np_random.normal()


class Threads(Short):
    """Draws from np_random in another thread."""

    def number(self):
        drawn = []
        thread = threading.Thread(target=lambda: drawn.append(self.np_random.normal()))
        thread.start()
        thread.join()
        return drawn[0]


class Forks(Short):
    """Draws from np_random in a child, where Gymnasium's generators come from the operating system again."""

    def number(self):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            numbers = [seeding.np_random()[0].random() for _ in range(2)]
            os.write(writing, repr(self.np_random.random() + (numbers[0] == numbers[1])).encode())
            os.kill(os.getpid(), signal.SIGKILL)
        os.waitpid(child, 0)
        number = float(os.read(reading, 100))
        os.close(reading)
        os.close(writing)
        return number + self.np_random.random()


class Lazy(Short):
    """Draws a map in its first reset, which it keeps."""

    map = None

    def number(self):
        if self.map is None:
            self.map = self.np_random.normal(size=5)
        return self.map[self.np_random.integers(5)]


class Inner(Short):
    """Consists of another environment."""

    def __init__(self):
        self.inner = gymnasium.make("CartPole-v1").unwrapped

    def reset(self, *, seed=None, options=None):
        self.inner.reset(seed=seed)
        return super().reset(seed=seed)

    def number(self):
        return self.inner.state[0] + self.inner.np_random.normal()


class Constructed(Short):
    """Draws in its constructor, and makes a generator there."""

    def __init__(self):
        self.start = seeding.np_random()[0].normal() + self.action_space.sample()

    def number(self):
        return self.start


class ConstructedByPython(Constructed):
    """Draws from Python's own generator, in its constructor only."""

    def __init__(self):
        self.start = random.random()


# --- copies


class Spawned(Short):
    """Draws from children of np_random, made in each reset, and from one that its seed determines."""

    def reset(self, *, seed=None, options=None):
        gymnasium.Env.reset(self, seed=seed)
        self.children = [*self.np_random.spawn(2), numpy.random.default_rng(self.np_random_seed)]
        self.children.append(numpy.random.default_rng(self.np_random.bit_generator.seed_seq))
        self.steps = 0
        return self.observe(), {}

    def number(self):
        return sum(child.normal() for child in self.children)


class Planned(Short):
    """Looks one step ahead in a copy of itself; the copy meets the same noise."""

    def duplicate(self):
        return copy.deepcopy(self)

    def number(self):
        return self.np_random.normal() + self.np_random.integers(3)

    def step(self, action):
        ahead = self.duplicate()
        seen = [ahead.number() for _ in range(3)]
        again = [self.number() for _ in range(3)]
        if seen != again:
            raise RuntimeError(f"the copy saw {seen}, the original {again}")
        return super().step(action)


class Pickled(Planned):
    def duplicate(self):
        return pickle.loads(pickle.dumps(self))


class Rewound(Planned):
    """Looks ahead by itself, and goes back."""

    def duplicate(self):
        bits = self.np_random.bit_generator
        before = bits.state
        seen = [self.number() for _ in range(3)]
        bits.state = before
        return type("Ahead", (), {"number": lambda _: seen.pop(0)})()


class PlannedLegacy(Planned, Legacy):
    """The same with a RandomState."""

    def number(self):
        return Legacy.number(self)


class PlannedSpaces(Planned):
    """Its copies draw from spaces and from np_random, in turn."""

    def __init__(self):
        self.observation_space = gymnasium.spaces.Box(-9, 9, (1,), numpy.float64)

    def number(self):
        return self.observation_space.sample()[0] * 0.1 + self.np_random.random()


class ForeignState(Short):
    def number(self):
        self.np_random.bit_generator.state = numpy.random.default_rng(1).bit_generator.state
        return 0.0
