"""Vector environments for the tests: the three ways of beginning the next episode, and some that break their contract."""

import gymnasium
import numpy
from gymnasium.vector import AutoresetMode, SyncVectorEnv, VectorEnv


class Counting(gymnasium.Env):
    """Counts its steps; episodes have 3, 4, 5, 6, … steps by turns, and end as the last action says. Draws nothing."""

    observation_space = gymnasium.spaces.Box(-100, 100, (3,), numpy.float32)
    action_space = gymnasium.spaces.Discrete(2)
    episode = 0

    def observe(self, action):
        return numpy.array([self.time, self.episode % 7, action], numpy.float32)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        # A vector that is begun anew is begun with a seed.
        self.episode = 0 if seed is not None else self.episode + 1
        self.time = 0
        return self.observe(-1), {}

    def step(self, action):
        self.time += 1
        isOver = self.time >= 3 + self.episode % 5
        reward = float(action) * self.time - 0.25 * self.episode
        return self.observe(action), reward, isOver and action == 1, isOver and action == 0, {}


class Drawing(Counting):
    """The same with a state that walks at random, by np_random."""

    def observe(self, action):
        self.place = (0.9 * self.place if self.time > 0 else 0) + self.np_random.normal()
        return numpy.array([self.time, self.place, action], numpy.float32)


def vector(environment, mode):
    class Vector(SyncVectorEnv):
        def __init__(self, num_envs):
            super().__init__([environment] * num_envs, autoreset_mode=mode)

    return Vector


class NextStep(vector(Counting, AutoresetMode.NEXT_STEP)):
    pass


class SameStep(vector(Counting, AutoresetMode.SAME_STEP)):
    pass


class Disabled(vector(Counting, AutoresetMode.DISABLED)):
    pass


class DrawingNextStep(vector(Drawing, AutoresetMode.NEXT_STEP)):
    pass


class DrawingSameStep(vector(Drawing, AutoresetMode.SAME_STEP)):
    pass


class DrawingDisabled(vector(Drawing, AutoresetMode.DISABLED)):
    pass


class Spaces(VectorEnv):
    """Observations and actions of every kind, in arrays whose memory is laid out in unusual ways."""

    metadata = {"autoreset_mode": AutoresetMode.SAME_STEP}
    single_observation_space = gymnasium.spaces.Dict(
        {
            "box": gymnasium.spaces.Box(-10, 10, (2, 3), numpy.float64),
            "discrete": gymnasium.spaces.Discrete(3, start=1),
            "many": gymnasium.spaces.MultiDiscrete([2, 3]),
            "bits": gymnasium.spaces.MultiBinary(2),
        }
    )
    single_action_space = gymnasium.spaces.MultiDiscrete([2, 3], start=[5, -1])

    def __init__(self, num_envs):
        self.num_envs = num_envs
        self.action_space = gymnasium.vector.utils.batch_space(self.single_action_space, num_envs)

    def observe(self):
        rows = numpy.arange(self.num_envs)
        box = numpy.asfortranarray(rows[:, None, None] + numpy.arange(6.0).reshape(2, 3)[None] / 10)
        return {
            "box": box,
            "discrete": 1 + (rows + self.time) % 3,
            "many": numpy.stack([rows % 2, (rows + 1) % 3]).T,
            "bits": numpy.repeat(rows % 2 == 0, 2).reshape(-1, 2)[:, ::-1].astype(numpy.int8),
        }

    def reset(self, *, seed=None, options=None):
        self.time = 0
        return self.observe(), {}

    def step(self, actions):
        assert self.action_space.contains(actions), actions
        self.time += 1
        never, isOver = numpy.zeros(self.num_envs, bool), numpy.full(self.num_envs, self.time % 20 == 0)
        finals = numpy.full(self.num_envs, None)
        finals[:] = [{key: part[k] for key, part in self.observe().items()} for k in range(self.num_envs)]
        return self.observe(), actions.sum(axis=1) * 0.5, never, isOver, {"final_obs": finals}


class Broken(vector(Counting, AutoresetMode.SAME_STEP)):
    """A vector that works until a class below says otherwise."""

    def result(self, *five):
        return five

    def step(self, actions):
        return self.result(*super().step(actions))


class OtherActionType(Broken):
    """Its array of actions has other elements than one action has."""

    def __init__(self, num_envs):
        super().__init__(num_envs)
        self.action_space = gymnasium.spaces.MultiDiscrete([2] * num_envs, dtype=numpy.int32)


class FewerActions(Broken):
    def __init__(self, num_envs):
        super().__init__(num_envs)
        self.action_space = gymnasium.spaces.MultiDiscrete([2] * (num_envs - 1))


class NestedActions(Broken):
    def __init__(self, num_envs):
        super().__init__(num_envs)
        self.single_action_space = gymnasium.spaces.Dict({"push": self.single_action_space})
        self.action_space = gymnasium.vector.utils.batch_space(self.single_action_space, num_envs)


class HalfActions(Broken):
    def __init__(self, num_envs):
        super().__init__(num_envs)
        self.single_action_space = gymnasium.spaces.Box(-1, 1, (1,), numpy.float16)
        self.action_space = gymnasium.vector.utils.batch_space(self.single_action_space, num_envs)


class NoMode(Broken):
    @property
    def metadata(self):
        return {}

    @metadata.setter
    def metadata(self, value):
        pass


class Fewer(Broken):
    def __init__(self, num_envs):
        super().__init__(num_envs - 1)


class Raises(Broken):
    def step(self, actions):
        raise ValueError("no more")


class FourValues(Broken):
    def result(self, o, r, t, u, i):
        return o, r, t, i


class ShortRewards(Broken):
    def result(self, o, r, t, u, i):
        return o, r[1:], t, u, i


class NumberOfRewards(Broken):
    def result(self, o, r, t, u, i):
        return o, 1.0, t, u, i


class NaNReward(Broken):
    def result(self, o, r, t, u, i):
        return o, r * numpy.nan, t, u, i


class NaNObservation(Broken):
    def result(self, o, r, t, u, i):
        return o * numpy.float32(numpy.nan), r, t, u, i


class FlagsOfNumbers(Broken):
    def result(self, o, r, t, u, i):
        return o, r, 2 * t.astype(int) - 1, u, i


class OneObservation(Broken):
    def result(self, o, r, t, u, i):
        return o[0], r, t, u, i


class NoFinals(Broken):
    def result(self, o, r, t, u, i):
        return o, r, t, u, {}
