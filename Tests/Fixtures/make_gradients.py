"""Makes gradients/: NAME.onnx and NAME.npz for the cases of operator_cases.py that can be differentiated.

The archive has, for the first 3 rows of each case,
  NAME              each input (float16, exact)
  seed:OUTPUT       the gradient that arrives at each output (float16, exact)
  output:OUTPUT     each output
  gradient:NAME     the gradient of sum(seed * output) with respect to each input and each trainable initialiser
  running:NAME      only in NAME_training.npz: the running mean or variance after the step

PyTorch computes them in float64; they are stored in float32. A case with batch normalisation is there twice: NAME keeps
the statistics frozen (as in inference), NAME_training normalises by the batch and updates the running statistics as
PyTorch does: running = momentum * running + (1 - momentum) * batch in ONNX's sense of momentum, where the batch's variance
is the unbiased one (divided by n - 1) although x is normalised by the biased one (divided by n).
"""

import pathlib
import zlib

import numpy
import onnx
import torch

from onnx_in_torch import initial_values, run, statistics, trainable
from operator_cases import CASES, values

ROWS = 3
# Nothing to learn from a second time, and stored types that are no parameters.
LEFT_OUT = ("float16", "bfloat16", "float32_field", "double", "constant_value", "relu_21", "concat_one", "clip_neither")

folder = pathlib.Path(__file__).parent / "gradients"
folder.mkdir(exist_ok=True)
for old in folder.iterdir():
    old.unlink()


def gradients(case, training):
    model = case.model
    held = initial_values(model, torch.float64)
    inputs = {key: torch.tensor(array[:ROWS], dtype=torch.float64) for key, array in case.inputs.items()}
    wanted = {**inputs, **{key: held[key] for key in trainable(model)}}
    for tensor in wanted.values():
        tensor.requires_grad_()
    computed = run(model, {**held, **inputs}, training)
    arrays = {key: array[:ROWS].astype("f2") for key, array in case.inputs.items()}
    random = numpy.random.default_rng(zlib.crc32(case.name.encode()) + 1)
    total = 0
    for name in [output.name for output in model.graph.output]:
        seed = values(random, tuple(computed[name].shape))
        total = total + (torch.tensor(seed, dtype=torch.float64) * computed[name]).sum()
        arrays[f"seed:{name}"] = seed.astype("f2")
        arrays[f"output:{name}"] = computed[name].detach().numpy().astype("f4")
    for key, gradient in zip(wanted, torch.autograd.grad(total, list(wanted.values()))):
        arrays[f"gradient:{key}"] = gradient.numpy().astype("f4")
    if training:
        arrays.update({f"running:{key}": held[key].numpy().astype("f4") for key in statistics(model)})
    return arrays


def save(name, model, arrays):
    onnx.save(model, folder / f"{name}.onnx")
    numpy.savez(folder / f"{name}.npz", **arrays)


count = 0
for case in CASES:
    if case.name.startswith(LEFT_OUT):
        continue
    for training in [False, True] if statistics(case.model) else [False]:
        save(case.name + "_training" * training, case.model, gradients(case, training))
        count += 1
print(f"gradients: {count} cases, {sum(file.stat().st_size for file in folder.iterdir()) / 1e6:.1f} MB")
