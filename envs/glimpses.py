"""An emission of one's own: glimpses, p(o∣s) of a sensor that sees one feature at a time.

    ascent train CartPole-v1 --emission envs/glimpses.py:Glimpse

Each step shows a feature s(k) that is drawn uniformly, and which one it is: o = (s(k), k). An emission is made with the
space of what it will see, says what it shows, and is called with each observation; `reset()`, where it has one, is
called when an episode begins. It draws from `import ascent`, that is, from the stream of the lane.
"""

import ascent
import gymnasium
import numpy


class Glimpse:
    def __init__(self, observation_space):
        (self.count,) = observation_space.shape
        low = [observation_space.low.min(), 0]
        high = [observation_space.high.max(), self.count - 1]
        self.observation_space = gymnasium.spaces.Box(numpy.float32(low), numpy.float32(high))

    def __call__(self, observation):
        k = ascent.uniform_integer(self.count)
        return numpy.array([observation[k], k], numpy.float32)
