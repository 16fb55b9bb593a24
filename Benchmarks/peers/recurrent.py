"""Compares the speed of PPO with an LSTM in Ascent and sb3-contrib: docs/results/recurrent-speed.json.

    make recurrent-speed

CartPole-v1, 8 lanes × 32 steps, minibatches of 256, 20 epochs, an LSTM of 64 units and two layers of 64 for actor and
critic each, one thread. The two sides train alternately; the speed is steps per second of a whole training.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "Benchmarks"))
from statistics_of_seeds import write  # noqa: E402

ASCENT = os.environ.get("ASCENT") or ROOT / ".build/release/ascent"
PEER = ROOT / ".venv-peers/bin/python"
ROUNDS, OUR_STEPS, THEIR_STEPS = 5, 51_200, 5_120
THEIRS = """
import sys, time, torch
from sb3_contrib import RecurrentPPO
from stable_baselines3.common.env_util import make_vec_env
torch.set_num_threads(1)
model = RecurrentPPO("MlpLstmPolicy", make_vec_env("CartPole-v1", n_envs=8, seed=1), n_steps=32, batch_size=256, n_epochs=20,
                     policy_kwargs={"lstm_hidden_size": 64}, device="cpu", seed=1)
began = time.perf_counter()
model.learn(int(sys.argv[1]))
print(model.num_timesteps / (time.perf_counter() - began))
"""


def ours(out):
    line = [
        ASCENT, "train", "CartPole-v1", "--preset", "none", "--algorithm", "ppo", "--lanes", "8", "--steps", OUR_STEPS,
        "--quiet", "--json", "--out", out,
    ]  # fmt: skip
    for setting in ("policy.memory=lstm", "policy.memory_size=64", "rollout.steps=32", "algorithm.minibatch=256",
                    "algorithm.epochs=20"):  # fmt: skip
        line += ["--set", setting]
    done = subprocess.run([str(word) for word in line], cwd=ROOT, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])["steps_per_second"]


def theirs():
    line = [str(PEER), "-c", THEIRS, str(THEIR_STEPS)]
    return float(subprocess.run(line, check=True, capture_output=True, text=True).stdout.splitlines()[-1])


def main():
    os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    pairs = []
    for _ in range(ROUNDS):
        pairs.append((ours(ROOT / f"runs/recurrent-speed/{time.time_ns()}"), theirs()))
        print(f"{pairs[-1][0]:,.0f} and {pairs[-1][1]:,.0f} steps a second: {pairs[-1][0] / pairs[-1][1]:.1f}", flush=True)
    ratios = sorted(a / b for a, b in pairs)
    result = {
        "ascent": round(statistics.median(a for a, _ in pairs)), "sb3_contrib": round(statistics.median(b for _, b in pairs)),
        "ratio": round(statistics.median(ratios), 1), "lowest": round(ratios[0], 1), "highest": round(ratios[-1], 1),
    }  # fmt: skip
    write(ROOT / "docs/results/recurrent-speed.json", json.dumps(result) + "\n")
    print(result)


if __name__ == "__main__":
    main()
