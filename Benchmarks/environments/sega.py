"""stable-retro's games have no id in Gymnasium: its `make` is called here."""

import stable_retro


def airstriker():
    """The game whose ROM the package has."""
    return stable_retro.make("Airstriker-Genesis-v0", render_mode="rgb_array")


def sonic():
    """A game whose ROM must be imported first."""
    return stable_retro.make("SonicTheHedgehog-Genesis-v0", render_mode="rgb_array")
