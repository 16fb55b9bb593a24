"""PPO in one file of plain PyTorch, as a careful user writes it in the style of CleanRL. Prints one line of JSON.

    python Benchmarks/peers/torch_ppo.py ENV LANES ROLLOUT MINIBATCH EPOCHS STEPS
"""

import json
import sys
import time

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


def main():
    name, (lanes, rollout, minibatch, epochs, steps) = sys.argv[1], map(int, sys.argv[2:7])
    torch.set_num_threads(1)
    torch.manual_seed(1)
    environments = gymnasium.vector.SyncVectorEnv(
        [lambda: gymnasium.make(name)] * lanes, autoreset_mode=gymnasium.vector.AutoresetMode.SAME_STEP)  # fmt: skip
    size, choices = environments.single_observation_space.shape[0], environments.single_action_space.n
    actor, critic = network(size, choices, 0.01), network(size, 1, 1.0)
    parameters = [*actor.parameters(), *critic.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=RATE, eps=1e-5)
    observations = torch.zeros(rollout, lanes, size)
    actions, scores, rewards, ends, values = (torch.zeros(rollout, lanes) for _ in range(5))
    seen = torch.as_tensor(environments.reset(seed=1)[0])
    totals, returns = numpy.zeros(lanes), []
    iterations = max(1, steps // (rollout * lanes))
    began = time.perf_counter()
    for iteration in range(iterations):
        optimizer.param_groups[0]["lr"] = RATE * (1 - iteration / iterations)
        with torch.no_grad():
            for t in range(rollout):
                policy = Categorical(logits=actor(seen))
                action = policy.sample()
                observations[t], actions[t], scores[t] = seen, action, policy.log_prob(action)
                values[t] = critic(seen).flatten()
                found, reward, terminated, truncated, infos = environments.step(action.numpy())
                over = terminated | truncated
                # Bootstrap after a truncation: add the value of the final observation to the last reward.
                for k in numpy.flatnonzero(truncated & ~terminated):
                    reward[k] += GAMMA * critic(torch.as_tensor(infos["final_obs"][k])).item()
                totals += numpy.ones(lanes)
                returns += totals[over].tolist()
                totals[over] = 0
                rewards[t], ends[t] = torch.as_tensor(reward), torch.as_tensor(over)
                seen = torch.as_tensor(found)
            following, carried = critic(seen).flatten(), torch.zeros(lanes)
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
                policy = Categorical(logits=actor(o))
                ratio = (policy.log_prob(a) - s).exp()
                gain = (gain - gain.mean()) / (gain.std() + 1e-8)
                surrogate = torch.min(ratio * gain, ratio.clamp(1 - CLIP, 1 + CLIP) * gain).mean()
                error = (critic(o).flatten() - targets[chosen]).pow(2).mean()
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
