"""Compares the readers of Examples/ with Ascent: the actions of short runs of every architecture.

python Tests/Readers/readers.py ASCENT [--observations N] [--torch PYTHON] [--only NAME …] [--write PAGE]

Each run is sampled with `ascent sample --deterministic`. Examples/numpy/policy.py receives what the environment returned
(Tests/Fixtures/recorded.py writes it down), and has to come to the same rows of features, recurrent states and actions.
With --torch, the module of Examples/torch/ is loaded from `ascent export --format torch`, and its outputs are compared
with those of numpy. Exits with 1 if a difference is larger than 1e-5, or a choice is another one without a tie.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import pickle
import subprocess
import sys
import tempfile

# The matrices are small; threads would only wait for each other.
os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
import numpy

ROOT = pathlib.Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "Tests" / "Fixtures"
sys.path.insert(0, str(ROOT / "Examples" / "numpy"))
from policy import Policy

TOLERANCE = 1e-5
RECORDER = ["--wrapper", f"{FIXTURES}/recorded.py:Recorded"]
# Actions that are numbers show how much the outputs differ; choices only where they are others.
NUMBERS = ["--wrapper-arg", "numbers=2"]
FORM, CHOICE, PICTURE, MASKED = (f"{FIXTURES}/{name}" for name in ("recorded.py:", "actions.py:", "pictures.py:", "masked.py:"))


def case(name, environment, *settings, numbers=False):
    return name, environment, RECORDER + (NUMBERS if numbers else []), [word for text in settings for word in ("--set", text)]


CASES = [
    case("MLP, a choice of three", FORM + "Form"),
    case("MLP, a choice, CartPole", "CartPole-v1", "normalize.observations=true"),
    case("MLP, Gaussian, clamped", CHOICE + "Numbers"),
    case("MLP, Gaussian, one bound or none", FORM + "Halves"),
    case("MLP, Gaussian with deviations of the network", CHOICE + "Numbers", "policy.distribution=network-gaussian", "policy.trunk=shared"),
    case("MLP, squashed, elu", CHOICE + "Numbers", "policy.distribution=squashed", "policy.activation=elu"),
    case("MLP, beta, gelu", CHOICE + "Numbers", "policy.distribution=beta", "policy.activation=gelu"),
    case("MLP, gsde, relu", CHOICE + "Numbers", "policy.distribution=gsde", "policy.activation=relu"),
    case("linear", CHOICE + "Numbers", "policy.hidden="),
    case("several choices", CHOICE + "Choices"),
    case("bits", CHOICE + "Bits"),
    case("Dict of a Tuple, choices and bits as action, beta", CHOICE + "Everything", "policy.distribution=beta"),
    case("a mask", MASKED + "Masked", "environment.action_masks=true"),
    case("masks of several choices", MASKED + "ByMethod", "environment.action_masks=true"),
    case("a mask in a Dict", MASKED + "Nested", "environment.action_masks=true"),
    case("normalized observations", FORM + "Form", "normalize.observations=true", numbers=True),
    case("GRU", FORM + "Form", "policy.memory=gru", numbers=True),
    case("LSTM, normalized, shared trunk", FORM + "Form", "policy.memory=lstm", "normalize.observations=true", "policy.trunk=shared", numbers=True),
    case("window of 3", FORM + "Form", "policy.memory=window=3", numbers=True),
    case("a stack of 2, a window of 3, previous action and reward", FORM + "Parts", "environment.frame_stack=2", "policy.memory=window=3",
         "environment.also_observe=action,reward"),
    case("keys with dots, empty and whole numbers, previous action", FORM + "Keys", "environment.also_observe=action,reward"),
    case("the time", "CartPole-v1", "environment.also_observe=time,reward", "environment.time_limit=500"),
    case("Dict of a Tuple as observation", FORM + "Parts", "normalize.observations=true", numbers=True),
    case("Tuple as observation", FORM + "Pair", numbers=True),
    case("a choice as observation", FORM + "State", numbers=True),
    case("an index of 5000 choices", PICTURE + "Cells", numbers=True),
    case("an index beside numbers, normalized, window", PICTURE + "TwoIndices", "policy.memory=window=2", "normalize.observations=true", numbers=True),
    case("an index into a GRU", PICTURE + "TwoIndices", "policy.memory=gru", numbers=True),
    case("5000 actions, masked, observed", PICTURE + "ManyActions", "environment.action_masks=true", "environment.also_observe=action"),
    case("CNN, bits", FORM + "Bits", "policy.convolutions=8x3/1,4x2/2", numbers=True),
    case("CNN, uint8 channels last, relu", PICTURE + "Last", "policy.convolutions=8x6/3", "policy.activation=relu", numbers=True),
    case("CNN, uint8 channels first, stack of 3", PICTURE + "Side", "policy.convolutions=8x6/3,4x2/1", "environment.frame_stack=3", numbers=True),
    case("CNN, uint8 channels last, stack of 3, normalized", PICTURE + "Last", "policy.convolutions=8x6/3", "environment.frame_stack=3",
         "normalize.observations=true", numbers=True),
    case("CNN, frames, stack of 2", PICTURE + "Frames", "policy.convolutions=8x6/3", "environment.frame_stack=2", numbers=True),
    case("CNN, a picture of two axes", FORM + "Grey", "policy.convolutions=8x3/2", numbers=True),
    case("CNN beside numbers, GRU, Dict", PICTURE + "Beside", "policy.convolutions=8x6/3", "policy.memory=gru", numbers=True),
    case("a picture without convolutions", PICTURE + "Last", numbers=True),
]  # fmt: skip


def recorded(path):
    """The episodes: lists of (observation, mask)."""
    episodes = []
    with open(path, "rb") as file:
        while True:
            try:
                begins, observation, mask = pickle.load(file)
            except EOFError:
                return [episode for episode in episodes if len(episode) > 1]
            if begins:
                episodes.append([])
            episodes[-1].append((observation, mask))


def values(action, policy):
    """An action as the file of episodes has it: its numbers, choices counted from 0."""
    parts = action if isinstance(action, dict) else {"": action}
    leaves = policy.about["action_space"]["leaves"]
    return numpy.concatenate([numpy.ravel(parts[name]) - numpy.ravel(leaf.get("starts", 0)) for name, leaf in zip(policy.names, leaves)])


def lead(policy, outputs, ours, theirs):
    """By how much the outputs prefer our choices to theirs; bits count their distance from 0."""
    largest = 0.0
    for factor in policy.about["distributions"]:
        logits, (first, end) = outputs[slice(*factor["parameters"][0]["outputs"])], factor["values"]
        if factor["name"] == "categorical":
            largest = max(largest, abs(float(logits[int(ours[first])] - logits[int(theirs[first])])))
        if factor["name"] == "bernoulli":
            largest = max([largest, *numpy.abs(logits[ours[first:end] != theirs[first:end]])])
    return largest


class Watched(Policy):
    """The reader, with the rows and the outputs of its last call."""

    def outputs(self, x, memory=None):
        self.row = x
        self.found = super().outputs(x, memory)
        return self.found


class Comparison:
    def __init__(self, policy):
        self.policy = policy
        kinds = [numpy.full(f["values"][1] - f["values"][0], f["name"] in ("categorical", "bernoulli")) for f in policy.about["distributions"]]
        self.choices = numpy.concatenate(kinds)
        self.count, self.agree, self.difference, self.rows, self.memory, self.lead = 0, 0, 0.0, 0.0, 0.0, 0.0
        self.seen, self.episodes = set(), []

    def episode(self, line, raw):
        policy, state, action, reward, record = self.policy, None, None, 0.0, []
        steps, size = len(line["rewards"]), policy.about["feature_size"]
        assert len(raw) == steps + 1, "the environment made as many observations as the episode has"
        for t, theirs in enumerate(numpy.array(line["actions"]).reshape(steps, -1)):
            observation, mask = raw[t]
            row = numpy.array(line["observations"][t][:size], numpy.float32)
            # The time is not of the environment; it is the last feature.
            also = {"action": action, "reward": reward, "time": row[size - 1]} if policy.about["also_observe"] else None
            action, state = policy(observation, state, mask if policy.about["mask_size"] else None, also)
            outputs, memory = policy.found
            self.compare(values(action, policy), theirs, outputs)
            self.rows = max(self.rows, float(numpy.abs(policy.row - row).max()))
            if "hidden" in line:
                hidden = line["hidden"][t]
                self.memory = max(self.memory, float(numpy.abs(numpy.concatenate(memory)[: len(hidden)] - hidden).max()))
            record.append((policy.row, outputs))
            reward = line["rewards"][t]
        self.episodes.append(tuple(numpy.stack(arrays) for arrays in zip(*record)))

    def compare(self, ours, theirs, outputs):
        self.count += 1
        self.agree += int((ours == theirs)[self.choices].all())
        self.lead = max(self.lead, lead(self.policy, outputs, ours, theirs))
        self.difference = max([self.difference, *map(float, numpy.abs(ours - theirs)[~self.choices])])
        self.seen.add(tuple(theirs))

    @property
    def is_equal(self):
        return max(self.rows, self.memory, self.difference, self.lead) <= TOLERANCE and self.rows == 0


def run(command, **variables):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, env={**os.environ, **variables})
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: {done.stderr.strip()}")
    return done.stdout


def train(one, options, folder):
    """Trains a policy of the architecture for some iterations, in `folder`/run; returns its name and settings."""
    name, environment, wrapper, settings = one
    small = ["rollout.steps=50", "policy.hidden=16,16", "policy.memory_size=12", "policy.head_gain=1"]
    sets = [word for text in small for word in ("--set", text)]
    run([options.ascent, "train", environment, *wrapper, "--quiet", "--preset", "none", "--lanes", 2, "--steps", 400, *sets, *settings,
         "--out", folder / "run"])  # fmt: skip
    return name, settings


def measure(one, options):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        name, settings = train(one, options, folder)
        hidden = ["--hidden"] if any("=gru" in text or "=lstm" in text for text in settings) else []
        sample = [options.ascent, "sample", folder / "run", "--deterministic", *hidden, "--out", folder / "episodes.jsonl", "--episodes"]
        run([*sample, 20])
        steps = sum(len(json.loads(line)["rewards"]) for line in (folder / "episodes.jsonl").read_text().splitlines())
        run([*sample, 1 + 22 * options.observations // steps], ASCENT_RECORDED=str(folder / "recorded"))
        comparison = Comparison(Watched(folder / "run"))
        raw = recorded(folder / "recorded")
        with open(folder / "episodes.jsonl") as lines:
            for line, episode in zip(lines, raw, strict=True):
                comparison.episode(json.loads(line), episode)
        torch = None
        if options.torch:
            run([options.ascent, "export", folder / "run", "--format", "torch", "--out", folder / "torch"])
            arrays = {f"{kind}{k}": array for k, pair in enumerate(comparison.episodes) for kind, array in zip(("x", "y"), pair)}
            numpy.savez(folder / "outputs.npz", **arrays)
            torch = float(run([options.torch, pathlib.Path(__file__).with_name("torch_outputs.py"), folder / "torch", folder / "outputs.npz"]))
        return row(name, comparison, torch), fault(name, comparison, torch)


def number(x):
    return "0" if x == 0 else f"{x:.1e}"


def row(name, found, torch):
    agree = f"{found.agree:,}" if found.choices.any() else "–"
    difference = "–" if found.choices.all() else number(found.difference)
    memory = number(found.memory) if found.policy.about["memory"] else "–"
    cells = [name, f"{found.count:,}", agree, difference, memory] + ([] if torch is None else [number(torch)])
    return "| " + " | ".join(cells) + " |"


def fault(name, found, torch):
    # A policy that always takes one action would agree with anything.
    if found.is_equal and len(found.seen) > 1 and (torch is None or torch <= TOLERANCE):
        return ""
    return f"FAULT: {name}: rows differ by {found.rows}, a choice leads by {found.lead}, {len(found.seen)} actions were seen"


def write(page, table, name="readers"):
    begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->"
    text = page.read_text()
    before, after = text[: text.index(begin) + len(begin)], text[text.index(end) :]
    page.write_text(before + "\n".join(table) + "\n" + after)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("ascent", type=lambda path: pathlib.Path(path).resolve())
    parser.add_argument("--observations", type=int, default=200)
    parser.add_argument("--torch")
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--write", type=pathlib.Path)
    options = parser.parse_args()
    cases, faults = [one for one in CASES if not options.only or one[0] in options.only], 0
    table = ["| architecture | observations | agreeing choices | actions | recurrent state |", "|---|---:|---:|---:|---:|"]
    if options.torch:
        table = [table[0] + " PyTorch |", table[1] + "---:|"]
    print(*table, sep="\n", flush=True)
    with concurrent.futures.ProcessPoolExecutor(2) as pool:
        for text, found in pool.map(measure, cases, [options] * len(cases)):
            table.append(text)
            print(text, found, sep="\n" if found else "", flush=True)
            faults += bool(found)
    if options.write and not faults:
        write(options.write, table)
    print(f"readers: {len(cases)} architectures, {faults} faults")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
