"""Compares the training speed of Ascent and its peers where the work is heavy: pictures, wide networks, memory, and the
other algorithms. The same workload, alternately, on one core. Part of `make bench`.

    Benchmarks/peers/heavy.py [TEXT] [ROUNDS]    the workloads whose title contains TEXT, in 2 rounds or more
"""

import json
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))
import speed  # noqa: E402

PICTURES = "Benchmarks/environments/pictures.py:Pictures"
NATURE = ["policy.convolutions=nature", "policy.hidden=512", "policy.activation=relu", "policy.trunk=shared"]
CELLS = ["policy.convolutions=16x3/1", "policy.hidden=128", "policy.activation=relu", "policy.trunk=shared"]
SB3, CONTRIB, TORCH = "Stable-Baselines3", "sb3-contrib", "PyTorch, one file"


@dataclass
class Workload:
    """A workload: the steps of a run of ours, our settings, and for each peer its budget, its steps and its settings."""

    title: str
    environment: str
    algorithm: str
    lanes: int
    rollout: int
    steps: int
    settings: list
    peers: dict = field(default_factory=dict)  # name -> budget or None, steps, case or arguments of the script


def ppo(lanes, rollout, minibatch, epochs):
    """The names of the same numbers here and there."""
    return (
        [f"algorithm.minibatch={minibatch}", f"algorithm.epochs={epochs}"],
        {"n_steps": rollout, "batch_size": minibatch, "n_epochs": epochs},
    )


def case(algorithm, policy, environment, lanes, settings, **network):
    return {"algorithm": algorithm, "policy": policy, "environment": environment, "lanes": lanes, "settings": settings, "network": network}  # fmt: skip


def workloads():
    pictures, their_pictures = ppo(8, 128, 256, 4)
    wide, their_wide = ppo(1, 512, 64, 20)
    plain, their_plain = ppo(1, 2048, 64, 10)
    short, their_short = ppo(8, 32, 256, 20)
    wide_network = {"net_arch": [256, 256], "activation_fn": "ReLU"}
    lstm = {"lstm_hidden_size": 256, "net_arch": [64, 64]}
    return [
        Workload(
            "84×84×4 bytes, Nature network, 8 × 128, minibatches of 256, 4 epochs", PICTURES, "ppo", 8, 128, 1_024,
            pictures + NATURE, {
                SB3: (1.7, 1_024, case("PPO", "CnnPolicy", "Pictures", 8, their_pictures)),
                TORCH: (1.5, 1_024, ["Pictures", 8, 128, 256, 4]),
            }),
        Workload(
            "MinAtar/Breakout-v1, 16 of 3×3, 128, 8 × 128, minibatches of 256, 4 epochs", "MinAtar/Breakout-v1", "ppo", 8, 128,
            16_384, pictures + CELLS,
            {SB3: (6, 4_096, case("PPO", "CnnPolicy", "MinAtar/Breakout-v1", 8, their_pictures, cells=True, normalize_images=False))}),
        Workload(
            "HalfCheetah-v5, 256×256 relu, 1 × 512, minibatches of 64, 20 epochs", "HalfCheetah-v5", "ppo", 1, 512, 8_192,
            [*wide, "policy.hidden=256,256", "policy.activation=relu"],
            {SB3: (9, 1_024, case("PPO", "MlpPolicy", "HalfCheetah-v5", 1, their_wide, **wide_network))}),
        Workload(
            "HalfCheetah-v5, 64×64 tanh, 1 × 2,048, minibatches of 64, 10 epochs", "HalfCheetah-v5", "ppo", 1, 2048, 16_384, plain,
            {SB3: (None, 2_048, case("PPO", "MlpPolicy", "HalfCheetah-v5", 1, their_plain))}),
        Workload(
            "CartPole-v1, GRU (theirs LSTM) of 256, 8 × 32, minibatches of 256, 20 epochs", "CartPole-v1", "ppo", 8, 32, 2_048,
            [*short, "policy.memory=gru", "policy.memory_size=256"],
            {CONTRIB: (15, 512, case("RecurrentPPO", "MlpLstmPolicy", "CartPole-v1", 8, their_short, **lstm))}),
        Workload(
            "CartPole-v1, A2C, 64×64, 8 × 5", "CartPole-v1", "a2c", 8, 5, 102_400, [],
            {SB3: (None, 10_240, case("A2C", "MlpPolicy", "CartPole-v1", 8, {"n_steps": 5}))}),
        Workload(
            "HalfCheetah-v5, TRPO, 64×64, 1 × 2,048", "HalfCheetah-v5", "trpo", 1, 2048, 16_384,
            ["algorithm.critic_epochs=10", "algorithm.critic_minibatch=128", "algorithm.conjugate_steps=15"],
            {CONTRIB: (None, 8_192, case(
                "TRPO", "MlpPolicy", "HalfCheetah-v5", 1,
                {"n_steps": 2048, "batch_size": 128, "cg_max_steps": 15, "n_critic_updates": 10}))}),
    ]  # fmt: skip


def ours(run, ascent, load, out):
    text, _, megabytes = run([
        ascent, "train", load.environment, "--algorithm", load.algorithm, "--preset", "none", "--lanes", load.lanes,
        "--steps", load.steps, "--quiet", "--json", "--out", out,
        *(part for setting in [f"rollout.steps={load.rollout}", *load.settings] for part in ("--set", setting)),
    ])  # fmt: skip
    return speed.speed_of(text), megabytes


def theirs(run, peer, steps, arguments):
    script = HERE / ("torch_ppo.py" if peer == TORCH else "heavy_peer.py")
    words = arguments if peer == TORCH else [json.dumps(arguments)]
    text, _, megabytes = run([speed.PEERS / "bin/python", script, *words, steps])
    return speed.speed_of(text), megabytes


def measure(run, ascent, rounds, folder, text=""):
    """Speeds, ratios and megabytes for each workload, peer and round; a sentence if no peers are installed."""
    if not speed.are_installed():
        return speed.NOT_INSTALLED
    rows = {}
    for n, load in enumerate(workloads()):
        if text not in load.title:
            continue
        for k in range(rounds):
            own = ours(run, ascent, load, folder / f"heavy-{n}-{k}")
            for peer, (_, steps, arguments) in load.peers.items():
                speed.record(rows, load.title, peer, own, theirs(run, peer, steps, arguments))
    return rows


def section(rows, spread, verdict):
    """The lines of the page."""
    lines = [
        "", "## Pictures, wide networks, memory", "",
        "As above, with other networks and algorithms (Benchmarks/peers/heavy.py has every setting); the pictures are noise that",
        "costs next to nothing, so that what is timed is the learner.", "",
    ]  # fmt: skip
    budgets = {(load.title, peer): one[0] for load in workloads() for peer, one in load.peers.items()}
    return lines + ([rows] if isinstance(rows, str) else speed.table(rows, budgets, spread, verdict))


def main():
    import bench

    text = sys.argv[1] if len(sys.argv) > 1 else ""
    rounds = sys.argv[2] if len(sys.argv) > 2 else "3"
    if not rounds.isdecimal() or int(rounds) < 2:
        sys.exit(f"heavy: ROUNDS is 2 or more, not {rounds}")
    with tempfile.TemporaryDirectory() as folder:
        rows = measure(bench.run, bench.ASCENT, int(rounds), Path(folder), text)
    if not rows:
        sys.exit(f"heavy: no workload's title contains {text}")
    print("\n".join(section(rows, bench.spread, bench.verdict)))


if __name__ == "__main__":
    main()
