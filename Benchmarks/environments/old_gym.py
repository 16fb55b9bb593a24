"""An environment of the old gym, as files from before Gymnasium have it."""

import gym


def CartPole():
    return gym.make("CartPole-v1")
