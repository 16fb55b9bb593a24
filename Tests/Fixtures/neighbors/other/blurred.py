"""Emissions in another folder than the environment's: one imports a neighbor whose name is taken there, one does not."""


class Plain:
    def __init__(self, space):
        self.observation_space = space

    def __call__(self, observation):
        return observation


class Blurred(Plain):
    def __call__(self, observation):
        from physics import blur

        return blur(observation)
