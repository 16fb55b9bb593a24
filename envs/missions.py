"""Missions as numbers: an emission that shows which words of a stated vocabulary a text has.

    ascent train MiniGrid-GoToDoor-5x5-v0 --emission envs/missions.py:Words

MiniGrid says in a text what is to be done ("go to the red door"), and a policy reads numbers. Each text among the
observations becomes one bit for each word below, in this order; other words are not seen. Nothing is drawn:
p(o∣s) is 1 for the one o. A subclass with a VOCABULARY of its own serves other texts.
"""

import gymnasium
import numpy

COLORS = ("red", "green", "blue", "purple", "yellow", "grey")
THINGS = ("wall", "floor", "door", "key", "ball", "box", "goal", "lava")
DEEDS = ("go", "get", "pick", "put", "open", "fetch", "unlock", "use", "near", "next", "behind", "left", "right")


class Words:
    VOCABULARY = COLORS + THINGS + DEEDS

    def __init__(self, observation_space):
        spaces = observation_space.spaces
        # MiniGrid has a space of its own for missions; like gymnasium's Text, it holds str.
        self.texts = [name for name, space in spaces.items() if getattr(space.dtype, "kind", "") == "U"]
        bits = gymnasium.spaces.MultiBinary(len(self.VOCABULARY))
        self.observation_space = gymnasium.spaces.Dict(
            {name: bits if name in self.texts else space for name, space in spaces.items()}
        )
        self.known = {}

    def bits(self, text):
        if text not in self.known:
            words = text.lower().replace(",", " ").replace(".", " ").split()
            self.known[text] = numpy.array([word in words for word in self.VOCABULARY], numpy.int8)
        return self.known[text]

    def __call__(self, observation):
        return {**observation, **{name: self.bits(observation[name]) for name in self.texts}}
