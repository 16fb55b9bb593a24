"""A policy of Ascent in numpy, from policy.json and policy.safetensors, which docs/policy-format.md explains.

policy = Policy("runs/demo")
action, state = policy(observation, state, mask)  # state is None at the beginning of an episode
"""

import json
import math
import pathlib

import numpy as np

erf = np.vectorize(math.erf, otypes=[np.float32])
logistic = lambda x: 0.5 + 0.5 * np.tanh(0.5 * x)
ACTIVATIONS = {
    None: lambda x: x, "tanh": np.tanh, "relu": lambda x: np.maximum(x, 0),
    "elu": lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))), "gelu": lambda x: x * (0.5 + 0.5 * erf(x / math.sqrt(2))),
}  # fmt: skip


def keys_of(leaf):
    """The keys of Dicts and the indices of Tuples that lead to a leaf."""
    return tuple(leaf.get("keys", leaf["path"].split(".") if leaf["path"] else []))


class Policy:
    def __init__(self, run):
        self.about = json.loads((pathlib.Path(run) / "policy.json").read_text())
        assert self.about["format"] in (3, 4), "this reader reads the formats 3 and 4 of policy.json"
        data = (pathlib.Path(run) / self.about["weights"]).read_bytes()
        start = 8 + int.from_bytes(data[:8], "little")
        arrays = {name: a for name, a in json.loads(data[8:start]).items() if name != "__metadata__"}
        read = lambda a: np.frombuffer(data, "<f4", math.prod(a["shape"]), start + a["data_offsets"][0]).reshape(a["shape"])
        self.arrays = {name: read(a) for name, a in arrays.items()}
        self.appended = list(dict.fromkeys(keys_of(leaf)[0] for leaf in self.about["also_observe"]))
        leaves = self.about["action_space"]["leaves"]
        self.names = [leaf["path"] for leaf in leaves]
        if len(set(self.names)) < len(leaves):  # the keys of a Dict have dots themselves
            self.names = [keys_of(leaf) for leaf in leaves]
        for leaves in (leaves, self.about["observation_space"]["leaves"]):
            if len(set(map(keys_of, leaves))) < len(leaves):
                raise ValueError("two parts of a space have the same path, and policy.json has no keys that tell them apart")

    def __call__(self, observation, state=None, mask=None, also=None):
        """The most probable action and the next state.

        `also` has what also_observe adds: the action and the reward of the step before, the time; {} at the first step.
        """
        if self.appended and (also is None or also and not set(self.appended) <= set(also)):
            raise ValueError(f"this policy also observes {', '.join(self.appended)}: pass also={{}} at the first step of an episode, then also={{{', '.join(f'{name!r}: …' for name in self.appended)}}}")
        frames, memory = state or ([], None)
        features, frames = self.features(observation, also, frames)
        outputs, memory = self.outputs(features, memory)
        return self.action(outputs, mask), (frames, memory)

    def flat(self, value, leaves):
        for leaf in leaves:
            x = value
            for key in keys_of(leaf) if value is not None else ():
                x = x[key if isinstance(x, dict) else int(key)]
            if "counts" not in leaf:
                yield np.zeros(leaf["shape"]) if x is None else x
            for k, count in enumerate(leaf.get("counts", [])):
                choice = -1 if x is None else np.ravel(x)[k] - leaf["starts"][k]
                yield choice if count > self.about["most_one_hot"] else np.arange(count) == choice

    def features(self, observation, also, frames):
        leaves = [*self.flat(observation, self.about["observation_space"]["leaves"])]
        for leaf in self.about["also_observe"]:
            part, *keys = keys_of(leaf)
            x = (also or {}).get(part)
            if keys and isinstance(x, dict) and set(x) == set(self.names):  # an action of this reader
                number = [keys_of(own) for own in self.about["action_space"]["leaves"]].index(tuple(keys))
                x, keys = x[self.names[number]], []
            leaves += self.flat(x, [leaf | {"keys": keys}])
        x, new = np.concatenate([np.ravel(leaf).astype(np.float32) for leaf in leaves]), []
        for k, stack in enumerate(self.about["stacks"]):
            x = x.reshape(-1, stack["run"])
            new.append(frames[k][1:] + [x] if frames else [x] * stack["frames"])
            x = np.concatenate(new[k], axis=1).ravel()
        return x, new

    def map(self, x, map):
        return ACTIVATIONS[map["activation"]](self.arrays[map["bias"]] + x @ self.arrays[map["weight"]])

    def image(self, x, input):
        x = x.reshape(input["planes"], input["height"], input["width"], -1).transpose(1, 2, 0, 3)
        x = x.reshape(*x.shape[:2], -1)  # [row × column × channel]
        for layer in input["convolutions"]:
            patches = np.lib.stride_tricks.sliding_window_view(x, (layer["side"],) * 2, (0, 1))[:: layer["stride"], :: layer["stride"]]
            x = self.map(patches.transpose(0, 1, 3, 4, 2).reshape(*patches.shape[:2], -1), layer)
        return x.ravel()

    def remember(self, x, layer, memory):
        h, c = memory or np.zeros((2, layer["units"]), np.float32)
        outer, inner = (np.split(self.map(*pair), len(layer["gates"])) for pair in ((x, layer["outer"]), (h, layer["inner"])))
        if layer["cell"] == "gru":
            reset, update = logistic(outer[0] + inner[0]), logistic(outer[1] + inner[1])
            return update * h + (1 - update) * np.tanh(outer[2] + reset * inner[2]), c
        admit, keep, candidate, show = (a + b for a, b in zip(outer, inner))
        c = logistic(keep) * c + logistic(admit) * np.tanh(candidate)
        return logistic(show) * np.tanh(c), c

    def outputs(self, x, memory=None):
        if n := self.about["normalizer"]:
            y = np.clip((x - self.arrays[n["mean"]]) * self.arrays[n["scale"]], -(n["bound"] or np.inf), n["bound"] or np.inf)
            y[n["indices"]] = x[n["indices"]]
            x = y
        inputs = self.about["inputs"]
        parts = np.split(x, np.cumsum([input["columns"] for input in inputs])[:-1])
        kinds = {"numbers": lambda x, _: x, "index": lambda x, i: (np.arange(i["count"]) == x).astype(np.float32), "image": self.image}
        x = np.concatenate([kinds[input["kind"]](part, input) for part, input in zip(parts, inputs)])
        if self.about["memory"]:
            memory = self.remember(x, self.about["memory"], memory)
            x = memory[0]
        for layer in self.about["layers"]:
            x = self.map(x, layer)
        return x, memory

    def values(self, factor, leaf, outputs, mask):
        p = {q["name"]: outputs[slice(*q["outputs"])] for q in factor["parameters"] if "outputs" in q}
        if factor["name"] == "categorical":
            return [np.argmax(p["logits"] if mask is None else np.where(mask[slice(*factor["mask"])], p["logits"], -np.inf))]
        if factor["name"] == "bernoulli":
            return (p["logits"] > 0).astype(np.int8)
        low, high = (np.ravel(np.array(leaf[key], float)) for key in ("low", "high"))  # NaN for none
        if factor["name"] == "squashed":
            x = low + (high - low) * (1 + np.tanh(p["mean"])) / 2
        elif factor["name"] == "beta":
            y, z = np.logaddexp(0, p["y"]), np.logaddexp(0, p["z"])
            x = low + (high - low) * y / (y + z)
        elif "mean" in p:
            x = p["mean"]
            if units := factor.get("units"):
                x = np.array(units["middle"], np.float32) + np.array(units["half"], np.float32) * x
        else:
            raise ValueError(f"this reader does not know the distribution {factor['name']}")
        return np.fmin(np.fmax(x, low), high).astype(leaf["dtype"])

    def action(self, outputs, mask=None):
        action = {}
        for number, leaf in enumerate(self.about["action_space"]["leaves"]):
            x = np.concatenate([self.values(f, leaf, outputs, mask) for f in self.about["distributions"] if f["leaf"] == number])
            x = x + leaf["starts"] if "starts" in leaf else x
            action[self.names[number]] = x.reshape(leaf["shape"]) if "shape" in leaf else int(x[0])
        # Several leaves are a dict by their paths, or by tuples of their keys where paths are equal.
        return action if len(action) > 1 or keys_of(self.about["action_space"]["leaves"][0]) else action[""]
