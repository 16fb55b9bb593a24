"""Stores one update by Stable-Baselines3 as arrays, with which the parity test compares Ascent's updates.

    .venv-peers/bin/python Benchmarks/peers/torch_update.py      writes Tests/Fixtures/torch/*.safetensors

Stable-Baselines3's own train() runs on a batch that is written into its rollout buffer, so its loss, its gradient
clipping and its optimizer step are recorded rather than reimplemented. A file has, in float32,

    observations [n x feature], actions [n x value], log_probabilities, advantages, targets, values [n]    the batch
    before.SLICE, gradient.SLICE, after.SLICE    parameters, and the gradient of minus the loss before it is clipped

with Ascent's names and shapes of slices, a weight [inputs x outputs]; its metadata has "settings", a JSON object with
keys of algorithm.*. The old log-probabilities differ from the policy's, so that some ratios are clipped. Where a value
is clipped, its target is such that the error of the clipped value, which Stable-Baselines3 uses, is the larger of the
two errors, which Ascent uses.
"""

import json
import warnings
from pathlib import Path
from unittest import mock

import gymnasium
import numpy
import torch
from safetensors.numpy import save_file
from stable_baselines3 import A2C, PPO
from stable_baselines3.common.logger import configure
from stable_baselines3.common.sb2_compat.rmsprop_tf_like import RMSpropTFLike

FIXTURES = Path(__file__).resolve().parents[2] / "Tests/Fixtures/torch"
STEPS = 64
JOINT = {"entropy": 0.01, "value_weight": 0.5, "gradient_clip": 0.5, "optimizer_epsilon": 1e-5}
ALGORITHMS = {
    "ppo": {
        **JOINT, "surrogate": "clipped", "clip": 0.2, "normalize_advantages": "minibatch", "optimizer": "adam",
        "rate": 3e-4, "epochs": 1, "minibatch": STEPS,
    },
    "a2c": {
        **JOINT, "surrogate": "score", "normalize_advantages": "none", "optimizer": "rmsprop", "rate": 7e-4,
        "epochs": 1, "minibatch": 0,
    },
}  # fmt: skip
FILES = {
    "ppo-categorical": {"value_clip": 0.0},
    "ppo-gaussian": {"value_clip": 0.2},
    "a2c-categorical": {"value_clip": 0.0},
    "a2c-gaussian": {"value_clip": 0.0},
}


class Spaces(gymnasium.Env):
    """An environment that is never stepped; only its spaces are used."""

    def __init__(self, family):
        features = 4 if family == "categorical" else 3
        self.observation_space = gymnasium.spaces.Box(-numpy.inf, numpy.inf, (features,), numpy.float32)
        if family == "categorical":
            self.action_space = gymnasium.spaces.Discrete(3)
        else:
            self.action_space = gymnasium.spaces.Box(-1, 1, (2,), numpy.float32)


def make_model(algorithm, family, settings, seed):
    common = {
        "n_steps": STEPS, "ent_coef": settings["entropy"], "vf_coef": settings["value_weight"],
        "max_grad_norm": settings["gradient_clip"], "learning_rate": settings["rate"], "seed": seed, "device": "cpu",
    }  # fmt: skip
    if algorithm == "ppo":
        model = PPO("MlpPolicy", Spaces(family), batch_size=STEPS, n_epochs=1, clip_range=settings["clip"],
                    clip_range_vf=settings["value_clip"] or None, **common)  # fmt: skip
    else:
        optimizer = {"alpha": 0.99, "eps": settings["optimizer_epsilon"], "weight_decay": 0}
        model = A2C("MlpPolicy", Spaces(family), normalize_advantage=False,
                    policy_kwargs={"optimizer_class": RMSpropTFLike, "optimizer_kwargs": optimizer},
                    **common)  # fmt: skip
    model.set_logger(configure(None, []))
    return model


def slices(policy, of):
    """Ascent's slices, from Stable-Baselines3's policy; `of` takes the parameter or its gradient."""
    found = {}
    for name, hidden, head in (
        ("actor", policy.mlp_extractor.policy_net, policy.action_net),
        ("critic", policy.mlp_extractor.value_net, policy.value_net),
    ):
        layers = [layer for layer in [*hidden, head] if isinstance(layer, torch.nn.Linear)]
        for l, layer in enumerate(layers):
            found[f"{name}.{l}.weight"] = of(layer.weight).T
            found[f"{name}.{l}.bias"] = of(layer.bias)
    if hasattr(policy, "log_std"):
        found["actor.log_deviation"] = of(policy.log_std)
    return {name: numpy.ascontiguousarray(array.detach().numpy().copy()) for name, array in found.items()}


def fill(model, generator, value_clip):
    """Makes a batch and writes it into the model's rollout buffer."""
    policy, buffer = model.policy, model.rollout_buffer
    observations = generator.normal(size=(STEPS, *model.observation_space.shape)).astype(numpy.float32)
    with torch.no_grad():
        seen = torch.as_tensor(observations)
        actions, values, log_probabilities = policy(seen)
    values, log_probabilities = values.flatten().numpy(), log_probabilities.numpy()
    moved = generator.normal(scale=0.3, size=STEPS)
    old_values = values + moved
    if value_clip:
        # Put the target on the side of the value away from the clipped value, which then has the larger error.
        side = -numpy.sign(moved) * generator.choice([1.0, -1.0], size=STEPS)
        side = numpy.where(numpy.abs(moved) > value_clip, -numpy.sign(moved), side)
        targets = values + side * generator.uniform(0.05, 3, size=STEPS)
    else:
        targets = values + generator.normal(scale=2, size=STEPS)
    batch = {
        "observations": observations,
        "actions": actions.numpy().reshape(STEPS, -1),
        "log_probabilities": log_probabilities + generator.normal(scale=0.3, size=STEPS),
        "advantages": generator.normal(loc=0.5, scale=2, size=STEPS),
        "targets": targets,
        "values": old_values,
    }
    batch = {name: array.astype(numpy.float32) for name, array in batch.items()}
    buffer.observations[:, 0] = batch["observations"]
    buffer.actions[:, 0] = batch["actions"]
    buffer.log_probs[:, 0] = batch["log_probabilities"]
    buffer.advantages[:, 0] = batch["advantages"]
    buffer.returns[:, 0] = batch["targets"]
    buffer.values[:, 0] = batch["values"]
    buffer.full, buffer.generator_ready = True, False
    return batch


def make(name, settings, seed):
    algorithm, family = name.split("-")
    model = make_model(algorithm, family, settings, seed)
    policy, generator = model.policy, numpy.random.default_rng(seed)
    with torch.no_grad():
        # Move the parameters away from zero biases, a small head and unit deviations, which could hide mistakes.
        for parameter in policy.parameters():
            parameter += torch.as_tensor(generator.normal(scale=0.1, size=parameter.shape).astype(numpy.float32))
    tensors = fill(model, generator, settings["value_clip"])
    tensors |= {f"before.{key}": array for key, array in slices(policy, lambda p: p).items()}
    clip, gradients = torch.nn.utils.clip_grad_norm_, {}

    def observe(parameters, bound):
        gradients.update(slices(policy, lambda p: -p.grad))
        return clip(parameters, bound)

    with mock.patch.object(torch.nn.utils, "clip_grad_norm_", observe):
        model.train()
    tensors |= {f"gradient.{key}": array for key, array in gradients.items()}
    tensors |= {f"after.{key}": array for key, array in slices(policy, lambda p: p).items()}
    path = FIXTURES / f"{name}.safetensors"
    save_file(tensors, path, metadata={"settings": json.dumps(settings, sort_keys=True)})
    norm = numpy.sqrt(sum(float((g.astype(float) ** 2).sum()) for g in gradients.values()))
    clipped = model.logger.name_to_value.get("train/clip_fraction")
    print(f"{name}: {path.stat().st_size:,} bytes, norm {norm:.3f}, clipped {clipped}")


def main():
    torch.set_num_threads(1)
    warnings.filterwarnings("ignore", category=UserWarning)
    FIXTURES.mkdir(parents=True, exist_ok=True)
    for seed, (name, own) in enumerate(FILES.items(), start=1):
        make(name, ALGORITHMS[name.split("-")[0]] | own, seed)


if __name__ == "__main__":
    main()
