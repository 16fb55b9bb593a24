"""Environments of JAX in the form of Gymnasium, by the wrappers of their own packages."""


def jumanji_snake():
    import jumanji
    from jumanji.wrappers import JumanjiToGymWrapper

    return JumanjiToGymWrapper(jumanji.make("Snake-v1"))


def jumanji_2048():
    import jumanji
    from jumanji.wrappers import JumanjiToGymWrapper

    return JumanjiToGymWrapper(jumanji.make("Game2048-v1"))


def gymnax_cartpole():
    import gymnax
    from gymnax.wrappers import GymnaxToGymWrapper

    return GymnaxToGymWrapper(*gymnax.make("CartPole-v1"))


def gymnax_breakout():
    import gymnax
    from gymnax.wrappers import GymnaxToGymWrapper

    return GymnaxToGymWrapper(*gymnax.make("Breakout-MinAtar"))
