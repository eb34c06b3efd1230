#!/usr/bin/env python3
"""Holds models that Distinguo wrote against the ones it read, in onnxruntime.

    REEXPORT_FROM=ORIGINALS REEXPORT_TO=COPIES swift test --filter ReexportTests
    Tests/Reference/check_export.py ORIGINALS COPIES

COPIES has a folder float32 and a folder float16. Each copy must pass ONNX's checker (with shape inference) and give the
original's numbers: to 1e-5 of the largest with float32 weights, to 2e-2 with float16 weights. Needs numpy, onnx, onnxruntime.
"""

import argparse
import pathlib
import sys

import numpy
import onnx
import onnxruntime

TOLERANCE = {"float32": 1e-5, "float16": 2e-2}


def session(model):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    # Fusions change rounding, and are not what is compared here.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def shape_of(value, size):
    """Batch 2 and the given size where the model leaves them free."""
    free = {0: 2, 2: size, 3: size}
    return [extent if isinstance(extent, int) else free.get(axis, 3) for axis, extent in enumerate(value.shape)]


def compare(original, copy, size):
    """The largest difference of any output, relative to the largest value of the original's."""
    random = numpy.random.default_rng(1)
    feeds = {
        value.name: random.standard_normal(shape_of(value, size)).astype(
            numpy.float16 if value.type == "tensor(float16)" else numpy.float32
        )
        for value in original.get_inputs()
    }
    names = [value.name for value in original.get_outputs()]
    if names != [value.name for value in copy.get_outputs()]:
        raise ValueError("the outputs have other names")
    expected = original.run(names, feeds)
    found = copy.run(names, {name: array.astype(numpy.float32) for name, array in feeds.items()})
    worst = 0.0
    for a, b in zip(expected, found):
        if a.shape != b.shape:
            raise ValueError(f"shape {b.shape} instead of {a.shape}")
        if not numpy.isfinite(b).all():
            raise ValueError("the copy's output is not finite")
        worst = max(worst, float(numpy.abs(a.astype(numpy.float64) - b).max() / (numpy.abs(a).max() + 1e-9)))
    return worst


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("originals", type=pathlib.Path)
    parser.add_argument("copies", type=pathlib.Path)
    parser.add_argument("--size", type=int, default=64, help="height and width where they are free")
    arguments = parser.parse_args()
    failures = checked = 0
    for path in sorted(arguments.originals.rglob("*.onnx")):
        for precision, tolerance in TOLERANCE.items():
            copy = arguments.copies / precision / path.relative_to(arguments.originals)
            checked += 1
            try:
                onnx.checker.check_model(str(copy), full_check=True)
                difference = compare(session(str(path)), session(str(copy)), arguments.size)
                if difference > tolerance:
                    raise ValueError(f"differs by {difference:.2e}, more than {tolerance:.0e}")
                print(f"ok    {precision}  {difference:.1e}  {path.relative_to(arguments.originals)}")
            except Exception as error:  # every kind of failure of a library is a failed model
                failures += 1
                print(f"FAIL  {precision}  {path.relative_to(arguments.originals)}: {error}")
    print(f"{checked} copies, {failures} failures")
    return 1 if failures or not checked else 0


if __name__ == "__main__":
    sys.exit(main())
