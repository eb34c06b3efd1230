"""Holds models that Distinguo wrote against the ones it read, in onnxruntime.

    .venv/bin/python Tests/Reference/check_export.py [FOLDER ...]

Has ReexportTests (which must be built: `swift build --build-tests`) write each model below the folders anew, with float32 and
with float16 weights, and the pruned architectures with what the engine computes. Without folders: the committed architectures
and operators, and ../shared/teachers where it is.

Each file must pass ONNX's checker with shape inference and give the original's numbers, or the engine's: to 1e-5 of the largest
with float32 weights, 2e-2 with float16 weights, 1e-4 for pruned networks. One line for each file that fails, and a closing line
`N passed, M failed`; fails if anything failed.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

import numpy
import onnx
import onnxruntime

TOLERANCE = {"float32": 1e-5, "float16": 2e-2, "pruned": 1e-4}
FREE = {0: 2, 2: 64, 3: 64}
"""Extents of the axes that a model leaves free; 3 for others."""

root = pathlib.Path(__file__).resolve().parents[2]


def session(model):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    # Fusions change rounding, and are not what is compared here.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def random_inputs(original):
    """An array for each input, of the type that it wants."""
    random = numpy.random.default_rng(1)
    feeds = {}
    for value in original.get_inputs():
        shape = [size if isinstance(size, int) else FREE.get(axis, 3) for axis, size in enumerate(value.shape)]
        dtype = numpy.float16 if value.type == "tensor(float16)" else numpy.float32
        feeds[value.name] = random.standard_normal(shape).astype(dtype)
    return feeds


def difference(copy, feeds, expected):
    """The largest difference of any output, relative to the largest expected value. `expected` maps names to arrays."""
    model = session(copy)
    names = [value.name for value in model.get_outputs()]
    if names != list(expected):
        raise ValueError(f"the outputs are {names}, not {list(expected)}")
    worst = 0.0
    for name, found in zip(names, model.run(names, {key: array.astype("f4") for key, array in feeds.items()})):
        wanted = expected[name].astype("f8")
        if wanted.shape != found.shape:
            raise ValueError(f"{name} has shape {found.shape}, not {wanted.shape}")
        if not numpy.isfinite(found).all():
            raise ValueError(f"{name} is not finite")
        worst = max(worst, abs(wanted - found).max() / max(abs(wanted).max(), 1e-9))
    return worst


def cases(folders, copies):
    """What there is to check: kind, written file, inputs and expected outputs."""
    for folder in folders:
        for path in sorted(folder.rglob("*.onnx")):
            original = session(path)
            feeds = random_inputs(original)
            names = [value.name for value in original.get_outputs()]
            expected = dict(zip(names, original.run(names, feeds)))
            for kind in ["float32", "float16"]:
                yield kind, copies / kind / folder.name / path.relative_to(folder), feeds, expected
    for path in sorted((copies / "pruned").glob("*.onnx")):
        with numpy.load(path.with_suffix(".npz")) as arrays:
            feeds = {key: array for key, array in arrays.items() if ":" not in key}
            expected = {key.removeprefix("output:"): array for key, array in arrays.items() if ":" in key}
        yield "pruned", path, feeds, expected


def main():
    teachers = root.parent / "shared/teachers"
    default = [root / "Tests/Fixtures/architectures", root / "Tests/Fixtures/operators"] + [teachers] * teachers.exists()
    folders = [pathlib.Path(argument).resolve() for argument in sys.argv[1:]] or default
    counts = dict.fromkeys(TOLERANCE, 0)
    failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        copies = pathlib.Path(scratch)
        variables = {"REEXPORT_FROM": ":".join(map(str, folders)), "REEXPORT_TO": scratch}
        command = ["swift", "test", "--skip-build", "--filter", "ReexportTests"]
        writing = subprocess.run(command, cwd=root, env={**os.environ, **variables}, capture_output=True, text=True)
        if writing.returncode:
            failed += 1
            print(f"FAILED  {' '.join(command)}:\n{writing.stdout}{writing.stderr}")
        for kind, copy, feeds, expected in cases(folders, copies):
            try:
                onnx.checker.check_model(str(copy), full_check=True)
                error = difference(copy, feeds, expected)
                if error > TOLERANCE[kind]:
                    raise ValueError(f"error {error:.1e}")
                counts[kind] += 1
            except Exception as error:  # every kind of failure of a library is a failed model
                failed += 1
                print(f"FAILED  {copy.relative_to(copies)}: {error}", flush=True)
    print("written files: " + ", ".join(f"{count} {kind}" for kind, count in counts.items()))
    print(f"{sum(counts.values())} passed, {failed} failed")
    # A kind of which there is nothing was not written at all.
    return 1 if failed or not all(counts.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
