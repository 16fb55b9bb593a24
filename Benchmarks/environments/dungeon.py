"""NetHack seeds its own generators from the operating system, whatever reset(seed=…) says: here from np_random."""

import gymnasium
import nle  # noqa: F401 (registers NetHackScore-v0)


class Seeded(gymnasium.Wrapper):
    def reset(self, *, seed=None, options=None):
        inner = self.env.unwrapped
        if seed is not None:
            gymnasium.Env.reset(inner, seed=seed)
        core, display = (int(inner.np_random.integers(2**31)) for _ in range(2))
        inner.seed(core, display, reseed=False)
        return self.env.reset(options=options)


def score():
    return Seeded(gymnasium.make("NetHackScore-v0"))
