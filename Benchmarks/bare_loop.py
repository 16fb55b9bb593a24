"""The bare Python loop that Ascent is compared with: one environment, actions drawn in advance, resets included.

    python Benchmarks/bare_loop.py ENV STEPS [--unwrapped | --without-steps | --vector N]

Prints one line of JSON. `--without-steps` omits the loop, so that its instructions can be counted by a difference.
`--unwrapped` steps env.unwrapped and applies the time limit itself, so that Gymnasium's wrappers cost nothing, as in
Ascent. `--vector` steps ENV's own vector environment, N steps with each call.
"""

import json
import resource
import sys
import time

begin = time.perf_counter()

import gymnasium  # noqa: E402

name, steps, options = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
width = int(options[options.index("--vector") + 1]) if "--vector" in options else 1
steps = steps // width * width
if "--vector" in options:
    env = gymnasium.make_vec(name, num_envs=width, vectorization_mode="vector_entry_point")
else:
    env = gymnasium.make(name)
made = time.perf_counter()

env.action_space.seed(1)
actions = [env.action_space.sample() for _ in range(steps // width)]
limit = env.spec.max_episode_steps or steps
env.reset(seed=1)
episodes = 0


def wrapped_loop():
    global episodes
    for action in actions:
        observation, reward, terminated, truncated, info = env.step(action)
        if terminated or truncated:
            env.reset()
            episodes += 1


def unwrapped_loop():
    global episodes
    bare, t = env.unwrapped, 0
    for action in actions:
        observation, reward, terminated, truncated, info = bare.step(action)
        t += 1
        if terminated or truncated or t >= limit:
            bare.reset()
            episodes += 1
            t = 0


def vector_loop():
    for action in actions:
        env.step(action)


loop = vector_loop if "--vector" in options else unwrapped_loop if "--unwrapped" in options else wrapped_loop
start = time.perf_counter()
if "--without-steps" not in options:
    loop()
seconds = time.perf_counter() - start
print(json.dumps({
    "steps": steps,
    "seconds": seconds,
    "steps_per_second": steps / seconds,
    "episodes": episodes,
    "start_seconds": made - begin,
    "peak_kilobytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
}))  # fmt: skip
