"""The returns that Stable-Baselines3 and sb3-contrib reach with the settings of rl-baselines3-zoo: docs/results/sb3/.

    make peers                                                               every row
    .venv-peers/bin/python Benchmarks/peers/returns.py --only cartpole-ppo --seeds 3

The measure is that of Benchmarks/returns.py: the final policy, deterministic, over 100 episodes on seeds that were
never trained on; observations are standardized by the statistics at the end of training. ROW.csv has a line for each
seed and evaluation episode, ROW.json the seconds, ROW-curve.csv each training episode that ended, or 50 points of each
run if the file would be too large. A seed that has results is not trained again; one that was interrupted is restarted.
The same seed gives the same numbers.
"""

import argparse
import concurrent.futures
import csv
import json
import multiprocessing
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import gymnasium
import minigrid  # registers its environments
import numpy
import torch
from sb3_contrib import TRPO
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.vec_env import VecNormalize

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "Benchmarks"))
from statistics_of_seeds import highest_of, interquartile_mean, interval, mean, write  # noqa: E402

DATA = ROOT / "docs/results/sb3"
EPISODES, EVALUATION_SEED = 100, 1_000_003
LARGEST_CURVE, POINTS = 1_000_000, 50


@dataclass
class Row:
    """An algorithm in one environment; all other settings are its defaults there."""

    environment: str
    steps: int
    lanes: int
    settings: dict
    normalizes: bool = False
    policy: dict = field(default_factory=dict)
    seeds: int = 10
    algorithm: type = PPO
    wrapper: type | None = None


def linear(start):
    """The zoo's lin_START."""
    return lambda left: left * start


def mujoco_policy():
    return {
        "log_std_init": -2, "ortho_init": False, "activation_fn": torch.nn.ReLU,
        "net_arch": {"pi": [256, 256], "vf": [256, 256]},
    }  # fmt: skip


def trpo(environment):
    """The zoo's hyperparams/trpo.yml at 13a3fe7 for MuJoCo."""
    return Row(environment, 1_000_000, 2, {
        "batch_size": 128, "n_steps": 1024, "gamma": 0.99, "gae_lambda": 0.95, "sub_sampling_factor": 1, "cg_max_steps": 25,
        "cg_damping": 0.1, "n_critic_updates": 20, "learning_rate": 1e-3},
        normalizes=True, seeds=5, algorithm=TRPO)  # fmt: skip


# The zoo's hyperparams/ppo.yml at 22e3ff2; its settings for MuJoCo's version 4 are used for version 5.
ROWS = {
    "cartpole-ppo": Row("CartPole-v1", 100_000, 8, {
        "n_steps": 32, "batch_size": 256, "gae_lambda": 0.8, "gamma": 0.98, "n_epochs": 20, "ent_coef": 0.0,
        "learning_rate": linear(0.001), "clip_range": linear(0.2)}),
    "lunarlander-ppo": Row("LunarLander-v3", 1_000_000, 16, {
        "n_steps": 1024, "batch_size": 64, "gae_lambda": 0.98, "gamma": 0.999, "n_epochs": 4, "ent_coef": 0.01}),
    "halfcheetah-ppo": Row("HalfCheetah-v5", 1_000_000, 1, {
        "n_steps": 512, "batch_size": 64, "gae_lambda": 0.92, "gamma": 0.98, "n_epochs": 20, "ent_coef": 0.000401762,
        "learning_rate": 2.0633e-05, "clip_range": 0.1, "max_grad_norm": 0.8, "vf_coef": 0.58096},
        normalizes=True, policy=mujoco_policy(), seeds=3),
    "hopper-ppo": Row("Hopper-v5", 1_000_000, 1, {
        "n_steps": 512, "batch_size": 32, "gae_lambda": 0.99, "gamma": 0.999, "n_epochs": 5, "ent_coef": 0.00229519,
        "learning_rate": 9.80828e-05, "clip_range": 0.2, "max_grad_norm": 0.7, "vf_coef": 0.835671},
        normalizes=True, policy=mujoco_policy(), seeds=3),
    "hopper-trpo": trpo("Hopper-v5"),
    "walker2d-trpo": trpo("Walker2d-v5"),
    "ant-trpo": trpo("Ant-v5"),
    # Without the zoo's `normalize: true`, with which each of 10 seeds ended at 0.000 here.
    "minigrid-doorkey": Row("MiniGrid-DoorKey-5x5-v0", 100_000, 8, {
        "n_steps": 128, "batch_size": 64, "gae_lambda": 0.95, "gamma": 0.99, "n_epochs": 10, "ent_coef": 0.0,
        "learning_rate": 2.5e-4, "clip_range": 0.2},
        wrapper=minigrid.wrappers.FlatObsWrapper),
    # Stable-Baselines3's defaults, not the zoo's settings, for Benchmarks/peers/equal_learning.py.
    "halfcheetah-defaults": Row("HalfCheetah-v5", 300_000, 8, {"n_steps": 256, "batch_size": 64, "n_epochs": 10}),
}  # fmt: skip


class Curve(BaseCallback):
    """Collects (steps, return) of each training episode that ends."""

    def __init__(self):
        super().__init__()
        self.episodes = []

    def _on_step(self):
        for info in self.locals["infos"]:
            if "episode" in info:
                self.episodes.append((self.num_timesteps, round(float(info["episode"]["r"]), 3)))
        return True


def train(row, seed):
    """Trains one seed; returns the model, the normalizer of its observations or None, and the curve."""
    # Lane k has the run's seed + k; runs are 1,000 apart, so that no two have a seed in common.
    lanes = make_vec_env(row.environment, n_envs=row.lanes, seed=1000 * seed, wrapper_class=row.wrapper)
    normalizer = None
    if row.normalizes:
        lanes = normalizer = VecNormalize(lanes, gamma=row.settings["gamma"])
    model = row.algorithm("MlpPolicy", lanes, seed=1000 * seed, device="cpu", policy_kwargs=dict(row.policy), **row.settings)
    curve = Curve()
    model.learn(row.steps, callback=curve)
    lanes.close()
    return model, normalizer, curve.episodes


def evaluate(row, model, normalizer):
    """Plays all evaluation episodes side by side; returns the (return, length) of each."""
    environments = [gymnasium.make(row.environment) for _ in range(EPISODES)]
    if row.wrapper:
        environments = [row.wrapper(environment) for environment in environments]
    observations = numpy.stack([e.reset(seed=EVALUATION_SEED + k)[0] for k, e in enumerate(environments)])
    returns, lengths, playing = [0.0] * EPISODES, [0] * EPISODES, list(range(EPISODES))
    while playing:
        seen = observations[playing]
        actions, _ = model.predict(normalizer.normalize_obs(seen) if normalizer else seen, deterministic=True)
        isOver = {}
        for k, action in zip(playing, actions):
            observations[k], reward, isTerminated, isTruncated, _ = environments[k].step(action)
            returns[k], lengths[k] = returns[k] + float(reward), lengths[k] + 1
            isOver[k] = isTerminated or isTruncated
        playing = [k for k in playing if not isOver[k]]
    for environment in environments:
        environment.close()
    return list(zip(returns, lengths))


def run(name, seed):
    """Trains and evaluates one seed; returns its results."""
    row = ROWS[name]
    torch.set_num_threads(1)
    began = time.monotonic()
    model, normalizer, curve = train(row, seed)
    trained = time.monotonic()
    return {
        "seed": seed, "steps": model.num_timesteps, "episodes": evaluate(row, model, normalizer), "curve": curve,
        "highest": highest_of([(total, 1) for _, total in curve]), "seconds": round(time.monotonic() - began, 1),
        "training_seconds": round(trained - began, 1),
    }  # fmt: skip


def lines_of(path):
    """The lines of each seed."""
    seeds = {}
    with open(path, newline="") as file:
        for line in csv.DictReader(file):
            seeds.setdefault(int(line["seed"]), []).append(line)
    return seeds


def curves_of(name):
    """The stored curve of each seed, as (steps, return)."""
    path = DATA / f"{name}-curve.csv"
    seeds = lines_of(path) if path.exists() else {}
    return {seed: [(int(line["steps"]), float(line["return"])) for line in lines] for seed, lines in seeds.items()}


def there(name):
    """The stored results of run(), by seed."""
    path = DATA / f"{name}.json"
    if not path.exists():
        return {}
    episodes, curves = lines_of(DATA / f"{name}.csv"), curves_of(name)
    return {
        result["seed"]: result | {
            "episodes": [(float(line["return"]), int(line["length"])) for line in episodes[result["seed"]]],
            "curve": curves[result["seed"]],
        }
        for result in json.loads(path.read_text())
    }  # fmt: skip


def binned(curve, steps):
    """The mean return of the episodes that ended in each of POINTS parts of the run, with the part's last step."""
    parts = {}
    for end, total in curve:
        parts.setdefault(min(POINTS - 1, (end - 1) * POINTS // steps), []).append(total)
    return [((k + 1) * steps // POINTS, round(float(numpy.mean(totals)), 3)) for k, totals in sorted(parts.items())]


def save(name, results):
    DATA.mkdir(parents=True, exist_ok=True)
    lines = [f"{r['seed']},{k},{total!r},{n}" for r in results for k, (total, n) in enumerate(r["episodes"])]
    write(DATA / f"{name}.csv", "\n".join(["seed,episode,return,length", *lines]) + "\n")
    beside = [{key: value for key, value in r.items() if key not in ("episodes", "curve")} for r in results]
    write(DATA / f"{name}.json", json.dumps(beside, indent=1) + "\n")
    curves = {r["seed"]: r["curve"] for r in results}
    text = curve_text(curves)
    if len(text) > LARGEST_CURVE:
        text = curve_text({r["seed"]: binned(r["curve"], r["steps"]) for r in results})
    write(DATA / f"{name}-curve.csv", text)


def curve_text(curves):
    lines = [f"{seed},{steps},{total}" for seed, curve in curves.items() for steps, total in curve]
    return "\n".join(["seed,steps,return", *lines]) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", action="append", choices=ROWS, help="these rows")
    parser.add_argument("--seeds", type=int, help="fewer or more seeds than the row says")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    workers = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(options.jobs, workers, max_tasks_per_child=1) as pool:
        for name in options.only or ROWS:
            make(name, options.seeds or ROWS[name].seeds, pool)


def make(name, seeds, pool):
    """Trains the seeds that have no results, and prints the center of the row and its interval."""
    results = there(name)
    jobs = [pool.submit(run, name, seed) for seed in range(1, seeds + 1) if seed not in results]
    for job in concurrent.futures.as_completed(jobs):
        result = job.result()
        results[result["seed"]] = result
        save(name, [result for _, result in sorted(results.items())])
        last = numpy.mean([total for total, _ in result["episodes"]])
        print(f"{name}: seed {result['seed']}: {last:.1f} ({result['seconds']:.0f} s)", flush=True)
    means = [numpy.mean([total for total, _ in result["episodes"]]) for result in results.values()]
    center = interquartile_mean if len(means) >= 4 else mean
    low, high = interval(means, center)
    print(f"{name}: {center(numpy.array(means)):.1f} [{low:.1f}, {high:.1f}]", flush=True)


if __name__ == "__main__":
    main()
