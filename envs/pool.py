"""EnvPool's environments as a Gymnasium vector: stepped in C++, all lanes with one call.

    pip install envpool
    ascent train envs/pool.py:CartPole --vector --lanes 64

A subclass with another `task` serves another of EnvPool's environments. EnvPool seeds itself when a pool is made, so
each seeded reset makes a new one: a run's bits are decided by its seed, though its numbers are EnvPool's own. Nothing
says when an episode is over but the next step, which begins the next one whatever the action is.
"""

import gymnasium
import numpy
from gymnasium.vector import AutoresetMode


class Pool(gymnasium.vector.VectorEnv):
    metadata = {"autoreset_mode": AutoresetMode.NEXT_STEP}
    task = None

    def __init__(self, num_envs):
        self.num_envs = num_envs
        self.pool = self.make(0)
        self.single_observation_space = self.pool.observation_space
        self.single_action_space = self.pool.action_space
        self.observation_space = gymnasium.vector.utils.batch_space(self.single_observation_space, num_envs)
        self.action_space = gymnasium.vector.utils.batch_space(self.single_action_space, num_envs)

    def make(self, seed):
        import envpool

        return envpool.make(self.task, env_type="gymnasium", num_envs=self.num_envs, seed=seed, num_threads=1)

    def reset(self, *, seed=None, options=None):
        if seed is not None:
            self.pool = self.make(seed)
        observations, infos = self.pool.reset()
        return observations, {}

    def step(self, actions):
        observations, rewards, terminated, truncated, _ = self.pool.step(actions)
        return observations, rewards.astype(numpy.float64), terminated, truncated, {}

    def close(self, **arguments):
        self.pool.close()


class CartPole(Pool):
    task = "CartPole-v1"


class Pendulum(Pool):
    task = "Pendulum-v1"
