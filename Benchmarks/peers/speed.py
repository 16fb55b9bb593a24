"""Compares the training speed of Ascent and other libraries: the same workload, alternately, on one core. Part of
`make bench`.

The peers are installed in .venv-peers-speed (`Benchmarks/peers/setup.sh speed`). Without it, or without a C++ compiler
for RLtools, a line says what is left out.
"""

import json
import shutil
import sysconfig
from dataclasses import dataclass
from pathlib import Path

import scaling

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
PEERS = ROOT / ".venv-peers-speed"
RLTOOLS = ROOT / ".build-benchmarks/rltools_ppo"
RLTOOLS_STEPS = 204_800

# Programs that print the steps per second of the training call alone; SBX is called twice, since it compiles first.
SB3 = """
import sys, time, torch
from stable_baselines3 import PPO
from stable_baselines3.common.env_util import make_vec_env
torch.set_num_threads(1)
name, lanes, rollout, minibatch, epochs, steps = sys.argv[1], *map(int, sys.argv[2:])
model = PPO("MlpPolicy", make_vec_env(name, n_envs=lanes, seed=1), n_steps=rollout, batch_size=minibatch, n_epochs=epochs,
            device="cpu", seed=1)
began = time.perf_counter()
model.learn(steps)
print(model.num_timesteps / (time.perf_counter() - began))
"""
SBX = """
import sys, time
from sbx import PPO
from stable_baselines3.common.env_util import make_vec_env
name, lanes, rollout, minibatch, epochs, steps = sys.argv[1], *map(int, sys.argv[2:])
model = PPO("MlpPolicy", make_vec_env(name, n_envs=lanes, seed=1), n_steps=rollout, batch_size=minibatch, n_epochs=epochs, seed=1)
model.learn(2 * lanes * rollout)
began = time.perf_counter()
model.learn(steps)
print(model.num_timesteps / (time.perf_counter() - began))
"""
RLOX = """
import sys, time, torch
from rlox import Trainer
torch.set_num_threads(1)
name, lanes, rollout, minibatch, epochs, steps = sys.argv[1], *map(int, sys.argv[2:])
trainer = Trainer("ppo", env=name, seed=1, config=dict(n_envs=lanes, n_steps=rollout, batch_size=minibatch, n_epochs=epochs))
began = time.perf_counter()
trainer.train(total_timesteps=steps)
print(steps / (time.perf_counter() - began))
"""


@dataclass
class Workload:
    """A workload of Ascent, and the peers with their budgets: the required speed of Ascent ÷ that of the peer."""

    title: str
    environment: str
    lanes: int
    rollout: int
    minibatch: int
    epochs: int
    steps: int  # of Ascent
    peers: dict  # name -> budget, steps of the peer
    options: tuple = ()
    theirs: str = "CartPole-v1"

    @property
    def shape(self):
        return self.lanes, self.rollout, self.minibatch, self.epochs


CARTPOLE = (8, 32, 256, 20)
WORKLOADS = [
    Workload("CartPole-v1, 8 × 32, minibatches of 256, 20 epochs", "CartPole-v1", *CARTPOLE, 51_200, {
        "Stable-Baselines3": (10, 7_680), "PyTorch, one file": (10, 7_680), "SBX": (5, 15_360), "rlox": (7, 12_800)}),
    Workload("native:cartpole, the same", "native:cartpole", *CARTPOLE, 102_400, {"JAX, one program": (1.6, 99_840)}),
    Workload("native:pendulum, 4 × 1,024, minibatches of 256, 2 epochs", "native:pendulum", 4, 1024, 256, 2, RLTOOLS_STEPS,
             {"RLtools": (1.2, RLTOOLS_STEPS)}),
    Workload("CartPole-v1 as a vector, 64 × 32, minibatches of 512, 4 epochs", "CartPole-v1", 64, 32, 512, 4, 204_800,
             {"Stable-Baselines3": (20, 20_480)}, ("--vector",)),
]  # fmt: skip


NOT_INSTALLED = "The peers are not installed here (`Benchmarks/peers/setup.sh speed`): left out."


def are_installed():
    return (PEERS / ".ascent-setup").exists()


def compile_rltools(run, compiler):
    """Compiles RLtools with its package's headers and scipy's OpenBLAS, as its own build does."""
    site = Path(sysconfig.get_path("purelib", vars={"base": str(PEERS), "platbase": str(PEERS)}))
    blas = site / "scipy_openblas32"
    RLTOOLS.parent.mkdir(parents=True, exist_ok=True)
    run([
        compiler, "-std=c++17", "-O3", "-march=native", "-ffast-math", f"-DSTEPS={RLTOOLS_STEPS}",
        "-DRL_TOOLS_BACKEND_ENABLE_OPENBLAS", "-DRL_TOOLS_DISABLE_UNALIGNED_MEMORY_ALLOCATIONS",
        "-Dcblas_sgemm=scipy_cblas_sgemm", "-I", site / "rltools/external/rl_tools/include", "-I", blas / "include",
        HERE / "rltools_ppo.cpp", "-o", RLTOOLS, "-L", blas / "lib", "-lscipy_openblas", f"-Wl,-rpath,{blas / 'lib'}",
    ])  # fmt: skip


def command_of(peer, load, steps):
    python, numbers = PEERS / "bin/python", [*load.shape, steps]
    if peer == "RLtools":
        return [RLTOOLS]
    if peer == "JAX, one program":
        return [python, HERE / "jax_ppo.py", *numbers]
    if peer == "PyTorch, one file":
        return [python, HERE / "torch_ppo.py", load.theirs, *numbers]
    return [python, "-c", {"Stable-Baselines3": SB3, "SBX": SBX, "rlox": RLOX}[peer], load.theirs, *numbers]


def speed_of(text):
    """Steps per second, from a last line that is JSON or a number."""
    last = json.loads(text.strip().splitlines()[-1])
    return last["steps_per_second"] if isinstance(last, dict) else float(last)


def ours(run, ascent, load, out):
    settings = {"rollout.steps": load.rollout, "algorithm.minibatch": load.minibatch, "algorithm.epochs": load.epochs}
    return scaling.train(run, ascent, out, load.environment, load.steps, load.lanes, settings, load.options)


def measure(run, ascent, rounds, folder):
    """Measures speeds, ratios and megabytes for each workload, peer and round; a sentence if no peers are installed."""
    if not are_installed():
        return NOT_INSTALLED
    compiler = shutil.which("clang++") or shutil.which("g++")
    if compiler:
        compile_rltools(run, compiler)
    else:
        print("  there is no C++ compiler: RLtools is left out", flush=True)
    rows = {}
    for load in WORKLOADS:
        if "RLtools" in load.peers and not compiler:
            continue
        for k in range(rounds):
            own, own_megabytes = ours(run, ascent, load, folder / f"{load.environment}-{load.lanes}-{k}".replace(":", "-"))
            for peer, (_, steps) in load.peers.items():
                text, seconds, megabytes = run(command_of(peer, load, steps))
                record(rows, load.title, peer, (own, own_megabytes), (speed_of(text), megabytes))
    return rows


def record(rows, title, peer, ours, theirs):
    """Adds a round of a workload and a peer, given speed and megabytes of each side, and prints it."""
    (own, own_megabytes), (their, megabytes) = ours, theirs
    rows.setdefault((title, peer), []).append({
        "ours": own, "theirs": their, "ratio": own / their, "our_megabytes": own_megabytes, "megabytes": megabytes})  # fmt: skip
    print(f"  {title}: ours {own:,.0f}, {peer} {their:,.0f} steps/s, {own / their:.2f} ×", flush=True)


def section(rows, spread, verdict):
    """The lines of the page."""
    lines = [
        "", "## Peers", "",
        "The same workload here and there, one after the other on the same core, PPO with two layers of 64 for actor and",
        "critic each; steps a second of the training call alone (start-up and compilation are not counted). *Times* is ours",
        "÷ theirs. *PyTorch, one file* (Benchmarks/peers/torch_ppo.py) and *JAX, one program* (jax_ppo.py, CartPole in JAX)",
        "are written in the style of CleanRL and PureJaxRL; RLtools trains on its own Pendulum in C++, with an OpenBLAS.", "",
    ]  # fmt: skip
    if isinstance(rows, str):
        return [*lines, rows]
    budgets = {(load.title, peer): budget for load in WORKLOADS for peer, (budget, _) in load.peers.items()}
    return lines + table(rows, budgets, spread, verdict)


def table(rows, budgets, spread, verdict):
    """A table of workloads and peers, with the required ratio of each pair, or None."""

    def judged(key, measured):
        return "– | no budget" if budgets[key] is None else f"{budgets[key]} | {verdict(measured, budgets[key], at_least=True)}"

    return [
        "| workload | ours, steps/s | peer | theirs, steps/s | times | budget | | MB, ours · theirs |",
        "|---|---|---|---|---|---|---|---|",
        *(
            f"| {key[0]} | {spread(measured, 'ours', ',.0f')} | {key[1]} | {spread(measured, 'theirs', ',.0f')} "
            f"| {spread(measured, 'ratio', '.2f')} | {judged(key, measured)} "
            f"| {max(row['our_megabytes'] for row in measured):.0f} · {max(row['megabytes'] for row in measured):.0f} |"
            for key, measured in rows.items()
        ),
    ]  # fmt: skip
