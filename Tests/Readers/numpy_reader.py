"""Compares the actions of Examples/numpy/policy.py with those of `ascent sample RUN --deterministic`.

python numpy_reader.py RUN EPISODES.jsonl [RECORDED]

RECORDED is the file of Tests/Fixtures/recorded.py:Recorded; without it, the observations are those of EPISODES.jsonl.
Prints a line of JSON: the number of observations, how many discrete actions agree, the largest difference of the others
and of the recurrent states, and the largest lead of a choice that is not the other one's.
"""

import json
import pathlib
import pickle
import sys

import numpy

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "Examples" / "numpy"))
from policy import Policy


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


def values(action, leaves):
    """An action as EPISODES.jsonl has it: its numbers, choices counted from 0."""
    parts = action if isinstance(action, dict) else {"": action}
    return numpy.concatenate([numpy.ravel(parts[leaf["path"]]) - numpy.ravel(leaf.get("starts", 0)) for leaf in leaves])


def lead(policy, outputs, mask, ours, theirs):
    """By how much the outputs prefer our choices to theirs."""
    leads = [0.0]
    for factor in policy.about["distributions"]:
        if factor["name"] in ("categorical", "bernoulli"):
            logits = outputs[slice(*factor["parameters"][0]["outputs"])]
            mine, other = (numpy.array(x[slice(*factor["values"])], int) for x in (ours, theirs))
            leads += list(numpy.abs(logits[mine] - logits[other]) if factor["name"] == "categorical" else numpy.abs(logits[mine != other]))
    return max(leads)


def main():
    policy = Policy(sys.argv[1])
    leaves, added = policy.about["action_space"]["leaves"], [leaf["path"] for leaf in policy.about["also_observe"]]
    choices = numpy.concatenate([numpy.full(f["values"][1] - f["values"][0], f["name"] in ("categorical", "bernoulli")) for f in policy.about["distributions"]])
    lines = [json.loads(line) for line in open(sys.argv[2])]
    raw = recorded(sys.argv[3]) if len(sys.argv) > 3 else None
    result = {"observations": 0, "discrete": 0, "agree": 0, "difference": 0.0, "features": 0.0, "memory": 0.0, "lead": 0.0}
    assert raw is None or len(raw) == len(lines), (len(raw), len(lines))
    for number, line in enumerate(lines):
        state, action, reward = None, None, 0.0
        assert raw is None or len(raw[number]) == len(line["rewards"]) + 1
        for t, theirs in enumerate(numpy.atleast_2d(numpy.array(line["actions"]).reshape(len(line["rewards"]), -1))):
            row = numpy.array(line["observations"][t], numpy.float32)
            features = row[: policy.about["feature_size"]]
            if raw:
                observation, mask = raw[number][t]
                also = {"action": action, "reward": reward, "time": row[policy.about["feature_size"] - 1]} if added else None
                x, frames = policy.features(observation, also, state[0] if state else [])
                result["features"] = max(result["features"], float(numpy.abs(x - features).max()))
                before = state
                action, state = policy(observation, state, mask, also)
            else:
                mask = row[policy.about["feature_size"] :] if policy.about["mask_size"] else None
                x, before = features, state
                outputs, memory = policy.outputs(x, state[1] if state else None)
                action, state = policy.action(outputs, mask), ([], memory)
            ours = values(action, leaves)
            outputs, _ = policy.outputs(x, before[1] if before else None)
            result["observations"] += 1
            result["discrete"] += int(choices.sum())
            result["agree"] += int((ours == theirs)[choices].sum())
            result["lead"] = max(result["lead"], float(lead(policy, outputs, mask, ours, theirs)))
            result["difference"] = max([result["difference"], *map(float, numpy.abs(ours - theirs)[~choices])])
            if "hidden" in line:
                memory = numpy.concatenate(state[1])[: len(line["hidden"][t])]
                result["memory"] = max(result["memory"], float(numpy.abs(memory - line["hidden"][t]).max()))
            reward = line["rewards"][t]
    print(json.dumps(result))


main()
