"""Compares exported policies with Ascent: `make exports`; `make exports-quick` is part of CI.

.venv-exports/bin/python Tests/Exports/exports.py ASCENT [--observations N] [--only NAME …] [--write PAGE]

The runs are those of Tests/Readers/readers.py. Each is sampled with `ascent sample --deterministic`, and exported:

onnx  onnx.checker has to accept the file. onnxruntime receives the observations, masks and states of all episodes side by
      side, and has to come to the same actions and states within 1e-5 of their size; a choice may differ only if it is a
      tie. With the distribution's parameters, it has to come to the log-probabilities of actions that were drawn.
c     gcc and, where they are installed, a compiler for 32-bit ARM and qemu-user make a program; its actions and states
      have to be equal bit for bit.
"""

import argparse
import concurrent.futures
import json
import math
import pathlib
import shutil
import subprocess
import sys
import tempfile

import numpy
import onnx
import onnxruntime

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "Readers"))
from readers import CASES, number, run, train, write  # noqa: E402

TOLERANCE = 1e-5
# log π divides by deviations and adds the numbers of an action up.
LOG_TOLERANCE = 1e-4
QUICK = (
    "MLP, a choice, CartPole", "MLP, squashed, elu", "MLP, beta, gelu", "MLP, gsde, relu", "masks of several choices",
    "Dict of a Tuple, choices and bits as action, beta", "GRU", "LSTM, normalized, shared trunk",
    "CNN, uint8 channels first, stack of 3", "an index into a GRU",
)  # fmt: skip
# By name: the compiler, what runs its programs, and the largest number of observations.
COMPILERS = {
    "gcc": (["gcc", "-O2"], [], 1_000_000),
    "ARM": (["arm-linux-gnueabihf-gcc", "-O2", "-static"], ["qemu-arm"], 1000),
}


class Episodes:
    """The episodes of a file of trajectories, with masks apart."""

    def __init__(self, path, about):
        size, rows = about["feature_size"], lambda values: numpy.array(values, numpy.float32).reshape(len(values), -1)
        self.lengths, self.observations, self.masks, self.actions, self.drawn, self.states, self.logs = ([] for _ in range(7))
        with path.open() as file:
            for text in file:  # one by one: thousands of numbers for each step are much as Python's objects
                line = json.loads(text)
                both = rows(line["observations"][: len(line["rewards"])])
                self.lengths.append(len(line["rewards"]))
                self.observations.append(both[:, :size])
                self.masks.append(both[:, size:])
                self.actions.append(rows(line["actions"]))
                self.drawn.append(rows(line.get("drawn_actions", line["actions"])))
                self.states += [rows(line["hidden"])] if "hidden" in line else []
                self.logs.append(numpy.array([math.nan if x is None else x for x in line["log_probabilities"]]))

    def at(self, t, arrays):
        """Row t of each episode that is longer than t."""
        return numpy.stack([array[t] for array, length in zip(arrays, self.lengths) if length > t])


class Onnx:
    def __init__(self, path, about):
        model = onnx.load(path)
        onnx.checker.check_model(model, full_check=True)
        self.records = {entry.key: entry.value for entry in model.metadata_props}
        self.columns = {name: k for k, name in enumerate(json.loads(self.records["distribution_columns"]))}
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self.about = about

    def answers(self, episodes):
        """The action, the distribution and the state of each step, in the order of the episodes' steps."""
        states, found = None, [[] for _ in episodes.lengths]
        living = list(range(len(episodes.lengths)))
        for t in range(max(episodes.lengths)):
            keep = [k for k, one in enumerate(living) if episodes.lengths[one] > t]
            living = [living[k] for k in keep]
            given = {"observation": episodes.at(t, episodes.observations)}
            if self.about["mask_size"]:
                given["mask"] = episodes.at(t, episodes.masks)
            if memory := self.about["memory"]:
                size = memory["units"] * (2 if memory["cell"] == "lstm" else 1)
                given["state"] = numpy.zeros((len(living), size), numpy.float32) if t == 0 else states[keep]
            outputs = dict(zip([o.name for o in self.session.get_outputs()], self.session.run(None, given)))
            states = outputs.get("next_state")
            for k, one in enumerate(living):
                found[one].append(tuple(None if x is None else x[k] for x in (outputs["action"], outputs["distribution"], states)))
        return found

    def lead(self, distribution, ours, theirs):
        """By how much the distribution prefers our choices to theirs."""
        largest = 0.0
        for k in numpy.flatnonzero(ours != theirs):
            if f"action[{k}].logit" in self.columns:
                largest = max(largest, abs(float(distribution[self.columns[f"action[{k}].logit"]])))
            elif f"action[{k}].log_probability[0]" in self.columns:
                first = self.columns[f"action[{k}].log_probability[0]"]
                largest = max(largest, abs(float(distribution[first + int(ours[k])] - distribution[first + int(theirs[k])])))
        return largest

    def log_probability(self, distribution, action, names):
        """log π of an action that was drawn."""
        total = 0.0
        for k, value in enumerate(map(float, action)):
            of = lambda name: float(distribution[self.columns[f"action[{k}].{name}"]])
            if names[k] == "categorical":
                total += of(f"log_probability[{int(value)}]")
            elif names[k] == "bernoulli":
                total -= float(numpy.logaddexp(0, -of("logit") if value > 0.5 else of("logit")))
            elif names[k] == "beta":
                a, b = of("alpha"), of("beta")
                total += (a - 1) * math.log(value) + (b - 1) * math.log1p(-value) - math.lgamma(a) - math.lgamma(b) + math.lgamma(a + b)
                total -= math.log(self.extent[k])
            else:
                z = (value - of("mean")) / math.exp(of("log_deviation"))
                total -= 0.5 * z * z + of("log_deviation") + 0.5 * math.log(2 * math.pi) + math.log(self.half[k])
                if names[k] == "squashed":
                    total -= math.log(2 * self.extent[k]) - 2 * (value + float(numpy.logaddexp(0, -2 * value)))
        return total


def kinds(about):
    """The name of the distribution of each value of an action, the extent of its bounds, and the half width whose units it has."""
    names, extents, halves = {}, {}, {}
    for factor in about["distributions"]:
        leaf = about["action_space"]["leaves"][factor["leaf"]]
        first, end = factor["values"]
        for k in range(first, end):
            names[k] = factor["name"]
            bounds = [numpy.ravel(leaf.get(key, numpy.nan)) for key in ("low", "high")]
            low, high = (b[k - first] if b.size > 1 else b[0] for b in bounds)
            extents[k] = math.nan if low is None or high is None else float(high) - float(low)
            halves[k] = factor["units"]["half"][k - first] if "units" in factor else 1
    return names, extents, halves


def compiled(folder, name, about):
    """The path of the program of a compiler, or None if it is not installed."""
    command, runner, _ = COMPILERS[name]
    if not all(shutil.which(tool) for tool in command[:1] + runner):
        return None
    program = folder / name
    masked = ["-DMASKED"] if about["mask_size"] else []
    strict = ["-std=c99", "-Wall", "-Wextra", "-Werror", f"-I{folder}"]
    run([*command, *strict, *masked, "-o", program, folder / "policy.c", HERE / "main.c"])
    return [*runner, program]


def equal_bits(command, episodes, most):
    """The number of numbers that differ in a bit, of the actions and states of the first `most` steps."""
    rows = []
    for observations, masks in zip(episodes.observations, episodes.masks):
        begins = numpy.zeros((len(observations), 1), numpy.float32)
        begins[0] = 1
        rows.append(numpy.concatenate([begins, observations, masks], axis=1))
    given = numpy.concatenate(rows)[:most].astype("<f4").tobytes()
    answer = subprocess.run(command, input=given, capture_output=True, check=True).stdout
    theirs = numpy.concatenate(episodes.actions)
    if episodes.states:
        theirs = numpy.concatenate([theirs, numpy.concatenate(episodes.states)], axis=1)
    theirs = theirs[:most]
    ours = numpy.frombuffer(answer, "<u4").reshape(theirs.shape)
    return int((ours != theirs.astype("<f4").view("<u4")).sum())


def measure(one, options):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        name, _ = train(one, options, folder)
        about = json.loads((folder / "run" / "policy.json").read_text())
        hidden = ["--hidden"] if about["memory"] else []
        sample = [options.ascent, "sample", folder / "run", *hidden, "--out", folder / "episodes.jsonl", "--episodes"]
        run([*sample, 2])
        drawn = Episodes(folder / "episodes.jsonl", about)
        mean = sum(drawn.lengths) / 2
        run([*sample, math.ceil(options.observations / mean) + 1, "--deterministic"])
        episodes = Episodes(folder / "episodes.jsonl", about)
        for out, format in (("policy.onnx", "onnx"), ("policy.c", "c")):
            extra = ["--with-distribution"] if format == "onnx" else []
            run([options.ascent, "export", folder / "run", "--format", format, "--out", folder / out, *extra])
        row = Row(name, Onnx(str(folder / "policy.onnx"), about), episodes, drawn)
        for compiler in COMPILERS:
            if command := compiled(folder, compiler, about):
                row.bits[compiler] = equal_bits(command, episodes, COMPILERS[compiler][2])
        return row


class Row:
    """What was found for one architecture."""

    def __init__(self, name, model, episodes, drawn):
        self.name, self.bits = name, {}
        self.count, self.agree, self.difference, self.memory, self.lead, self.log = 0, 0, 0.0, 0.0, 0.0, 0.0
        names, model.extent, model.half = kinds(model.about)
        self.choices = numpy.array([names[k] in ("categorical", "bernoulli") for k in sorted(names)])
        self.has_memory, self.seen = bool(model.about["memory"]), set()
        for found, actions, states in zip(model.answers(episodes), episodes.actions, episodes.states or [None] * len(episodes.actions)):
            for t, (action, distribution, state) in enumerate(found):
                self.compare(model, action, distribution, actions[t])
                if states is not None:
                    self.memory = max(self.memory, float(numpy.abs(state[: states.shape[1]] - states[t]).max()))
        for found, actions, logs in zip(model.answers(drawn), drawn.drawn, drawn.logs):
            for (_, distribution, _), action, log in zip(found, actions, logs):
                ours = model.log_probability(distribution, action, names)
                self.log = max(self.log, abs(ours - log) / max(1, abs(log)))

    def compare(self, model, ours, distribution, theirs):
        self.count += 1
        self.agree += int((ours == theirs)[self.choices].all())
        self.lead = max(self.lead, model.lead(distribution, numpy.where(self.choices, ours, 0), numpy.where(self.choices, theirs, 0)))
        relative = numpy.abs(ours - theirs) / numpy.maximum(1, numpy.abs(theirs))
        self.difference = max([self.difference, *map(float, relative[~self.choices])])
        self.seen.add(tuple(theirs))

    @property
    def faults(self):
        found = []
        if max(self.difference, self.memory, self.lead) > TOLERANCE:
            found.append(f"onnx differs by {max(self.difference, self.memory, self.lead)}")
        if not self.log <= LOG_TOLERANCE:
            found.append(f"log π differs by {self.log}")
        found += [f"{name}: {count} numbers have other bits" for name, count in self.bits.items() if count]
        # A policy that always takes one action would agree with anything.
        return found + (["one action only was seen"] if len(self.seen) < 2 else [])

    @property
    def line(self):
        agree = f"{self.agree:,}" if self.choices.any() else "–"
        difference = "–" if self.choices.all() else number(self.difference)
        memory = number(self.memory) if self.has_memory else "–"
        bits = [{None: "–", 0: "equal"}.get(self.bits.get(name), f"{self.bits.get(name)} differ") for name in COMPILERS]
        return "| " + " | ".join([self.name, f"{self.count:,}", agree, difference, memory, number(self.log), *bits]) + " |"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("ascent", type=lambda path: pathlib.Path(path).resolve())
    parser.add_argument("--observations", type=int, default=10_000)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--write", type=pathlib.Path)
    options = parser.parse_args()
    chosen = QUICK if options.quick else options.only
    cases, faults = [one for one in CASES if not chosen or one[0] in chosen], 0
    assert cases and (not options.quick or len(cases) == len(QUICK)), "the names of architectures are those of readers.py"
    table = ["| architecture | observations | agreeing choices | actions | state | log π | C | C on ARM |", "|---|" + "---:|" * 5 + "---|---|"]
    print(*table, sep="\n", flush=True)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for row in pool.map(lambda one: measure(one, options), cases):
            table.append(row.line)
            print(row.line, flush=True)
            for fault in row.faults:
                faults += 1
                print(f"FAULT: {row.name}: {fault}")
    if options.write and not faults:
        write(options.write, table, "exports")
    print(f"exports: {len(cases)} architectures, {faults} faults")
    sys.exit(1 if faults else 0)


main()
