"""Measures the returns of trained policies: the table of docs/results.md and its data.

    make results                     every missing row, then the table
    make results ROW=cartpole-ppo    that row again, from its beginning
    Benchmarks/returns.py --report   only the table

A row is trained with several seeds, each run is evaluated, and docs/results/ROW.csv gets a line for each seed and
evaluation episode. A run that is in runs/returns/ or in docs/results/ is not repeated; one that was interrupted is
resumed. Runs are deterministic, so a repeated row has the same bytes.
"""

import argparse
import collections
import concurrent.futures
import csv
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy
from statistics_of_seeds import highest_of, interquartile_mean, interval, mean, write

ROOT = Path(__file__).resolve().parent.parent
ASCENT = os.environ.get("ASCENT") or ROOT / ".build/release/ascent"
RUNS = ROOT / "runs/returns"
DATA = ROOT / "docs/results"
REPORT = ROOT / "docs/results.md"
EPISODES, EVALUATION_SEED = 100, 1_000_003
# Their ROW.toml has no algorithm.advantage_floor.
OLD_ROWS = [
    "Rows marked ° were made before advantages had a floor, and are still to be made again. Those marked ¹ were made",
    "before it, too, and their first seed was made again with it: the same bits.",
]


@dataclass
class Row:
    """One line of the table; all other settings are those of the preset."""

    environment: str
    algorithm: str
    published: str
    goal: float
    steps: int = 0  # 0: the preset's
    seeds: int = 10
    settings: list = field(default_factory=list)
    options: list = field(default_factory=list)
    optimum: str = ""
    episodes: int = EPISODES
    every: float = -numpy.inf  # the goal of every single seed

    @property
    def label(self):
        extra = [s.partition("=")[2] for s in self.settings if s.startswith("algorithm.baseline")]
        return self.algorithm + "".join(f", {e} baseline" for e in extra)


def reinforce_rows():
    published = {"HalfCheetah": 884, "Hopper": 396, "Walker2d": 412, "Ant": 475}
    baselines = {
        "average": [],
        "optimal": ["algorithm.baseline=optimal"],
        "value": ["algorithm.baseline=value", "algorithm.critic_epochs=10"],
    }
    return {
        f"{name.lower()}-reinforce-{baseline}": Row(
            f"{name}-v5", "reinforce", f"{value} at 3 M (Tianshou, maximum, 10 seeds)", value, seeds=3,
            steps=1_000_000 if name in ("Hopper", "Ant") else 0, settings=settings or ["algorithm.baseline=average"])
        for name, value in published.items() for baseline, settings in baselines.items()
    }  # fmt: skip


ROWS = {
    "cartpole-ppo": Row("CartPole-v1", "ppo", "500 (zoo, 1 run)", 500, every=500),
    "cartpole-trpo": Row("CartPole-v1", "trpo", "500 at 100 k (zoo, 1 run)", 500, every=500),
    "cartpole-reinforce": Row("CartPole-v1", "reinforce", "483 (SLM-Lab, 4 runs)", 490, every=475),
    "acrobot-ppo": Row("Acrobot-v1", "ppo", "−81 (SLM-Lab, 4 runs)", -80, episodes=1_000),
    "acrobot-trpo": Row("Acrobot-v1", "trpo", "−83 (zoo, 1 run)", -82, episodes=1_000),
    "mountaincar-trpo": Row("MountainCar-v0", "trpo", "−107 (zoo, 1 run)", -107),
    "mountaincar-ppo": Row("MountainCar-v0", "ppo", "−110 (zoo, 1 run)", -108),
    "mountaincarcontinuous-ppo": Row("MountainCarContinuous-v0", "ppo", "88 (zoo, 1 run)", 90),
    "mountaincarcontinuous-trpo": Row("MountainCarContinuous-v0", "trpo", "92.5 (zoo, 1 run)", 93),
    "pendulum-ppo": Row("Pendulum-v1", "ppo", "−172 (zoo, 1 run)", -165),
    "frozenlake": Row(
        "FrozenLake-v1", "ppo", "", 0.74, optimum="0.744; 0.7402 if the time is not observed", episodes=10_000),
    "frozenlake8x8": Row(
        "FrozenLake8x8-v1", "ppo", "", 0.90, optimum="0.913; 0.8936 if the time is not observed", episodes=10_000),
    "taxi": Row("Taxi-v4", "ppo", "", 7.9, optimum="7.93", episodes=10_000),
    "cliffwalking": Row("CliffWalking-v1", "ppo", "", -13, optimum="−13"),
    "blackjack": Row("Blackjack-v1", "ppo", "", -0.045, optimum="−0.0431", episodes=1_000_000, seeds=3),
    "lunarlander-ppo": Row("LunarLander-v3", "ppo", "242 (zoo, v2, 1 run)", 255),
    "lunarlandercontinuous-ppo": Row("LunarLanderContinuous-v3", "ppo", "271 (zoo, v2, 1 run)", 275),
    "halfcheetah-ppo": Row("HalfCheetah-v5", "ppo", "5,784 ± 1,244 (Tianshou, v3, maximum, 10 seeds)", 5800),
    "hopper-ppo": Row("Hopper-v5", "ppo", "2,609 (Tianshou, v3, maximum, 10 seeds)", 2610),
    "hopper-trpo": Row("Hopper-v5", "trpo", "3,618 (zoo, v3, 1 run)", 3400, seeds=5),
    "walker2d-ppo": Row("Walker2d-v5", "ppo", "3,588 (Tianshou, v3, maximum, 10 seeds)", 3600, seeds=5),
    "walker2d-trpo": Row("Walker2d-v5", "trpo", "4,933 (zoo, v3, 1 run)", 4500, seeds=5),
    "swimmer-trpo": Row("Swimmer-v5", "trpo", "366 (zoo, v3, 1 run)", 359),
    "ant-trpo": Row("Ant-v5", "trpo", "4,982 (zoo, v3, 1 run), 3,554 (sb3-contrib, 3 seeds)", 3600, seeds=5),
    **reinforce_rows(),
    "bipedalwalker-ppo": Row("BipedalWalker-v3", "ppo", "288 (ppo), 300 (a2c) (zoo, 1 run)", 300, seeds=3),
    "minigrid-doorkey": Row("MiniGrid-DoorKey-5x5-v0", "ppo", "0.964 (zoo, 1 run)", 0.96),
    "minatar-breakout": Row("MinAtar/Breakout-v1", "ppo", "28 (gymnax-blines)", 28, seeds=3),
}


def command(*arguments):
    result = subprocess.run([ASCENT, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        lines = result.stderr.strip().splitlines() or ["no message"]
        raise RuntimeError(f"ascent {arguments[0]} {arguments[1]}: {lines[-1]} (exit code {result.returncode})")
    return result.stdout


def curve_of(metrics):
    """The rows (mean return, episodes) of the iterations in which an episode ended."""
    with open(metrics, newline="") as file:
        lines = [line for line in csv.DictReader(file) if line["mean_return"]]
    return [(float(line["mean_return"]), int(line["episodes"])) for line in lines]


def run(name, seed):
    """Trains and evaluates one seed; returns its results."""
    row, out = ROWS[name], RUNS / name / str(seed)
    kept = out / "kept.json"
    if kept.exists():
        return json.loads(kept.read_text())
    settings = [part for setting in row.settings for part in ("--set", setting)]
    steps = ["--steps", row.steps] if row.steps else []
    began = time.monotonic()
    done = json.loads(
        command("train", row.environment, "--algorithm", row.algorithm, "--seed", seed, *steps, "--quiet", "--json",
                "--out", out, "--resume", *row.options, *settings).splitlines()[-1])  # fmt: skip
    returns = out / "returns.csv"
    command("evaluate", out, "--episodes", row.episodes, "--seed", EVALUATION_SEED, "--returns", returns)
    with open(returns, newline="") as file:
        episodes = [(float(line["return"]), int(line["length"])) for line in csv.DictReader(file)]
    result = {
        "seed": seed, "steps": done["steps"], "fingerprint": done["fingerprint"], "episodes": episodes,
        "highest": highest_of(curve_of(out / "metrics.csv")), "seconds": round(time.monotonic() - began, 1),
    }  # fmt: skip
    kept.write_text(json.dumps(result))
    return result


def there(name):
    """The stored results of run(), by seed, from docs/results/."""
    path = DATA / f"{name}.json"
    if not path.exists():
        return {}
    episodes = collections.defaultdict(list)
    with open(DATA / f"{name}.csv", newline="") as file:
        for line in csv.DictReader(file):
            # A file with counts of returns has no lengths.
            episode = (float(line["return"]), int(line.get("length") or 0))
            episodes[int(line["seed"])] += [episode] * int(line.get("episodes") or 1)
    return {kept["seed"]: kept | {"episodes": episodes[kept["seed"]]} for kept in json.loads(path.read_text())}


def save(name, results):
    """Writes ROW.csv, which depends only on the seeds, ROW.toml, the first seed's run.toml, and ROW.json, the other
    results of each seed."""
    DATA.mkdir(parents=True, exist_ok=True)
    results.sort(key=lambda result: result["seed"])
    if ROWS[name].episodes <= EPISODES:
        lines = ["seed,episode,return,length"]
        for result in results:
            lines += [f"{result['seed']},{k},{r!r},{n}" for k, (r, n) in enumerate(result["episodes"])]
    else:
        # Ten thousand episodes and more have few distinct returns, so write the number of episodes with each.
        lines = ["seed,return,episodes"]
        for result in results:
            counts = collections.Counter(r for r, _ in result["episodes"])
            lines += [f"{result['seed']},{r!r},{n}" for r, n in sorted(counts.items())]
    write(DATA / f"{name}.csv", "\n".join(lines) + "\n")
    beside = [{key: value for key, value in result.items() if key != "episodes"} for result in results]
    write(DATA / f"{name}.json", json.dumps(beside, indent=1) + "\n")
    settings = RUNS / name / str(results[0]["seed"]) / "run.toml"
    if settings.exists():
        write(DATA / f"{name}.toml", settings.read_text())


def is_today(name):
    """Whether the row was made with a floor for advantages."""
    return "\nadvantage_floor = " in (DATA / f"{name}.toml").read_text()


def is_as_before(name):
    """Makes the row's first seed again, and says whether its bits are those of docs/results/."""
    before = there(name)
    shutil.rmtree(RUNS / name, ignore_errors=True)
    result = run(name, 1)
    if result["fingerprint"] != before[1]["fingerprint"]:
        return False
    before[1] |= {"again": True, "seconds": result["seconds"]}
    save(name, list(before.values()))
    return True


def means_of(path):
    """The mean return of each seed."""
    sums = {}
    with open(path, newline="") as file:
        for line in csv.DictReader(file):
            total, count = sums.get(int(line["seed"]), (0.0, 0))
            n = int(line.get("episodes") or 1)
            sums[int(line["seed"])] = (total + n * float(line["return"]), count + n)
    return numpy.array([total / count for _, (total, count) in sorted(sums.items())])


def center_of(means):
    return interquartile_mean if len(means) >= 4 else mean


def peer(name):
    """The result of Stable-Baselines3, measured by Benchmarks/peers/returns.py, as a cell of the table."""
    path = DATA / f"sb3/{name}.csv"
    if not path.exists():
        return "–"
    means = means_of(path)
    center = center_of(means)
    low, high = interval(means, center)
    seeds = f", {len(means)} seed{'s' if len(means) > 1 else ''}"
    return f"{number(float(center(means)))} [{number(low)}, {number(high)}]{seeds}"


def number(x, places=None):
    if places is None:
        places = 0 if abs(x) >= 1000 else 1 if abs(x) >= 10 else 3
    text = f"{x:,.{places}f}"
    return text.replace("-", "−")


class Measured:
    """The results of a row: the means of its seeds, their center, and the interval as text."""

    def __init__(self, name):
        beside = json.loads((DATA / f"{name}.json").read_text())
        self.means = means_of(DATA / f"{name}.csv")
        center = center_of(self.means)
        low, high = interval(self.means, center)
        self.ours = float(center(self.means))
        self.interval = f"**{number(self.ours)}** [{number(low)}, {number(high)}]"
        self.mark = "¹" if beside[0].get("again") else "" if is_today(name) else "°"
        self.steps = beside[0]["steps"]
        self.minutes = numpy.mean([b["seconds"] for b in beside]) / 60
        self.highest = [b["highest"] for b in beside if b["highest"] is not None]

    @property
    def seeds(self):
        return f"{number(self.means.min())} … {number(self.means.max())}"


def line_of(name):
    row, it = ROWS[name], Measured(name)
    is_reached = it.ours >= row.goal - 1e-9 and it.means.min() >= row.every
    return (
        f"| {row.environment}{it.mark} | {row.label} | {it.steps:,} | {len(it.means)} | {row.published or '–'} | "
        f"{peer(name)} | {row.optimum or '–'} | {number(row.goal)} | {it.interval} | {number(it.means.mean())} | {it.seeds} | "
        f"{number(numpy.mean(it.highest)) if it.highest else '–'} | {it.minutes:.1f} | {'yes' if is_reached else 'no'} |")  # fmt: skip


def whole_curves():
    """The probabilities of the tests of Benchmarks/peers/equal_learning.py, as text."""
    tests = json.loads((REPORT.parent / "figures/equal-learning.json").read_text())
    return ", ".join(f"{test['probability']:.2f} ({name})" for name, test in tests.items())


def report():
    there = [name for name in ROWS if (DATA / f"{name}.csv").exists()]
    missing = [name for name in ROWS if name not in there]
    text = [
        "# Returns",
        "",
        "`make results` (Benchmarks/returns.py) writes this page from the numbers in docs/results/. ROW.csv has the",
        "returns of the evaluation episodes of each training seed: one line for each episode, or, from 10,000",
        "episodes on, one line for each return with the number of episodes that had it. ROW.toml has all settings,",
        "the versions and the fingerprint of the first seed's run; ROW.json has the steps, the fingerprint, the",
        "highest mean return and the seconds of each seed.",
        *OLD_ROWS,
        "",
        "The measure is the return of the **final** policy, which takes its most probable actions, over 100 episodes",
        "(10,000 on FrozenLake-v1, FrozenLake8x8-v1 and Taxi-v4, 1,000,000 on Blackjack-v1) with random streams that",
        "training never uses.",
        "",
        "Settings are those of the [presets](../Sources/Experiments/Configuration/Presets), with these exceptions:",
        "",
        "- The six `reinforce` rows of Hopper-v5 and Ant-v5 have 1,000,000 steps; the presets have 3,000,000.",
        "- The four `reinforce` rows with the optimal baseline set `algorithm.baseline=optimal`.",
        "- The four with the value baseline set `algorithm.baseline=value` and `algorithm.critic_epochs=10`.",
        "",
        "The comment on each preset names its source (rl-baselines3-zoo, Tianshou, SLM-Lab, gymnax-blines or Ascent)",
        "and how it differs from that. A trust region bounds the divergence of whole actions here, and its mean over",
        "an action's numbers in sb3-contrib.",
        "",
        "The columns:",
        "",
        "- *published*: a published return, with its source and number of runs or seeds. *zoo* is rl-baselines3-zoo;",
        "  *v2* and *v3* are older versions of the environment; *maximum* is the highest return during training, not",
        "  the final one.",
        "- *SB3 here*: Stable-Baselines3, for TRPO sb3-contrib, with the settings of rl-baselines3-zoo, measured in the",
        "  same way with the same versions (`make peers`); on MiniGrid without the zoo's normalization of observations and",
        "  returns, with which its settings reach 0.000 here on each of 10 seeds.",
        "- *optimum*: the highest expected return of all policies, where it is known.",
        "- *ours*: the interquartile mean over the training seeds (the mean, for fewer than four) with its 95 %",
        "  bootstrap interval (10,000 resamples of the seeds). *mean* is the mean over the seeds, *seeds from … to*",
        "  the lowest and the highest seed.",
        "- *highest*: the highest mean over 100 consecutive training episodes, as some papers report it; the mean",
        "  over the seeds.",
        "- *minutes*: one run, training and evaluation, on a part of a two-core machine that had other work.",
        "- *reached*: *ours* is at least the goal; on CartPole-v1 the worst seed has at least 500, 500 and 475, too.",
        "",
        "| environment | algorithm | steps | seeds | published | SB3 here | optimum | goal | ours | mean | seeds from … to | highest "
        "| minutes | reached |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|",
        *map(line_of, there),
        "",
    ]  # fmt: skip
    text += [
        "## Equal learning", "",
        "Ascent and Stable-Baselines3 with the same settings (those of rl-baselines3-zoo for CartPole-v1 and",
        "LunarLander-v3, the defaults of Stable-Baselines3 for HalfCheetah-v5) and the same distribution of initial",
        "weights. The curves are means over the seeds of the mean return of the last 20 training episodes, with 95 %",
        "bootstrap bands (`make equal-learning`; [numbers](figures/equal-learning.csv)). A permutation test compares",
        "the mean returns over the whole run. If seeds are assigned to the two sides at random, a difference at",
        "least as large has probability",
        f"{whole_curves()}.",
        "",
        "![Learning curves of Ascent and Stable-Baselines3](figures/equal-learning.svg)", "",
    ]  # fmt: skip
    if missing:
        text += ["Not run yet: " + ", ".join(missing) + ".", ""]
    write(REPORT, "\n".join(text))
    print(f"{REPORT.relative_to(ROOT)}: {len(there)} rows, {len(missing)} not run yet")


def main(rows=ROWS, report=report):
    """Makes the requested rows, then the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--row", action="append", choices=rows, help="these rows again, from their beginning")
    parser.add_argument("--only", action="append", choices=rows, help="these rows, going on with what is there")
    parser.add_argument("--again", action="store_true", help="the first seeds of rows marked °, and the whole row if its bits differ")
    parser.add_argument("--seeds", type=int, help="fewer or more seeds than the table says")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--report", action="store_true", help="write the table alone")
    options = parser.parse_args()
    if options.report:
        return report()
    for name in options.row or []:
        shutil.rmtree(RUNS / name, ignore_errors=True)
    names = options.row or options.only or [n for n in rows if not (DATA / f"{n}.csv").exists()]
    failures = 0
    if options.again:
        names = [n for n in options.only or rows if not is_today(n)]
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            same = dict(zip(names, pool.map(is_as_before, names), strict=True))
        options.row = names = [n for n in names if not same[n]]
        print(f"other bits: {', '.join(names) or 'none'}", flush=True)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        kept = {name: {} if name in (options.row or []) else there(name) for name in names}
        jobs = {
            name: [
                pool.submit(run, name, seed)
                for seed in range(1, (options.seeds or ROWS[name].seeds) + 1) if seed not in kept[name]
            ]
            for name in names
        }  # fmt: skip
        for name, futures in jobs.items():
            try:
                save(name, [*kept[name].values(), *(future.result() for future in futures)])
                print(line_of(name), flush=True)
            except RuntimeError as error:
                failures += 1
                print(f"{name}: {error}", file=sys.stderr)
    report()
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
