"""Environments that check their actions strictly, and environments whose values differ from their spaces in type alone."""

import gymnasium
import numpy
from gymnasium import spaces


class Strict(gymnasium.Env):
    """Accepts only actions of its space, as its own sample() returns them; pays for the last action's first number."""

    observation_space = spaces.Box(-1, 1, (2,), numpy.float32)
    action_space = spaces.Discrete(3)
    def observation(self):
        return numpy.zeros(2, numpy.float32)

    def reward(self):
        return 1.0

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.steps = 0
        return self.observation(), {}

    def step(self, action):
        if not self.action_space.contains(action):
            raise ValueError(f"{action!r} is not in {self.action_space}")
        if kinds(action) != kinds(self.action_space.sample()):
            raise TypeError(f"{kinds(action)} instead of {kinds(self.action_space.sample())}")
        type(self).acted = action
        self.steps += 1
        return self.observation(), self.reward(), self.steps == 4, False, {}


def kinds(action):
    """Returns the types of an action's parts."""
    if isinstance(action, dict):
        return {key: kinds(part) for key, part in action.items()}
    if isinstance(action, tuple):
        return [kinds(part) for part in action]
    # A box without dimensions samples a scalar or an array, by its element type.
    return action.dtype, action.shape, isinstance(action, numpy.ndarray) or not action.shape


def acting(name, space):
    globals()[name] = type(name, (Strict,), {"action_space": space, "__module__": __name__})


acting("Joint", spaces.Box(-0.3, 0.7, (1,), numpy.float64))
acting("LoneJoint", spaces.Box(-0.3, 0.7, (1,), numpy.float64))
acting("HalfJoint", spaces.Box(-0.3, 0.7, (2,), numpy.float16))
acting("SingleJoint", spaces.Box(-0.3, 0.7, (2,), numpy.float32))
acting("ScalarJoint", spaces.Box(-0.3, 0.7, (), numpy.float64))
acting("NestedJoint", spaces.Dict({"arm": spaces.Box(-0.3, 0.7, (2,), numpy.float64), "kind": spaces.Discrete(3, start=7)}))
acting("Choice", spaces.Discrete(3, start=-1))
acting("ManyChoices", spaces.Discrete(70000))
acting("Choices", spaces.MultiDiscrete(numpy.array([3, 4]), dtype=numpy.int32))
acting("Flags", spaces.MultiBinary(3))
acting("Whole", spaces.Box(-2, 3, (2, 2), numpy.int64))
acting("Bytes", spaces.Box(250, 255, (3,), numpy.uint8))
acting("Bits", spaces.Box(0, 1, (2,), numpy.bool_))
acting("ScalarWhole", spaces.Box(5, 9, (), numpy.int32))
acting("FarWhole", spaces.Box(2**40, 2**40 + 2, (1,), numpy.int64))
acting("NestedWhole", spaces.Tuple((spaces.Box(-2, 3, (2,), numpy.int16), spaces.Box(-0.1, 0.1, (1,), numpy.float64))))
acting("BoundlessWhole", spaces.Dict({"knob": spaces.Box(-numpy.inf, numpy.inf, (1,), numpy.int64)}))
acting("HugeWhole", spaces.Box(0, 1_000_000, (1,), numpy.int64))
acting("NoAction", spaces.Box(-1, 1, (0,), numpy.float32))
acting("EmptyAction", spaces.Dict({}))


class WholeMasked(Strict):
    """Allows two of the four values of a whole number."""

    action_space = spaces.Box(3, 6, (1,), numpy.int64)

    def action_masks(self):
        return numpy.array([0, 1, 0, 1], numpy.int8)

    def step(self, action):
        assert action[0] in (4, 6), action
        return super().step(action)


# Observations, rewards and flags of other types than declared.


def observing(name, space, value):
    """Makes a class whose observation after the first step is `value`, and a valid one at the reset."""

    def observation(self):
        return value() if self.steps else self.observation_space.sample()

    globals()[name] = type(name, (Strict,), {"observation_space": space, "observation": observation, "__module__": __name__})


class Array:
    """An array of another library."""

    def __init__(self, value):
        self.value = numpy.asarray(value)
        self.shape = self.value.shape

    def __array__(self, dtype=None, copy=None):
        return self.value


box, byte = spaces.Box(-9, 9, (2,), numpy.float32), spaces.Box(0, 255, (2,), numpy.uint8)
observing("Float64", box, lambda: numpy.array([0.1, 0.25]))
observing("Float16", box, lambda: numpy.array([0.1, 0.25], numpy.float16))
observing("Int64", box, lambda: numpy.array([3, -4]))
observing("Big", box, lambda: numpy.array([0.1, 0.25], ">f4"))
observing("List", box, lambda: [0.1, 0.25])
observing("Foreign", box, lambda: Array([0.1, 0.25]))
observing("Discontiguous64", box, lambda: numpy.array([0.1, 9, 0.25, 9])[::2])
observing("Float32For64", spaces.Box(-9, 9, (2,), numpy.float64), lambda: numpy.array([0.1, 0.25], numpy.float32))
observing("NestedFloat64", spaces.Dict({"a": spaces.Discrete(2), "b": box}), lambda: {"a": 1, "b": numpy.array([0.1, 0.25])})
observing("WholeForBytes", byte, lambda: numpy.array([7, 255]))
observing("WholeFloatsForBytes", byte, lambda: numpy.array([7.0, 255.0]))
observing("HalvesForBytes", byte, lambda: numpy.array([7.5, 255.0]))
observing("TooMuchForBytes", byte, lambda: numpy.array([7, 256]))
observing("ArrayForChoice", spaces.Discrete(4), lambda: numpy.array([2]))
observing("FloatForChoice", spaces.Discrete(4), lambda: 2.0)
observing("HalfForChoice", spaces.Discrete(4), lambda: 2.5)
observing("NoNumberForChoice", spaces.Discrete(4), lambda: None)
observing("ListForChoices", spaces.MultiDiscrete([3, 4]), lambda: [1, 2])
observing("FloatsForChoices", spaces.MultiDiscrete([3, 4]), lambda: numpy.array([1.0, 2.0]))
observing("TwoLengths", box, lambda: [[0.0], [0.0, 0.0]])
observing("Words", box, lambda: numpy.array(["a", "b"]))
observing("Complex", box, lambda: numpy.array([1j, 2]))
observing("WrongShape64", box, lambda: numpy.zeros(3))
observing("TooLarge", spaces.Box(-numpy.inf, numpy.inf, (2,), numpy.float64), lambda: numpy.array([0.0, 1e39]))
observing("TooLargeInList", box, lambda: [1e300, 0.0])
observing("OfAgents", box, lambda: {"a": numpy.zeros(2, numpy.float32), "b": numpy.zeros(2, numpy.float32)})
observing("ListOfAgents", box, lambda: [numpy.zeros(2), numpy.zeros(2)])


def paying(name, value):
    globals()[name] = type(name, (Strict,), {"reward": lambda self: value(), "__module__": __name__})


paying("ArrayReward", lambda: numpy.array([2.5]))
paying("ScalarArrayReward", lambda: numpy.array(2.5))
paying("ForeignReward", lambda: Array(2.5))
paying("VectorReward", lambda: numpy.array([1.0, 2.0]))
paying("ListReward", lambda: [1.0, 2.0])
paying("DictReward", lambda: {"a": 1.0})
paying("HugeReward", lambda: 10**400)
paying("NoReward", lambda: None)


class OddFlags(Strict):
    flag = staticmethod(numpy.array)

    def step(self, action):
        observation, reward, terminated, truncated, info = super().step(action)
        return observation, reward, self.flag(terminated), self.flag(truncated), info


class OddFlagsOfOne(OddFlags):
    flag = staticmethod(lambda flag: numpy.array([flag]))


class ForeignFlags(OddFlags):
    flag = staticmethod(Array)


class FlagsOfAgents(OddFlags):
    flag = staticmethod(lambda flag: {"a": flag, "b": flag})


class FloatFlags(OddFlags):
    flag = staticmethod(lambda flag: numpy.array([0.5]))


class RaisesTypeError(Strict):
    def reward(self):
        return "a" + 1


# Spaces without numbers, and with too many.

observing("Empty", spaces.Box(-1, 1, (0,), numpy.float32), lambda: numpy.zeros(0, numpy.float32))
observing("EmptyDict", spaces.Dict({}), dict)
observing("HugeChoice", spaces.Dict({"cell": spaces.Discrete(10**9), "x": box}), lambda: None)
observing("PartlyEmpty", spaces.Dict({"x": box, "y": spaces.Box(-1, 1, (0,), numpy.float32)}),
          lambda: {"x": numpy.ones(2, numpy.float32), "y": numpy.zeros(0, numpy.float32)})  # fmt: skip


observing("FarChoices", spaces.MultiDiscrete([3, 3], start=[2**24, 0]), lambda: None)


# Rewards of several objectives.


class Objectives(Strict):
    reward_space = spaces.Box(-1, 1, (2,), numpy.float32)

    def reward(self):
        return numpy.array([1.0, 2.0])


class Weighted(gymnasium.Wrapper):
    """The objectives' weighted sum, as mo_gymnasium.wrappers.LinearReward makes it."""

    def __init__(self):
        super().__init__(Objectives())

    def step(self, action):
        observation, reward, *others = self.env.step(action)
        return observation, float(reward @ [0.5, 0.25]), *others


class Scaled(gymnasium.wrappers.TransformObservation):
    """The same objectives, with other observations."""

    def __init__(self):
        super().__init__(Objectives(), lambda observation: observation, None)


class Inherited(Objectives):
    """A space that a property gives."""

    reward_space = property(lambda self: spaces.Box(-1, 1, (2,), numpy.float32))


# The spaces of the package gym, which gymnasium replaced.


class OldBox:
    shape, dtype = (2,), numpy.dtype(numpy.float32)


OldBox.__module__ = "gym.spaces.box"


class Old(Strict):
    observation_space = OldBox()


class Elsewhere(Strict):
    """Observes float64 in the second lane of a worker, and only there; in that lane's second episode."""

    opened = 0

    def __init__(self):
        Elsewhere.opened += 1
        is_worker = b"worker" in open("/proc/self/cmdline", "rb").read().split(b"\0")
        self.is_odd = is_worker and Elsewhere.opened == 2

    def observation(self):
        return numpy.zeros(2, numpy.float64 if self.is_odd else numpy.float32)


class HalfLake(gymnasium.wrappers.TransformReward):
    """A lake whose table says nothing about the rewards that it pays."""

    def __init__(self):
        super().__init__(gymnasium.make("FrozenLake-v1"), lambda reward: reward / 2)


class Keeps(Strict):
    def ascent_get_state(self):
        return b"state"

    def ascent_set_state(self, state):
        assert state == b"state"


class Forwards:
    """A wrapper that is no gymnasium.Wrapper, and forwards what it does not have itself."""

    def __init__(self):
        self._hidden = Keeps()

    def __getattr__(self, name):
        return getattr(self._hidden, name)


class ByInstance(gymnasium.Wrapper):
    """A layer whose methods are attributes of the instance."""

    def __init__(self):
        super().__init__(gymnasium.wrappers.FlattenObservation(Strict()))
        self.ascent_get_state, self.ascent_set_state = (lambda: b"state"), (lambda state: None)


class LooksAtItself(Strict):
    """Reads what gymnasium.make sets on an environment; registered by a test."""

    metadata = {"render_modes": ["rgb_array"], "render_fps": 7}

    def __init__(self, render_mode=None):
        self.render_mode = render_mode

    def reset(self, *, seed=None, options=None):
        seen = self.spec.id, self.render_mode, self.metadata["render_fps"]
        assert seen == ("LooksAtItself-v0", None, 7), seen
        return super().reset(seed=seed)


def register():
    gymnasium.register("LooksAtItself-v0", entry_point=LooksAtItself, max_episode_steps=9)
