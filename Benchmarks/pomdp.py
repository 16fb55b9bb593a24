"""Measures the effect of memory in partially observed problems: the table of docs/results-pomdp.md and its data.

    make results-pomdp                        every missing row, then the table
    make results-pomdp ROW=tiger-gru          that row again, from its beginning
    Benchmarks/pomdp.py --report              only the table

Rows are made and stored as in Benchmarks/returns.py. The bounds on returns are those of `ascent check`.
"""

import json
import subprocess

import numpy
import returns
from returns import ASCENT, DATA, ROOT, Measured, Row, number
from statistics_of_seeds import write

REPORT = ROOT / "docs/results-pomdp.md"
NO_GOAL = -numpy.inf


def row(environment, steps, goal, memory, settings="", *, lanes=16, seeds=3, published="", episodes=100, emission="",
        algorithm="ppo"):  # fmt: skip
    """A row; without settings it has the preset of its environment and emission, and 0 steps are the preset's."""
    options = [*(["--preset", "none", "--lanes", lanes] if settings else []), *(["--emission", emission] if emission else [])]
    settings = [f"policy.memory={memory}", *settings.split()]
    return Row(environment, algorithm, published, goal, steps, seeds, settings, options, episodes=episodes)


def family(name, memories, environment, steps, goal, settings="", **others):
    """Rows of one problem with several kinds of memory; the goal is for the recurrent one."""
    return {
        f"{name}-{memory.replace('=', '')}": row(
            environment, steps, goal if memory in ("gru", "lstm") else NO_GOAL, memory, settings, **others)
        for memory in memories
    }  # fmt: skip


def popgym(problem, steps, goal, published, memory="gru"):
    """A row of a POPGym problem with a GRU; `published` is the paper's GRU, the maximum over 15 M training steps."""
    return row(
        f"popgym:popgym-{problem}-v0", steps, goal, memory, "rollout.steps=128 algorithm.minibatch=512 "
        "algorithm.rate=0.001 algorithm.rate_schedule=linear algorithm.entropy=0.01",
        published=f"{published} (POPGym, 15 M, maximum)")  # fmt: skip


def minigrid(problem, steps, goal, published, emission=""):
    """A row of a partially observed MiniGrid problem with a GRU; observations of bits need no standardizing."""
    numbers = "" if "cells.py" in emission else " normalize.observations=all normalize.returns=true"
    return row(
        f"MiniGrid-{problem}-v0", steps, goal, "gru", "rollout.steps=128 algorithm.minibatch=512 algorithm.rate=0.0007 "
        "algorithm.rate_schedule=linear algorithm.entropy=0.01 algorithm.entropy_schedule=linear" + numbers,
        published=published, emission=emission)  # fmt: skip


ALL = ("none", "window=4", "gru", "lstm")

ROWS = {
    **family("hidden-cartpole", ALL, "CartPole-v1", 0, 500, seeds=10, published="500 (zoo's ppo_lstm, 1 run)",
             emission="hide=1,3"),
    **family("hidden-pendulum", ("none", "gru"), "Pendulum-v1", 0, -218, seeds=10,
             published="−218 (zoo's ppo_lstm, 1 run)", emission="hide=2"),
    **family("t-maze", ALL, "native:t-maze", 0, 0.95 * 4, seeds=10, episodes=10_000),
    **family("tiger", ("none", "window=4", "gru"), "native:tiger", 0, 0.95 * 20.391, episodes=10_000),
    **family("repeat-previous", ALL, "native:repeat-previous", 0, 0.95, seeds=10, episodes=10_000),
    "linear-gaussian-gru": row(
        "native:linear-gaussian", 0, -1.1 * 16.049, "gru", episodes=10_000, algorithm="trpo"),
    "hidden-mountaincar-gru": row(
        "MountainCarContinuous-v0", 0, 91, "gru", published="91.5 (zoo's ppo_lstm, 1 run)", emission="hide=1"),
    # The paper's policies also observe the previous action (PreviousAction in its ppo.py). An entropy bonus would
    # outweigh rewards of 1/200.
    "noisy-position-cartpole-gru": row(
        "popgym:popgym-NoisyPositionOnlyCartPoleEasy-v0", 1_000_000, 0.97, "gru", "rollout.steps=256 "
        "algorithm.minibatch=1024 algorithm.epochs=20 algorithm.rate=0.001 algorithm.rate_schedule=linear "
        "algorithm.gamma=0.95 environment.also_observe=action", published="0.995 (POPGym, 15 M, maximum)", episodes=300),
    "repeat-first-gru": popgym("RepeatFirstEasy", 1_000_000, 1, "1.0"),
    "repeat-previous-easy-gru": popgym("RepeatPreviousEasy", 1_000_000, 1, "1.0"),
    "repeat-previous-medium-window33": popgym(
        "RepeatPreviousMedium", 1_000_000, 0.5, "−0.315; best of 13 models 0.789", "window=33"),
    "redbluedoors-gru": minigrid("RedBlueDoors-6x6", 1_000_000, 0.95, "0.860 (zoo, 1 run)"),
    "memory-s7-gru": minigrid("MemoryS7", 400_000, 0.90, "", emission="envs/cells.py:Choices"),
    # Observations of thousands of bits: relu and a shared trunk; a discount that favors short episodes.
    "gotodoor-gru": row(
        "MiniGrid-GoToDoor-5x5-v0", 400_000, 0.90, "gru", "policy.hidden=128,128 policy.activation=relu policy.trunk=shared "
        "rollout.steps=128 algorithm.minibatch=512 algorithm.rate=0.001 algorithm.rate_schedule=linear algorithm.gamma=0.98 "
        "algorithm.entropy=0.02 algorithm.entropy_schedule=linear",
        published="0.525 at 5 M, mission not seen (zoo, 1 run)", emission="envs/missions.py:Words,envs/cells.py:Choices"),
    "position-cartpole-gru": popgym("PositionOnlyCartPoleEasy", 500_000, 1, "1.0"),
}  # fmt: skip
# Rewards depend on the present action only, so a small discount suffices.
ROWS["repeat-previous-easy-gru"].settings += ["algorithm.entropy_schedule=linear", "algorithm.gamma=0.5"]
returns.ROWS.update(ROWS)


def bounds(environment):
    """The best returns with the state, with full memory, and with the last observation only, as far as known."""
    if not environment.startswith("native:"):
        return {}
    found = subprocess.run([ASCENT, "check", environment, "--json"], capture_output=True, text=True, check=True)
    return json.loads(found.stdout.splitlines()[-1])


def line_of(name, known):
    row, it = ROWS[name], Measured(name)
    shown = [row.options[row.options.index("--emission") + 1]] if "--emission" in row.options else []
    prefix = "environment.also_observe="
    shown += [f"+ {setting.removeprefix(prefix)}" for setting in row.settings if setting.startswith(prefix)]
    if row.environment in ("native:tiger", "native:linear-gaussian"):
        shown.append("+ action")
    best = [number(known[key]) if known.get(key) is not None else "–" for key in ("fully_observed", "belief", "memoryless")]
    has_goal = row.goal > NO_GOAL
    reached = ("yes" if it.ours >= row.goal - 1e-6 else "no") if has_goal else "–"
    return (
        f"| {row.environment}{it.mark} | {row.algorithm} | {' '.join(shown) or '–'} | {row.settings[0].partition('=')[2]} | {it.steps:,} "
        f"| {len(it.means)} | {row.published or '–'} | {' | '.join(best)} | {number(row.goal) if has_goal else '–'} "
        f"| {it.interval} | {it.seeds} | {it.minutes:.1f} | {reached} |")  # fmt: skip


def report():
    there = [name for name in ROWS if (DATA / f"{name}.csv").exists()]
    missing = [name for name in ROWS if name not in there]
    known = {e: bounds(e) for e in {ROWS[name].environment for name in there}}
    text = [
        "# Returns under partial observability",
        "",
        "`make results-pomdp` (Benchmarks/pomdp.py) writes this page from the numbers in docs/results/, measured as",
        "those of [results.md](results.md): the return of the final policy, which takes its most probable actions,",
        "over 100 episodes (10,000 on native problems, 300 on NoisyPositionOnlyCartPoleEasy) with random streams",
        "that training never uses. Rows of native problems and of CartPole-v1, Pendulum-v1 and",
        "MountainCarContinuous-v0 have the presets of their questions, except for rows marked °, which had none;",
        "docs/results/ROW.toml has the settings of each.",
        *returns.OLD_ROWS,
        "",
        "The columns:",
        "",
        "- *emission*: the model p(o∣s) between environment and policy (`--emission`). *+ action*: the previous",
        "  action is observed, too.",
        "- *memory*: `policy.memory`. *none* sees the last observation, *window=k* the last k, *gru* and *lstm* have",
        "  a recurrent layer.",
        "- *published*: a published return. *zoo* is rl-baselines3-zoo; *POPGym, 15 M, maximum* is the highest",
        "  return within 15 million steps.",
        "- *state seen*, *belief*, *memoryless*: the highest expected return of all policies that see the state,",
        "  that remember every observation, or that see only the last one (`ascent check`; for the last of these,",
        "  the highest that was found).",
        "- *ours*: the interquartile mean over the training seeds (the mean, for fewer than four) with its 95 %",
        "  bootstrap interval.",
        "- *reached*: *ours* is at least the goal. Rows for comparison have no goal.",
        "",
        "| environment | algorithm | emission | memory | steps | seeds | published | state seen | belief | memoryless | goal | ours "
        "| seeds from … to | minutes | reached |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|",
        *(line_of(name, known[ROWS[name].environment]) for name in there),
        "",
    ]
    speed = DATA / "recurrent-speed.json"
    if speed.exists():
        found = json.loads(speed.read_text())
        text += [
            "## Speed", "",
            "Steps a second of PPO with an LSTM of 64 units on CartPole-v1 (8 lanes × 32 steps, minibatches of 256,",
            "20 epochs, one thread), medians of interleaved runs (`make recurrent-speed`):",
            f"{found['ascent']:,} by Ascent, {found['sb3_contrib']:,} by RecurrentPPO of sb3-contrib.",
            f"The ratio is {found['ratio']} ({found['lowest']} to {found['highest']}).", "",
        ]  # fmt: skip
    if missing:
        text += ["Not run yet: " + ", ".join(missing) + ".", ""]
    write(REPORT, "\n".join(text))
    print(f"{REPORT.relative_to(ROOT)}: {len(there)} rows, {len(missing)} not run yet")


if __name__ == "__main__":
    returns.main(ROWS, report)
