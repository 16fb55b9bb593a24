"""Environments for Tests/Desk/videos.py: they draw themselves, well or badly."""

import gymnasium
import numpy as np


class Dial(gymnasium.Env):
    """Turns by an action of 0 or 1; its picture is 12×10 pixels of the angle."""

    metadata = {"render_modes": ["rgb_array"], "render_fps": 10}

    def __init__(self, render_mode=None):
        self.render_mode = render_mode
        self.observation_space = gymnasium.spaces.Box(-100, 100, (2,), np.float32)
        self.action_space = gymnasium.spaces.Discrete(2)

    def reset(self, seed=None, options=None):
        super().reset(seed=seed)
        self.steps, self.angle = 0, float(self.np_random.uniform(-1, 1))
        return self.observation(), {}

    def observation(self):
        return np.array([self.angle, self.steps], np.float32)

    def step(self, action):
        self.steps += 1
        self.angle += (1 if action else -1) + 0.1 * float(self.np_random.normal())
        return self.observation(), 1.0, abs(self.angle) > 4, self.steps >= 20, {}

    def render(self):
        picture = np.zeros((10, 12, 3), np.uint8)
        picture[:, int(np.clip(self.angle + 6, 0, 11))] = (255, 128, 0)
        return picture


class Gambler(Dial):
    """Draws a random number when it is drawn."""

    def render(self):
        self.np_random.uniform()
        return super().render()


class Blind(Dial):
    metadata = {"render_modes": []}
    render = gymnasium.Env.render


class Mute(Dial):
    def render(self):
        return None


class Growing(Dial):
    def render(self):
        return np.zeros((10 + self.steps, 12, 3), np.uint8)


class Failing(Dial):
    def render(self):
        raise RuntimeError("out of paint")


class Gray(Dial):
    """Pictures without colors, of numbers from 0 to 1, and no argument render_mode."""

    def __init__(self):
        super().__init__()

    def render(self):
        return super().render()[:, :, 0] / 255.0


class Keeper(Dial):
    """Keeps the angle across episodes."""

    kept = 0.0

    def reset(self, seed=None, options=None):
        super().reset(seed=seed)
        self.angle = self.angle / 2 + self.kept
        return self.observation(), {}

    def step(self, action):
        result = super().step(action)
        self.kept = self.kept / 2 + self.angle / 10
        return result

    def ascent_get_state(self):
        return np.float64(self.kept).tobytes()

    def ascent_set_state(self, state):
        self.kept = float(np.frombuffer(state)[0])
