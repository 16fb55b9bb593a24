"""Measures the time until a return is reached, start-up included, here and in Stable-Baselines3 with the zoo's settings. Part of
`make bench`.

    Benchmarks/peers/reach.py [TEXT]    the goals whose environment contains TEXT
    Benchmarks/peers/reach.py --write   all of them, into their section of RESULTS.md

The clock runs from the start of the process to the first iteration after which the mean return of the last 100 episodes of
training is the goal. Each side is stopped then, or after 300 seconds, and has one core, or ours two with two workers.
"""

import json
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))
import speed  # noqa: E402

# Prints a line when the goal is reached. The settings are those of rl-baselines3-zoo.
SB3 = """
import sys, json, torch, numpy
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.env_util import make_vec_env
torch.set_num_threads(1)
name, goal, seed = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
zoo = {
    "CartPole-v1": (8, 100_000, dict(n_steps=32, batch_size=256, gae_lambda=0.8, gamma=0.98, n_epochs=20,
                                     learning_rate=lambda left: 0.001 * left, clip_range=lambda left: 0.2 * left)),
    "LunarLander-v3": (16, 1_000_000, dict(n_steps=1024, batch_size=64, gae_lambda=0.98, gamma=0.999, n_epochs=4, ent_coef=0.01)),
}
lanes, steps, settings = zoo[name]

class Goal(BaseCallback):
    def _on_step(self):
        return True

    def _on_rollout_end(self):
        returns = [episode["r"] for episode in self.model.ep_info_buffer]
        if len(returns) >= 100 and numpy.mean(returns) >= goal:
            print(json.dumps({"steps": self.num_timesteps}), flush=True)
            sys.exit(0)

PPO("MlpPolicy", make_vec_env(name, n_envs=lanes, seed=seed), device="cpu", seed=seed, **settings).learn(steps, callback=Goal())
"""
PEER = "Stable-Baselines3"
SEEDS = 3
PATIENCE = 300  # seconds after which a side is stopped


@dataclass
class Goal:
    """A return, and the seconds in which it is to be reached with one worker, and with two."""

    environment: str
    value: float
    seconds: dict  # workers -> budget
    peer_seeds: int  # those with which the peer is measured: it takes minutes


GOALS = [Goal("CartPole-v1", 475, {1: 2.5, 2: None}, 3), Goal("LunarLander-v3", 250, {1: 40, 2: 22}, 1)]


def until(command, is_reached, pinned):
    """Seconds and steps until a line of output says that the goal is reached; what became of it otherwise."""
    if pinned:
        command = ["taskset", "-c", "0", *command]
    began = time.monotonic()
    process = subprocess.Popen(list(map(str, command)), cwd=HERE.parents[1], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    found = None
    patience = threading.Timer(PATIENCE, process.terminate)
    patience.daemon = True
    patience.start()
    try:
        for line in process.stdout:
            steps = is_reached(line)
            if steps:
                found = time.monotonic() - began, steps
                break
    finally:
        patience.cancel()
        process.send_signal(signal.SIGINT)
        process.stdout.close()
        process.wait()
    return found or (f"not in {PATIENCE} s" if time.monotonic() - began >= PATIENCE else f"ended (exit {process.returncode})")


def ours(ascent, goal, seed, workers, out):
    """The same of `ascent train` with its preset."""
    episodes = 0

    def is_reached(text):
        nonlocal episodes
        line = json.loads(text)
        if line["event"] != "iteration":
            return None
        episodes += line["episodes"]
        return line["steps"] if episodes >= 100 and line["rollout/ep_rew_mean"] >= goal.value else None

    command = [ascent, "train", goal.environment, "--seed", seed, "--workers", workers, "--json", "--quiet", "--out", out]
    return until(command, is_reached, pinned=workers == 1)


def theirs(goal, seed):
    def is_reached(text):
        return json.loads(text)["steps"]

    return until([speed.PEERS / "bin/python", "-c", SB3, goal.environment, goal.value, seed], is_reached, pinned=True)


def measure(ascent, seeds, folder, text=""):
    """Seconds and steps for each goal, side and seed; a sentence if no peers are installed."""
    if not speed.are_installed():
        return speed.NOT_INSTALLED
    rows = {}
    for goal in GOALS:
        for seed in range(1, seeds + 1) if text in goal.environment else ():
            sides = {f"{workers}": ours(ascent, goal, seed, workers, folder / f"reach-{goal.environment}-{seed}-{workers}") for workers in goal.seconds}
            if seed <= goal.peer_seeds:
                sides[PEER] = theirs(goal, seed)
            for side, found in sides.items():
                rows.setdefault(goal.environment, {}).setdefault(side, []).append(found)
            shown = ", ".join(f"{side}: {found if isinstance(found, str) else f'{found[0]:.1f} s'}" for side, found in sides.items())
            print(f"  {goal.environment}, seed {seed}: {shown}", flush=True)
    return rows


def cell(found):
    """The median and the range of the seconds over the seeds, and the median of the steps."""
    pairs = [f for f in found if not isinstance(f, str)]
    others = [f for f in found if isinstance(f, str)]
    if not pairs:
        return f"{', '.join(sorted(set(others)))}, {len(found)} seed{'s' if len(found) > 1 else ''}"
    reached = sorted(f[0] for f in pairs)
    steps = statistics.median(f[1] for f in pairs)
    seeds = f", {len(found)} seed{'s' if len(found) > 1 else ''}"
    return (
        f"{statistics.median(reached):.1f} ({reached[0]:.1f} – {reached[-1]:.1f}) s, {steps:,.0f} steps"
        + (f", {len(others)} of {len(found)} not" if others else seeds))  # fmt: skip


def verdict(found, budget):
    if not budget:
        return "no budget"
    seconds = [float("inf") if isinstance(f, str) else f[0] for f in found]
    return "met" if max(seconds) <= budget else "missed" if min(seconds) > budget else "unclear"


def section(rows):
    text = [
        "", "## Time until a return", "",
        "Seconds from the start of the process until the mean return of the last 100 episodes of training is the goal: `ascent train ENV`",
        "with its preset, and Stable-Baselines3 with the settings of rl-baselines3-zoo, on one core each; ours with two workers on two.",
        f"Median (lowest – highest) over the seeds; *unclear* where only some of them keep the budget. After {PATIENCE} seconds a side is stopped.", "",
    ]  # fmt: skip
    if isinstance(rows, str):
        return [*text, rows]
    text += ["| environment | return | ours | budget, s | | ours, two workers | budget, s | | Stable-Baselines3 |", "|---|---|---|---|---|---|---|---|---|"]
    for goal in GOALS:
        if goal.environment not in rows:
            continue
        sides = rows[goal.environment]
        cells = [f"{goal.environment} | {goal.value:g}"]
        for workers, budget in goal.seconds.items():
            found = sides[f"{workers}"]
            cells.append(f"{cell(found)} | {budget or '–'} | {verdict(found, budget)}")
        text.append(f"| {' | '.join([*cells, cell(sides[PEER])])} |")
    return text


def write(lines):
    """Replaces the section of RESULTS.md, or adds it before that about scaling."""
    page = HERE.parent / "RESULTS.md"
    parts = page.read_text().split("\n## ")
    own = "\n".join(lines).strip().removeprefix("## ") + "\n"
    title = own.partition("\n")[0]
    titles = [part.partition("\n")[0] for part in parts]
    if title in titles:
        parts[titles.index(title)] = own
    else:
        parts.insert(titles.index("Scaling"), own)
    page.write_text("\n## ".join(parts))


def main():
    words = [word for word in sys.argv[1:] if word != "--write"]
    with tempfile.TemporaryDirectory() as folder:
        lines = section(measure(HERE.parents[1] / ".build/release/ascent", SEEDS, Path(folder), *words[:1]))
    if "--write" in sys.argv and not words:
        write(lines)
    print("\n".join(lines))


if __name__ == "__main__":
    main()
