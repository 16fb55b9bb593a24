"""Trains Stable-Baselines3 or sb3-contrib on a workload, and prints the steps per second of the training call alone.

    python Benchmarks/peers/heavy_peer.py '{"algorithm": "PPO", "policy": "CnnPolicy", …}' STEPS
"""

import json
import sys
import time
from pathlib import Path

import gymnasium
import sb3_contrib
import stable_baselines3
import torch
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.torch_layers import BaseFeaturesExtractor

sys.path.append(str(Path(__file__).resolve().parents[1] / "environments"))


class Cells(BaseFeaturesExtractor):
    """The network of the MinAtar paper: 16 filters of 3 × 3, then 128 units."""

    def __init__(self, space):
        super().__init__(space, 128)
        side, channels = space.shape[0], space.shape[2]
        self.layers = torch.nn.Sequential(
            torch.nn.Conv2d(channels, 16, 3), torch.nn.ReLU(), torch.nn.Flatten(),
            torch.nn.Linear(16 * (side - 2) ** 2, 128), torch.nn.ReLU())  # fmt: skip

    def forward(self, observations):
        return self.layers(observations.permute(0, 3, 1, 2))


def environment(name):
    if name == "Pictures":
        from pictures import Pictures

        return Pictures
    if name.startswith("MinAtar/"):
        from minatar.gym import register_envs

        register_envs()
    return name


def policy_settings(case):
    """The arguments of the policy: JSON, with the names of an activation and of the network for cells."""
    settings = dict(case.get("network", {}))
    if "activation_fn" in settings:
        settings["activation_fn"] = getattr(torch.nn, settings["activation_fn"])
    if settings.pop("cells", False):
        settings |= {"features_extractor_class": Cells, "net_arch": []}
    return settings


def main():
    case, steps = json.loads(sys.argv[1]), int(sys.argv[2])
    torch.set_num_threads(1)
    module = sb3_contrib if hasattr(sb3_contrib, case["algorithm"]) else stable_baselines3
    flatten = {"wrapper_class": gymnasium.wrappers.DtypeObservation, "wrapper_kwargs": {"dtype": "float32"}}
    lanes = make_vec_env(
        environment(case["environment"]), n_envs=case["lanes"], seed=1, **(flatten if "MinAtar" in case["environment"] else {}))  # fmt: skip
    model = getattr(module, case["algorithm"])(
        case["policy"], lanes, policy_kwargs=policy_settings(case), device="cpu", seed=1, **case["settings"])  # fmt: skip
    began = time.perf_counter()
    model.learn(steps)
    print(model.num_timesteps / (time.perf_counter() - began))


if __name__ == "__main__":
    main()
