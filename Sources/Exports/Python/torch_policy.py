"""A policy of Ascent in PyTorch, from the folder that `ascent export RUN --format torch --out FOLDER` writes.

policy = Policy("FOLDER")
outputs, state = policy(features, state)  # [row × feature] → [row × output]; state is None at the beginning of an episode

docs/policy-format.md says what the features and the outputs are, and how the arrays are named.
"""

import json
import math
import pathlib

import torch
from safetensors.torch import load_file
from torch import nn

ACTIVATIONS = {"tanh": nn.Tanh, "relu": nn.ReLU, "elu": nn.ELU, "gelu": nn.GELU, None: nn.Identity}
CELLS = {"gru": nn.GRU, "lstm": nn.LSTM}


class Policy(nn.Module):
    def __init__(self, folder):
        super().__init__()
        self.about = json.loads((pathlib.Path(folder) / "policy.json").read_text())
        arrays = load_file(pathlib.Path(folder) / "model.safetensors")
        self.bound = (self.about["normalizer"] or {}).get("bound") or math.inf
        for name in ("mean", "scale"):
            self.register_buffer(name, arrays[name])
        self.convolutions = nn.ModuleDict()
        for k, input in enumerate(self.about["inputs"]):
            layers, channels = [], input.get("channels")
            for c in input.get("convolutions", []):
                filters = len(arrays[f"convolutions.{k}.{len(layers)}.bias"])
                layers += [nn.Conv2d(channels, filters, c["side"], c["stride"]), ACTIVATIONS[c["activation"]]()]
                channels = filters
            if layers:
                self.convolutions[str(k)] = nn.Sequential(*layers, nn.Flatten())
        if memory := self.about["memory"]:
            self.memory = CELLS[memory["cell"]](arrays["memory.weight_ih_l0"].shape[1], memory["units"])
        layers = []
        for layer in self.about["layers"]:
            outputs, inputs = arrays[f"layers.{len(layers)}.weight"].shape
            layers += [nn.Linear(inputs, outputs), ACTIVATIONS[layer["activation"]]()]
        self.layers = nn.Sequential(*layers)
        names = [name for name in arrays if name.startswith("log_deviations.")]
        self.log_deviations = nn.ParameterDict({name.split(".")[1]: nn.Parameter(arrays[name].clone()) for name in names})
        self.load_state_dict(arrays)

    def forward(self, x, state=None):
        inputs = self.about["inputs"]
        columns, standardized, parts = [input["columns"] for input in inputs], ((x - self.mean) * self.scale).clamp(-self.bound, self.bound), []
        for k, (input, given, part) in enumerate(zip(inputs, x.split(columns, 1), standardized.split(columns, 1))):
            if input["kind"] == "index":
                part = (given == torch.arange(input["count"], device=x.device)).float()
            if input["kind"] == "image":
                planes, height, width, channels = (input[key] for key in ("planes", "height", "width", "channels"))
                part = part.reshape(-1, planes, height, width, channels // planes).permute(0, 1, 4, 2, 3)
                part = self.convolutions[str(k)](part.reshape(-1, channels, height, width))
            parts.append(part)
        x = torch.cat(parts, 1)
        if self.about["memory"]:
            x, state = self.memory(x.unsqueeze(0), state)
            x = x.squeeze(0)
        return self.layers(x), state
