"""Environments that allow some of their actions, and raise when they get another one; and some whose masks are wrong."""

import gymnasium
import numpy
from gymnasium import spaces


class Masked(gymnasium.Env):
    """Forbids one of three choices, another one at each step, in info["action_mask"]. The third pays."""

    observation_space = spaces.Box(0, 3, (3,), numpy.float32)
    action_space = spaces.Discrete(3)

    def allowed(self):
        mask = numpy.ones(3, numpy.int8)
        mask[self.steps % 3] = 0
        return mask

    def info(self):
        return {"action_mask": self.allowed()}

    def observation(self):
        return numpy.eye(3, dtype=numpy.float32)[self.steps % 3]

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.steps = 0
        return self.observation(), self.info()

    def check(self, action):
        if not self.allowed()[action]:
            raise ValueError(f"{action} is forbidden at step {self.steps}")

    def step(self, action):
        self.check(action)
        self.steps += 1
        is_over = self.steps == 7
        return self.observation(), float(numpy.sum(action) == 2), is_over, False, {} if is_over else self.info()


class ByMethod(Masked):
    """Says it in action_masks(), for a vector of choices."""

    action_space = spaces.MultiDiscrete([2, 3])

    def action_masks(self):
        return [numpy.array([True, self.steps % 2 == 0]), self.allowed().astype(bool)]

    def info(self):
        return {}

    def check(self, action):
        for mask, choice in zip(self.action_masks(), action):
            if not mask[choice]:
                raise ValueError(f"{action} is forbidden at step {self.steps}")


class Nested(Masked):
    """Masks the one leaf of its actions that has choices."""

    action_space = spaces.Dict({"force": spaces.Box(-1, 1, (2,), numpy.float32), "kind": spaces.Discrete(3)})

    def info(self):
        return {"action_mask": {"kind": self.allowed()}}

    def check(self, action):
        super().check(action["kind"])

    def step(self, action):
        self.check(action)
        self.steps += 1
        is_over = self.steps == 7
        reward = float(action["kind"] == 2) - abs(float(action["force"][0]))
        return self.observation(), reward, is_over, False, {} if is_over else self.info()


class ForbidsAll(Masked):
    def info(self):
        return {"action_mask": numpy.zeros(3, numpy.int8) if self.steps == 2 else self.allowed()}


class TooShort(Masked):
    def info(self):
        return {"action_mask": numpy.ones(2, numpy.int8)}


class Fractional(Masked):
    def info(self):
        return {"action_mask": numpy.array([0.5, 1, 1])}


class Forgets(Masked):
    def info(self):
        return {"action_mask": self.allowed()} if self.steps < 2 else {}


class Raises(ByMethod):
    def action_masks(self):
        raise RuntimeError("no rules here")


class Bare(Masked):
    """Forbids the same, and does not say so."""

    def info(self):
        return {}


class Layer(gymnasium.Wrapper):
    """A layer that says what the environment below it allows."""

    def action_masks(self):
        return self.unwrapped.allowed()


class Middle(gymnasium.wrappers.FlattenObservation):
    """The mask is neither of the outermost layer nor of the innermost environment."""

    def __init__(self):
        super().__init__(Layer(gymnasium.wrappers.FlattenObservation(Bare())))


class Strays(Bare):
    """The innermost environment is wrong about what is allowed; the layer around it is right."""

    def action_masks(self):
        return 1 - self.allowed()


class Outermost(gymnasium.wrappers.FlattenObservation):
    def __init__(self):
        super().__init__(Layer(Strays()))


class Foreign:
    """A wrapper that is no gymnasium.Wrapper, and has what it wraps as a property."""

    def __init__(self):
        self._inner = Middle()
        self.observation_space, self.action_space = self._inner.observation_space, self._inner.action_space

    env = property(lambda self: self._inner)
    unwrapped = property(lambda self: self._inner.unwrapped)

    def reset(self, **arguments):
        return self._inner.reset(**arguments)

    def step(self, action):
        return self._inner.step(action)
