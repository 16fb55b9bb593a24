"""Reads the event files of runs with TensorBoard itself and compares every number with metrics.csv and evaluations.csv.

.venv-desk/bin/python Tests/Desk/tensorboard_check.py ASCENT

The runs: one as it is, one with evaluations, one that is killed in the middle and resumed, one that is killed while it
writes (its files are cut anywhere), and one without event files.
"""

import csv
import json
import math
import pathlib
import platform
import random
import struct
import subprocess
import sys
import tempfile
import time

from tensorboard.backend.event_processing import event_accumulator
from tensorboard.backend.event_processing.event_file_loader import RawEventFileLoader
from tensorboard.compat.proto.event_pb2 import Event

# Tags of Stable-Baselines3: the column of metrics.csv and its sign.
RENAMED = {
    "train/approx_kl": ("divergence", 1), "train/clip_fraction": ("clip_fraction", 1),
    "train/entropy_loss": ("entropy", -1), "train/explained_variance": ("explained_variance", 1),
    "train/value_loss": ("value_error", 1),
}  # fmt: skip
# Tags whose numbers metrics.csv does not have.
OTHERS = {"rollout/ep_rew_mean", "rollout/ep_len_mean", "time/fps", "train/learning_rate", "ascent/signal_to_noise"}
EVALUATIONS = {"eval/mean_reward": "mean_return", "eval/mean_ep_length": "mean_length", "eval/standard_error": "standard_error"}
SMALL = ["--lanes", "2", "--preset", "none", "--set", "rollout.steps=64", "--set", "algorithm.minibatch=64", "--set", "checkpoint.every_steps=1000"]


def single(x):
    """The number as TensorBoard stores it."""
    return struct.unpack("f", struct.pack("f", x))[0]


def curves(run):
    accumulator = event_accumulator.EventAccumulator(str(run), size_guidance={"scalars": 0})
    accumulator.Reload()
    return {tag: [(e.step, e.value, e.wall_time) for e in accumulator.Scalars(tag)] for tag in accumulator.Tags()["scalars"]}


def rows(file):
    return list(csv.DictReader(file.open())) if file.exists() else []


def column(table, name, sign=1):
    return [(int(row["steps"]), single(sign * float(row[name]))) for row in table if row[name] != ""]


def compare(run, began):
    """Compares all curves with the tables; returns the number of numbers."""
    found, metrics, evaluations, count = curves(run), rows(run / "metrics.csv"), rows(run / "evaluations.csv"), 0
    for tag, points in found.items():
        steps = [step for step, _, _ in points]
        assert steps == sorted(set(steps)), f"{run.name}: {tag} has a step twice"
        assert all(began <= when <= time.time() + 1 for _, _, when in points), f"{run.name}: {tag} has other times"
        if tag in EVALUATIONS:
            expected = column(evaluations, EVALUATIONS[tag])
        elif tag in RENAMED:
            expected = column(metrics, *RENAMED[tag])
        elif tag in OTHERS:
            continue
        else:
            expected = column(metrics, tag.removeprefix("ascent/"))
        assert [(step, value) for step, value, _ in points] == expected, f"{run.name}: {tag} is not the column: {points[:3]} {expected[:3]}"
        count += len(points)
    assert len(metrics) > 3 and set(RENAMED) | OTHERS <= set(found), f"{run.name}: {sorted(found)}"
    assert {f"ascent/{name}" for name in ("mean_return", "standard_error", "gradient_norm", "effective_sample_size")} <= set(found)
    assert all(math.isclose(rate, 0.0003, rel_tol=1e-6) for _, rate, _ in found["train/learning_rate"]), found["train/learning_rate"][0]
    assert all(step == int(row["steps"]) for (step, _, _), row in zip(found["time/fps"], metrics, strict=True))
    # The time in TensorBoard is real.
    last = found["time/fps"][-1]
    assert last[2] - found["time/fps"][0][2] <= float(metrics[-1]["seconds"]) + 60
    return count


def raw(file):
    """All events of a file, whatever a later one says about them."""
    return [Event.FromString(record) for record in RawEventFileLoader(str(file)).Load()]


def train(ascent, run, *options, kill=None):
    line = [ascent, "train", "CartPole-v1", "--quiet", "--json", "--out", str(run), *SMALL, *options]
    with subprocess.Popen(line, stdout=subprocess.PIPE, text=True) as process:
        lines = []
        for text in process.stdout:
            lines.append(json.loads(text))
            if kill is not None and len(lines) >= kill:
                process.kill()
                break
        process.stdout.read()
    assert kill is not None or process.returncode == 0, process.returncode
    return lines


def numbered(run):
    return sorted(run.glob("events.out.tfevents.*"))


def main(ascent):
    began, scratch = time.time(), pathlib.Path(tempfile.mkdtemp(prefix="ascent-desk-"))
    plain = scratch / "plain"
    lines = train(ascent, plain, "--steps", "8000")
    print(f"{compare(plain, began):6} numbers of a run are those of metrics.csv")
    found = curves(plain)
    assert found["rollout/ep_rew_mean"][-1][1] == single(lines[-1]["mean_return"])
    # The lines of --json have the same numbers under the same names.
    for tag, points in found.items():
        told = [(e["steps"], single(e[tag])) for e in lines if e["event"] == "iteration" and e[tag] is not None]
        assert told == [(step, value) for step, value, _ in points], tag
    names = [file.name for file in numbered(plain)]
    assert names == ["events.out.tfevents.000001"], names

    evaluated = scratch / "evaluated"
    train(ascent, evaluated, "--steps", "8000", "--evaluate-every", "2000", "--evaluate-episodes", "3")
    print(f"{compare(evaluated, began):6} numbers of a run with evaluations are those of its tables")
    same = ("rollout/ep_rew_mean", "train/value_loss", "ascent/signal_to_noise")
    assert all([p[:2] for p in curves(evaluated)[tag]] == [p[:2] for p in found[tag]] for tag in same)

    killed = scratch / "killed"
    train(ascent, killed, "--steps", "8000", "--evaluate-every", "2000", "--evaluate-episodes", "3", kill=45)
    # What a crash leaves is read up to the record that it cut; and a reader that knows nothing of sessions sees no step twice.
    content = numbered(killed)[0].read_bytes()
    for length in random.Random(1).sample(range(1, len(content)), 40):
        (scratch / "cut").mkdir(exist_ok=True)
        (scratch / "cut" / "events.out.tfevents.000001").write_bytes(content[:length])
        curves(scratch / "cut")
    numbered(killed)[0].write_bytes(content[:-7])
    train(ascent, killed, "--steps", "8000", "--evaluate-every", "2000", "--evaluate-episodes", "3", "--resume")
    print(f"{compare(killed, began):6} numbers of a run that was killed and resumed are those of its tables")
    again = curves(killed)
    assert {tag: [p[:2] for p in points] for tag, points in again.items() if tag != "time/fps"} == {
        tag: [p[:2] for p in points] for tag, points in curves(evaluated).items() if tag != "time/fps"
    }
    assert len(numbered(killed)) == 2
    steps = [event.step for file in numbered(killed) for event in raw(file) if len(event.summary.value) > 5]
    assert steps == sorted(set(steps)), "a step is twice in the files"
    # Not a word of the machine.
    words = [platform.node(), scratch.name, str(pathlib.Path.home())]
    content = b"".join(file.read_bytes() for file in numbered(killed))
    assert not [word for word in words if len(word) > 3 and word.encode() in content], words

    without = scratch / "without"
    told = train(ascent, without, "--steps", "8000", "--set", "tensorboard.enabled=false")
    assert not numbered(without) and told[-1]["bits"] == lines[-1]["bits"]
    subprocess.run(["rm", "-r", str(scratch)], check=True)
    print("tensorboard: every number of the event files is that of the run")


if __name__ == "__main__":
    main(sys.argv[1])
