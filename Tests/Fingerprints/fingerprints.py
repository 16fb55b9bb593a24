"""The bits of a list of runs, compared with those that are recorded: `make fingerprints`.

    fingerprints.py             make every run, compare with fingerprints.json, exit 1 when one differs
    fingerprints.py --record    make every run and write fingerprints.json
    fingerprints.py --only TEXT the runs whose name contains TEXT

A change that moves code must not move a bit. Each row is the run's fingerprint and the SHA-256 of metrics.csv without its
column `seconds`; a row with several numbers of workers has one answer for all of them. The recorded bits are those of one
machine type and one set of packages (envs/requirements.txt): elsewhere, record before a change and compare after it.
"""

import argparse
import csv
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
ASCENT = ROOT / ".build/release/ascent"
RECORD = Path(__file__).with_name("fingerprints.json")
SEED = "7"


def settings(*pairs):
    return [word for pair in pairs for word in ("--set", pair)]


SHORT = ["--steps", "8192"]
PLAIN = ["--preset", "none", *SHORT]

# Name: environment, options, numbers of workers.
TRAINED = {
    "CartPole-v1": ("CartPole-v1", ["--steps", "20000"], (1, 2, 3)),
    "CartPole-v1 plain": ("CartPole-v1", ["--preset", "none", "--steps", "20000"], (1, 2, 3)),
    "LunarLander-v3": ("LunarLander-v3", ["--steps", "20000"], (1, 2, 3)),
    "HalfCheetah-v5": ("HalfCheetah-v5", ["--steps", "8192"], (1, 2)),
    "bytes": (
        "Benchmarks/environments/pictures.py:Pictures",
        ["--preset", "none", "--steps", "512", *settings(
            "rollout.steps=16", "policy.convolutions=8x8/8,16x3/2", "policy.hidden=32", "policy.trunk=shared")], (1, 2, 3)),
    "bytes, trpo": (
        "Benchmarks/environments/pictures.py:Pictures",
        ["--preset", "none", "--algorithm", "trpo", "--steps", "512", *settings(
            "rollout.steps=16", "policy.convolutions=8x8/8,16x3/2", "policy.hidden=32")], (1, 2, 3)),
    "vector": ("CartPole-v1", [*PLAIN, "--lanes", "6", *settings("environment.vector=3")], (1, 2)),
    "vector, one": ("CartPole-v1", [*PLAIN, "--vector", "--lanes", "16", *settings("rollout.steps=64")], (1,)),
    "vector, begun anew": (
        "CartPole-v1", [*PLAIN, "--lanes", "4", *settings("environment.vector=2", "environment.vector_steps=300")], (1, 2)),
    "gru, emissions": (
        "CartPole-v1",
        [*PLAIN, "--emission", "hide=1,3", "--emission", "gaussian=0.05", *settings("policy.memory=gru", "policy.memory_size=16")],
        (1, 2, 3)),
    "lstm, sequences": (
        "CartPole-v1",
        [*PLAIN, "--emission", "dropout=0.1", *settings(
            "policy.memory=lstm", "policy.memory_size=16", "algorithm.sequence=16", "algorithm.burn_in=4", "policy.trunk=shared")],
        (1, 2)),
    "gru, trpo": ("native:t-maze", [*PLAIN, "--algorithm", "trpo", *settings("policy.memory=gru", "policy.memory_size=16")], (1, 2)),
    "gru, reinforce": (
        "native:tiger", [*PLAIN, "--algorithm", "reinforce", *settings("policy.memory=gru", "policy.memory_size=8")], (1, 2)),
    "masks": ("Taxi-v4", SHORT, (1, 2)),
    "trpo": ("Pendulum-v1", [*SHORT, "--algorithm", "trpo"], (1, 2, 3)),
    "npg": ("native:pendulum", [*PLAIN, "--algorithm", "npg"], (1, 2)),
    "a2c": ("CartPole-v1", [*SHORT, "--algorithm", "a2c"], (1, 2, 3)),
    "vpg": ("native:cartpole", [*PLAIN, "--algorithm", "vpg", *settings("algorithm.entropy=0.01")], (1, 2)),
    "reinforce": ("CartPole-v1", [*SHORT, "--algorithm", "reinforce"], (1, 2, 3)),
    "reinforce, value": ("native:cartpole", [*PLAIN, "--algorithm", "reinforce", *settings(
        "algorithm.baseline=value", "algorithm.critic_epochs=3", "algorithm.normalize_advantages=batch")], (1, 2)),
    "likelihood-ratio": ("native:two-state", [*PLAIN, "--algorithm", "likelihood-ratio"], (1, 2)),
    "v-trace": ("CartPole-v1", [*PLAIN, "--algorithm", "v-trace"], (1, 2, 3)),
    "off-policy-reinforce": ("native:cartpole", [*PLAIN, "--algorithm", "off-policy-reinforce"], (1, 2, 3)),
    "squashed": ("Pendulum-v1", [*PLAIN, *settings("policy.distribution=squashed", "normalize.observations=true")], (1, 2)),
    "beta": ("native:pendulum", [*PLAIN, *settings("policy.distribution=beta", "normalize.returns=true")], (1, 2)),
    "gsde": ("native:pendulum", [*PLAIN, *settings("policy.distribution=gsde", "policy.exploration_steps=8")], (1, 2)),
    "network-gaussian": ("native:pendulum", [*PLAIN, *settings(
        "policy.distribution=network-gaussian", "policy.activation=gelu", "policy.initialization=uniform")], (1,)),
    "images": ("MinAtar/Breakout-v1", ["--steps", "4096", "--preset", "none", *settings(
        "policy.convolutions=8x3/1", "policy.hidden=32", "policy.activation=relu", "policy.trunk=shared")], (1, 2)),
    "images, gru": ("MinAtar/Breakout-v1", ["--steps", "2048", "--preset", "none", *settings(
        "policy.convolutions=4x3/1", "policy.hidden=16", "policy.memory=gru", "policy.memory_size=8",
        "environment.frame_stack=2")], (1, 2)),
    "normalized": ("native:cartpole", [*PLAIN, *settings(
        "normalize.observations=true", "normalize.returns=true", "normalize.reward_clip=1", "algorithm.value_clip=0.2",
        "algorithm.target_kl=0.01", "algorithm.rate_schedule=linear", "algorithm.clip_schedule=linear",
        "algorithm.entropy=0.01", "algorithm.entropy_schedule=linear", "algorithm.weight_decay=0.01",
        "algorithm.optimizer=adamw")], (1, 2)),
    "own critic": ("native:cartpole", [*PLAIN, *settings(
        "algorithm.critic_epochs=4", "algorithm.surrogate=ratio", "algorithm.recompute_advantages=true",
        "algorithm.optimizer=momentum", "policy.activation=elu")], (1, 2)),
    "seen beside": ("native:cartpole", [*PLAIN, *settings(
        "environment.also_observe=action,reward,time", "policy.memory=window=3", "algorithm.optimizer=rmsprop")], (1,)),
    "confused": ("FrozenLake-v1", [*PLAIN, "--emission", "confuse=0.1", "--emission", "delay=1"], (1, 2)),
    "many emissions": ("native:acrobot", [
        *PLAIN, "--emission", "laplace=0.1", "--emission", "uniform=0.1", "--emission", "quantize=0.05", "--emission",
        "flicker=0.1"], (1,)),
    "own generator": ("Acrobot-v1", [*PLAIN, "--environment-rng", "native"], (1, 2)),
    "captured": ("Blackjack-v1", [*PLAIN, "--capture-rng"], (1, 2)),
    "kept state": ("envs/minatar_kept.py:Breakout", ["--steps", "2048", "--preset", "none"], (1, 2)),
    "own draws": ("envs/arrivals.py:Queue", [*PLAIN], (1, 2)),
    "mountain-car": ("native:mountain-car", [*PLAIN, "--algorithm", "reinforce"], (1,)),
    "linear-gaussian": ("native:linear-gaussian", [*PLAIN, *settings("policy.memory=lstm", "policy.memory_size=8")], (1, 2)),
    "hallway": ("native:hallway", [*PLAIN], (1,)),
    "mt19937": ("native:bandit", [*PLAIN, *settings("random.generator=mt19937")], (1,)),
}  # fmt: skip
for estimator in (
    "total-return", "reward-to-go", "reward-to-go-from-beginning", "importance-sampling", "per-decision", "first-order",
):  # fmt: skip
    TRAINED[f"estimator {estimator}"] = (
        "native:gridworld", ["--preset", "none", "--steps", "4096", "--algorithm", "reinforce",
                             *settings(f"algorithm.estimator={estimator}")], (1, 2))  # fmt: skip
for baseline in (
    "none", "leave-one-out", "time-dependent", "optimal", "optimal-leave-one-out", "optimal-per-component",
):  # fmt: skip
    TRAINED[f"baseline {baseline}"] = (
        "native:gridworld", ["--preset", "none", "--steps", "4096", "--algorithm", "reinforce",
                             *settings(f"algorithm.baseline={baseline}")], (1, 2))  # fmt: skip
TRAINED["optimizer ascent"] = (
    "native:two-state", [*PLAIN, "--algorithm", "reinforce", *settings("algorithm.optimizer=ascent", "algorithm.entropy=0.01",
                                                                        "algorithm.gradient_clip=0.5")], (1, 2))  # fmt: skip

# Name: words, of which RUN(name) is the folder of a run from above and FILE(name) a file that one of these wrote.
ASKED = {
    "evaluate": ["evaluate", "RUN(LunarLander-v3)", "--episodes", "10", "--stochastic", "--json"],
    "evaluate, mode": ["evaluate", "RUN(gsde)", "--episodes", "10", "--json"],
    "evaluate, gru": ["evaluate", "RUN(gru, emissions)", "--episodes", "10", "--stochastic", "--json"],
    "sample": ["sample", "RUN(CartPole-v1)", "--episodes", "20", "--out", "FILE(sample)"],
    "sample, hidden": ["sample", "RUN(gru, reinforce)", "--hidden", "--episodes", "5", "--out", "FILE(hidden)"],
    "sample, random": ["sample", "Pendulum-v1", "--episodes", "5", "--out", "FILE(random)"],
    "clone": ["clone", "FILE(sample)", "--out", "FILE(clone)", "--set", "algorithm.epochs=8", "--json"],
    "train from": [
        "train", "CartPole-v1", "--preset", "none", "--steps", "4096", "--from", "FILE(clone)", "--out", "FILE(from)", "--json"],
    "estimate": ["estimate", "RUN(CartPole-v1)", "--episodes", "20", "--json"],
    "estimate, other": ["estimate", "RUN(CartPole-v1 plain)", "--from", "FILE(sample)", "--json"],
    "gradient": ["gradient", "native:two-state", "--batches", "10", "--sources", "--json"],
    "gradient, FrozenLake": [
        "gradient", "FrozenLake-v1", "--batches", "6", "--json", "--estimators",
        "total-return+optimal,reward-to-go+optimal-per-component,per-decision,first-order,self-normalized,maximum-likelihood"],
    "gradient, gru": ["gradient", "RUN(gru, reinforce)", "--batches", "4", "--json"],
    "bounds": ["check", "native:tiger", "--steps", "100", "--json"],
    "replay": ["replay", "RUN(LunarLander-v3)", "--lane", "1", "--episode", "9", "--json"],
}  # fmt: skip


def run(words):
    environment = {k: v for k, v in os.environ.items() if k not in ("VIRTUAL_ENV", "CONDA_PREFIX")}
    done = subprocess.run([ASCENT, *words], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)  # fmt: skip
    if done.returncode != 0:
        sys.exit(f"ascent {' '.join(map(str, words))}\nended with {done.returncode}:\n{done.stderr}")
    return done.stdout


def sha(data):
    return hashlib.sha256(data).hexdigest()


def metrics(folder):
    with open(folder / "metrics.csv", newline="") as file:
        rows = [{name: value for name, value in row.items() if name != "seconds"} for row in csv.DictReader(file)]
    return sha(json.dumps(rows).encode())


def train(name, folder):
    environment, options, workers = TRAINED[name]
    answers = {}
    for count in workers:
        out = folder / f"{name}-{count}"
        text = run(["train", environment, "--seed", SEED, *options, "--workers", str(count), "--out", out, "--json"])
        answers[count] = [json.loads(text.splitlines()[-1])["fingerprint"], metrics(out)]
    if len({tuple(answer) for answer in answers.values()}) > 1:
        sys.exit(f"{name}: the number of workers changes the bits: {answers}")
    return answers[workers[0]]


def steady(text):
    """The numbers that a command printed, without its sentences and what the clock and the folder decide, and without the
    keys that the recorded answers did not have."""
    lines = []
    for line in text.splitlines():
        pairs = json.loads(line)
        for key in ("seconds", "steps_per_second", "run", "file", "speed", "text", "advice", "bits", "cut", "policy_steps", "time/fps"):
            pairs.pop(key, None)
        if pairs.get("name") != "speed":
            lines.append(json.dumps(pairs))
    return "\n".join(lines)


def ask(name, folder):
    def place(word):
        if word.startswith("RUN("):
            workers = TRAINED[word[4:-1]][2]
            return folder / f"{word[4:-1]}-{workers[0]}"
        return folder / f"{word[5:-1]}.out" if word.startswith("FILE(") else word

    words = [place(word) for word in ASKED[name]]
    text = run(words)
    answer = []
    if "--json" in words:
        answer.append(sha(steady(text).encode()))
    if "--out" in words and (written := words[words.index("--out") + 1]).is_file():
        answer.append(sha(written.read_bytes()))
    return answer


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--only", default="")
    wanted = parser.parse_args()
    recorded = {} if wanted.record else json.loads(RECORD.read_text())
    found, wrong = {}, 0
    with tempfile.TemporaryDirectory() as temporary:
        for name in [*TRAINED, *ASKED]:
            # What is asked needs the runs.
            if wanted.only not in name:
                continue
            answer = train(name, Path(temporary)) if name in TRAINED else ask(name, Path(temporary))
            found[name] = answer
            if not wanted.record and recorded.get(name) != answer:
                wrong += 1
                print(f"{name}: {answer} is not {recorded.get(name)}", flush=True)
            elif wanted.record:
                print(f"{name}: {answer[0]}", flush=True)
    if wanted.record:
        RECORD.write_text(json.dumps(found, indent=1) + "\n")
    runs = sum(len(TRAINED[name][2]) for name in found if name in TRAINED) + sum(name in ASKED for name in found)
    print(f"fingerprints: {len(found)} rows, {runs} runs, {wrong} differ from those recorded")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
