"""Runs `distinguo run` and onnxruntime on the same files and the same inputs, and compares every output.

    .venv/bin/python Tests/Reference/compare_onnxruntime.py [--binary FILE] [--teacher FILE] [--only TEXT]

The error is max |ours - theirs| / max |theirs|: at most 1e-4 in float32 and 2e-2 in bfloat16. One line for each case that
fails, one for each architecture, and a closing line `N passed, M failed, K skipped`; fails if anything failed.

The Teacher's error in bfloat16 is printed but not judged: on these inputs, which are no photographs, onnxruntime itself is
1.4e-2 to 3.0e-2 off when the folded weights and the value after each activation and sum are rounded to bfloat16.
"""

import argparse
import os
import pathlib
import signal
import subprocess
import sys
import tempfile

import numpy
import onnxruntime

root = pathlib.Path(__file__).resolve().parents[2]
parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--binary", type=pathlib.Path, default=root / ".build/release/distinguo")
parser.add_argument("--teacher", type=pathlib.Path, default=root.parent / "shared/teachers/efficientnet-lite0.onnx")
parser.add_argument("--only", default="", help="only cases whose name contains this")
arguments = parser.parse_args()

TOLERANCE = {"float32": 1e-4, "bfloat16": 2e-2}
counts = {"passed": 0, "failed": 0, "skipped": 0}
fixtures = root / "Tests/Fixtures"
scratch = tempfile.TemporaryDirectory()
folder = pathlib.Path(scratch.name)
has_bfloat16 = "avx512_bf16" in pathlib.Path("/proc/cpuinfo").read_text() if sys.platform == "linux" else False


def ours(model, inputs, output, precision):
    """What `distinguo run` computes."""
    command = [arguments.binary, "run", model, "--output", folder / "y.npy", "--value", output, "--precision", precision,
               "--threads", "1"]
    for name, array in inputs.items():
        numpy.save(folder / f"{len(command)}.npy", array)
        path = folder / f"{len(command)}.npy"
        command += ["--input", path if len(inputs) == 1 else f"{name}={path}"]
    # A crash is told from the signal; the story of it would fill the screen.
    environment = {**os.environ, "SWIFT_BACKTRACE": "enable=no"}
    process = subprocess.run(command, capture_output=True, text=True, timeout=300, env=environment)
    if process.returncode < 0:
        raise RuntimeError(f"crashed: {signal.Signals(-process.returncode).name}")
    if process.returncode:
        raise RuntimeError(process.stderr.strip() or f"exit status {process.returncode}")
    return numpy.load(folder / "y.npy")


def compare(name, session, model, inputs, precision, loud, judged=True):
    """Counts one case, and prints it if it fails or if `loud`. One that is not judged only fails if there is no answer."""
    worst, trouble = 0.0, ""
    for output, theirs in zip(session.get_outputs(), session.run(None, inputs)):
        try:
            answer = ours(model, inputs, output.name, precision)
        except (RuntimeError, OSError, subprocess.TimeoutExpired) as error:
            trouble = str(error)
            break
        if answer.shape != theirs.shape:
            trouble = f"{output.name} has shape {answer.shape}, not {theirs.shape}"
            break
        error = abs(answer.astype("f8") - theirs).max() / max(abs(theirs).max(), 1e-30)
        # Not `max`: a NaN must not get lost.
        worst = error if not error <= worst else worst
    if not trouble and not worst <= (TOLERANCE[precision] if judged else numpy.inf):
        trouble = "too far off"
    if judged or trouble:
        counts["failed" if trouble else "passed"] += 1
    if trouble or loud:
        error = f"error {worst:.1e}" if not trouble or trouble == "too far off" else ""
        print(f"{'FAILED' if trouble else 'passed' if judged else 'noted '}  {name}, batch {len(next(iter(inputs.values())))}, {precision}: "
              f"{' '.join(part for part in (error, trouble) if part)}", flush=True)


def session_for(model):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def files(kind):
    return sorted(path for path in (fixtures / kind).glob("*.onnx") if arguments.only in path.stem)


def skip(what, why):
    counts["skipped"] += 1
    print(f"SKIPPED {what}: {why}", flush=True)


if not arguments.binary.exists():
    sys.exit(f"{arguments.binary} is not there; `make build` makes it")
precisions = ["float32", "bfloat16"] if has_bfloat16 else ["float32"]
if not has_bfloat16:
    skip("everything in bfloat16", "this processor has no AVX512-BF16")

for model in files("operators"):
    session = session_for(model)
    with numpy.load(model.with_suffix(".npz")) as arrays:
        inputs = {name: arrays[name].astype("f4") for name in arrays if ":" not in name}
    compare(f"operator {model.stem}", session, model, inputs, "float32", loud=False)
print(f"operators: {counts['passed']} passed, {counts['failed']} failed", flush=True)
images = (numpy.load(fixtures / "architectures/input.npz")["image"].astype("f4") - 127) / 128
for model in files("architectures"):
    session = session_for(model)
    for precision in precisions:
        for rows in [1, 3, 16]:
            compare(f"architecture {model.stem}", session, model, {"image": images[:rows]}, precision, loud=True)

if not arguments.teacher.exists():
    skip("the Teacher at 32, 64, 96 and 224", f"{arguments.teacher} is not there")
elif arguments.only in arguments.teacher.stem:
    session = session_for(arguments.teacher)
    random = numpy.random.default_rng(0)
    for size in [32, 64, 96, 224]:
        coarse = random.integers(0, 256, (3, 3, 8, 8)).repeat(size // 8, 2).repeat(size // 8, 3)
        x = ((coarse + random.integers(-20, 20, (3, 3, size, size)) - 127) / 128).astype("f4")
        for precision in precisions:
            compare(f"Teacher at {size}", session, arguments.teacher, {"image": x}, precision, loud=True,
                    judged=precision == "float32")

print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
sys.exit(1 if counts["failed"] else 0)
