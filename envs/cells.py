"""MiniGrid's cells as choices: an emission that shows each cell's object, color and state as bits.

    ascent train MiniGrid-MemoryS7-v0 --emission envs/cells.py:Choices

MiniGrid writes a cell as three small numbers, whose order means nothing: a key is 5 and a ball is 6. Each number
becomes one bit for each of its values (11 objects, 6 colors, 4 states). Nothing is drawn: p(o∣s) is 1 for the one
o. Missions stay as they are; envs/missions.py:Words before or behind this one shows them.
"""

import gymnasium
import numpy

OBJECTS, COLORS, STATES = 11, 6, 4


class Choices:
    def __init__(self, observation_space):
        spaces = observation_space.spaces
        height, width, depth = spaces["image"].shape
        if depth != 3:
            raise ValueError(f"a cell has an object, a color and a state, not {depth} numbers")
        size = OBJECTS + COLORS + STATES
        self.rows = numpy.concatenate([numpy.arange(n) for n in (OBJECTS, COLORS, STATES)])
        self.parts = numpy.repeat([0, 1, 2], [OBJECTS, COLORS, STATES])
        self.observation_space = gymnasium.spaces.Dict(
            {**spaces, "image": gymnasium.spaces.MultiBinary((height, width, size))}
        )

    def __call__(self, observation):
        image = observation["image"]
        return {**observation, "image": (image[:, :, self.parts] == self.rows).astype(numpy.int8)}
