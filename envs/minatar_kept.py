"""MinAtar with its memory in the open: runs can be resumed, supervised and looked into.

    ascent train envs/minatar_kept.py:Breakout --resume

MinAtar's games draw from a generator of their own that goes on from one episode to the next, and the sticky action of an
episode's first step is the last one of the episode before. No episode can be made again without the ones before it, unless
both are given away and taken back: that is what ascent_get_state and ascent_set_state are for, in any environment,
wrapper, vector or emission. A state is bytes; it is asked for before each episode, and after any step where a budget cuts
one. It is never unpickled.
"""

import struct

import gymnasium
import minatar.gym
import numpy

NUMBERS = struct.Struct("<qqqd")


class Kept(gymnasium.Wrapper):
    """One game of MinAtar."""

    GAME = None

    def __init__(self):
        identifier = f"MinAtar/{self.GAME}-v1"
        if identifier not in gymnasium.registry:
            minatar.gym.register_envs()
        super().__init__(gymnasium.make(identifier, disable_env_checker=True))
        self.game = self.unwrapped.game

    def reset(self, *, seed=None, options=None):
        # MinAtar leaves this out, which Gymnasium's checker asks for.
        gymnasium.Env.reset(self.unwrapped, seed=seed)
        return self.env.reset(seed=seed, options=options)

    def ascent_get_state(self):
        _, keys, position, has_gauss, gauss = self.game.random.get_state()
        return NUMBERS.pack(self.game.last_action, position, has_gauss, gauss) + keys.astype("<u4").tobytes()

    def ascent_set_state(self, state):
        self.game.last_action, *numbers = NUMBERS.unpack_from(state)
        keys = numpy.frombuffer(state, "<u4", offset=NUMBERS.size)
        self.game.random.set_state(("MT19937", keys, *numbers))


class Asterix(Kept):
    GAME = "Asterix"


class Breakout(Kept):
    GAME = "Breakout"


class Freeway(Kept):
    GAME = "Freeway"


class Seaquest(Kept):
    GAME = "Seaquest"


class SpaceInvaders(Kept):
    GAME = "SpaceInvaders"
