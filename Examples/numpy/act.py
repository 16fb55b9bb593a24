"""Plays episodes of a Gymnasium environment with a policy of Ascent, and without Ascent.

python Examples/numpy/act.py RUN ENVIRONMENT [EPISODES]
"""

import sys

import gymnasium
from policy import Policy

policy, environment = Policy(sys.argv[1]), gymnasium.make(sys.argv[2])
limit = environment.spec.max_episode_steps  # another environment.time_limit of the run belongs here
for episode in range(int(sys.argv[3]) if len(sys.argv) > 3 else 10):
    observation, info = environment.reset(seed=episode)
    state, also, steps, total, is_over = None, {}, 0, 0.0, False
    while not is_over:
        action, state = policy(observation, state, info.get("action_mask"), also)
        observation, reward, terminated, truncated, info = environment.step(action)
        total, is_over, steps = total + reward, terminated or truncated, steps + 1
        also = {"action": action, "reward": reward, "time": steps / limit if limit else 0}
    print(total)
