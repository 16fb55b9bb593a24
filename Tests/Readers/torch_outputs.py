"""Prints the largest difference between the outputs of Examples/torch/policy.py and those of a file of episodes.

python torch_outputs.py FOLDER OUTPUTS.npz
"""

import pathlib
import sys

import numpy
import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "Examples" / "torch"))
from policy import Policy

policy, arrays, largest = Policy(sys.argv[1]), numpy.load(sys.argv[2]), 0.0
with torch.no_grad():
    for k in range(len(arrays) // 2):
        features, expected, state = torch.from_numpy(arrays[f"x{k}"]), arrays[f"y{k}"], None
        outputs = []
        for row in features.split(1 if policy.about["memory"] else len(features)):
            found, state = policy(row, state)
            outputs.append(found)
        largest = max(largest, float(numpy.abs(torch.cat(outputs).numpy() - expected).max()))
print(largest)
