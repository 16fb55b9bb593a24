"""PPO in one file of plain PyTorch, as a careful user writes it in the style of CleanRL. Prints one line of JSON.

    python Benchmarks/peers/torch_ppo.py ENV LANES ROLLOUT MINIBATCH EPOCHS STEPS
"""

import json
import sys
import time
from pathlib import Path

import gymnasium
import numpy
import torch
from torch import nn
from torch.distributions import Categorical

GAMMA, LAMBDA, CLIP, RATE, ENTROPY, VALUE, NORM = 0.98, 0.8, 0.2, 1e-3, 0.0, 0.5, 0.5


def layer(inputs, outputs, gain):
    made = nn.Linear(inputs, outputs)
    nn.init.orthogonal_(made.weight, gain)
    nn.init.zeros_(made.bias)
    return made


def network(inputs, outputs, gain):
    root = 2**0.5
    return nn.Sequential(
        layer(inputs, 64, root), nn.Tanh(), layer(64, 64, root), nn.Tanh(), layer(64, outputs, gain))  # fmt: skip


class Pixels(nn.Module):
    """The Nature network for pictures of bytes [row × column × channel], whose trunk actor and critic share."""

    def __init__(self, shape, choices):
        super().__init__()
        root = 2**0.5
        self.trunk = nn.Sequential(
            nn.Conv2d(shape[2], 32, 8, 4), nn.ReLU(), nn.Conv2d(32, 64, 4, 2), nn.ReLU(), nn.Conv2d(64, 64, 3, 1), nn.ReLU(),
            nn.Flatten(), layer(3136, 512, root), nn.ReLU())  # fmt: skip
        self.logits, self.value = layer(512, choices, 0.01), layer(512, 1, 1.0)

    def forward(self, pictures):
        found = self.trunk(pictures.permute(0, 3, 1, 2).float() / 255)
        return self.logits(found), self.value(found).flatten()


class Vectors(nn.Module):
    """A network of its own for actor and critic each."""

    def __init__(self, size, choices):
        super().__init__()
        self.actor, self.critic = network(size, choices, 0.01), network(size, 1, 1.0)

    def forward(self, rows):
        return self.actor(rows), self.critic(rows).flatten()


def environment(name):
    if name == "Pictures":
        sys.path.append(str(Path(__file__).resolve().parents[1] / "environments"))
        from pictures import Pictures

        return Pictures()
    return gymnasium.make(name)


def main():
    name, (lanes, rollout, minibatch, epochs, steps) = sys.argv[1], map(int, sys.argv[2:7])
    torch.set_num_threads(1)
    torch.manual_seed(1)
    environments = gymnasium.vector.SyncVectorEnv(
        [lambda: environment(name)] * lanes, autoreset_mode=gymnasium.vector.AutoresetMode.SAME_STEP)  # fmt: skip
    shape, choices = environments.single_observation_space.shape, environments.single_action_space.n
    model = Pixels(shape, choices) if len(shape) == 3 else Vectors(shape[0], choices)
    parameters = list(model.parameters())
    optimizer = torch.optim.Adam(parameters, lr=RATE, eps=1e-5)
    observations = torch.zeros(rollout, lanes, *shape, dtype=torch.uint8 if len(shape) == 3 else torch.float32)
    actions, scores, rewards, ends, values = (torch.zeros(rollout, lanes) for _ in range(5))
    seen = torch.as_tensor(environments.reset(seed=1)[0])
    totals, returns = numpy.zeros(lanes), []
    iterations = max(1, steps // (rollout * lanes))
    began = time.perf_counter()
    for iteration in range(iterations):
        optimizer.param_groups[0]["lr"] = RATE * (1 - iteration / iterations)
        with torch.no_grad():
            for t in range(rollout):
                logits, values[t] = model(seen)
                policy = Categorical(logits=logits)
                action = policy.sample()
                observations[t], actions[t], scores[t] = seen, action, policy.log_prob(action)
                found, reward, terminated, truncated, infos = environments.step(action.numpy())
                over = terminated | truncated
                # Bootstrap after a truncation: add the value of the final observation to the last reward.
                for k in numpy.flatnonzero(truncated & ~terminated):
                    reward[k] += GAMMA * model(torch.as_tensor(infos["final_obs"][k])[None])[1].item()
                totals += numpy.ones(lanes)
                returns += totals[over].tolist()
                totals[over] = 0
                rewards[t], ends[t] = torch.as_tensor(reward), torch.as_tensor(over)
                seen = torch.as_tensor(found)
            following, carried = model(seen)[1], torch.zeros(lanes)
            advantages = torch.zeros(rollout, lanes)
            for t in reversed(range(rollout)):
                going = 1 - ends[t]
                error = rewards[t] + GAMMA * following * going - values[t]
                carried = error + GAMMA * LAMBDA * going * carried
                advantages[t], following = carried, values[t]
            targets = (advantages + values).flatten()
        rows = [part.flatten(0, 1) for part in (observations, actions, scores, advantages)]
        for _ in range(epochs):
            for chosen in torch.randperm(rollout * lanes).split(minibatch):
                o, a, s, gain = (part[chosen] for part in rows)
                logits, found = model(o)
                policy = Categorical(logits=logits)
                ratio = (policy.log_prob(a) - s).exp()
                gain = (gain - gain.mean()) / (gain.std() + 1e-8)
                surrogate = torch.min(ratio * gain, ratio.clamp(1 - CLIP, 1 + CLIP) * gain).mean()
                error = (found - targets[chosen]).pow(2).mean()
                loss = VALUE * error - surrogate - ENTROPY * policy.entropy().mean()
                optimizer.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(parameters, NORM)
                optimizer.step()
    seconds = time.perf_counter() - began
    made = iterations * rollout * lanes
    print(json.dumps({"steps": made, "steps_per_second": made / seconds, "mean_return": float(numpy.mean(returns[-50:]))}))


if __name__ == "__main__":
    main()
