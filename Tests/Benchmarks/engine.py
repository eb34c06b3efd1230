"""The network engine beside onnxruntime and PyTorch: speed, share of time in oneDNN's kernels, memory.

    make bench      or      .venv/bin/python Tests/Benchmarks/engine.py [--json] [--rounds 11] [--only TEXT] [--teacher FILE]

Each contestant is a process of its own that is started and warmed up once, and then they run in turn (A B A B ...), so that
whatever else the machine does meets them alike. A row compares the medians over all rounds, at the same thread count.
onnxruntime has the version of Tests/Reference/requirements.txt and its default settings, PyTorch is Debian's python3-torch
(1.13), in its default layout and in channels_last; the faster one counts. Memory is what a process grows by from before it
opens the model until after three runs. Exits with 1 if a row misses its goal, 2 if rows had to be left out.
"""

import argparse
import collections
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile

root = pathlib.Path(__file__).resolve().parents[2]
parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--binary", type=pathlib.Path, default=root / ".build/release/distinguo")
parser.add_argument("--teacher", type=pathlib.Path, default=root.parent / "shared/teachers/efficientnet-lite0.onnx")
parser.add_argument("--rounds", type=int, default=11)
parser.add_argument("--only", default="", help="only rows whose name contains this")
parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
arguments = parser.parse_args()

CACHE = root / ".build/benchmarks"
ROUND_MILLISECONDS = 700


def note(text):
    print(text, file=sys.stderr, flush=True)


class Contestant:
    """A process that is asked for runs by lines on its standard input."""

    def __init__(self, command, threads):
        environment = {**os.environ, "OMP_NUM_THREADS": str(threads)}
        self.process = subprocess.Popen([str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, env=environment)
        self.times = []
        self.resident_before = self.answer()["resident_bytes_before"]

    def answer(self):
        line = self.process.stdout.readline()
        if line:
            return json.loads(line)
        raise RuntimeError(f"{self.process.args[0]} ended with status {self.process.wait()}: {' '.join(self.process.args)}")

    def run(self, count):
        self.process.stdin.write(f"run {count}\n")
        self.process.stdin.flush()
        return self.answer()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()


def engine(model, size, batch, threads, precision="float32", mode="inference"):
    return [arguments.binary, "bench", "engine", "--model", model, "--size", size, "--batch", batch, "--threads", threads,
            "--precision", precision, "--mode", mode]


def ours(model, size, batch, threads, precision="float32", mode="inference"):
    return Contestant([*engine(model, size, batch, threads, precision, mode), "--interactive"], threads)


def rival(name, model, size, batch, threads):
    return Contestant([sys.executable, root / "Tests/Benchmarks/rival.py", name, "--model", model, "--size", size, "--batch",
                       batch, "--threads", threads], threads)


def medians(contestants):
    """Each contestant's median in milliseconds, running in turn."""
    counts = []
    for contestant in contestants:
        contestant.run(2)
        counts.append(max(1, round(ROUND_MILLISECONDS / min(contestant.run(2)["milliseconds"]))))
    for _ in range(arguments.rounds):
        for contestant, count in zip(contestants, counts):
            contestant.times += contestant.run(count)["milliseconds"]
    return [statistics.median(contestant.times) for contestant in contestants]


def row(work, unit, value, rival_name, rival_value, goal, met, ratio, **details):
    return dict(work=work, unit=unit, distinguo=value, rival=rival_name, rival_value=rival_value, ratio=ratio, goal=goal,
                met=met, **details)


def speed(work, model, size, batch, precision, goal):
    with ours(model, size, batch, 1, precision) as us, rival("onnxruntime", model, size, batch, 1) as them:
        a, b = medians([us, them])
    return row(work, "ms", a, "onnxruntime float32", b, f"<= {goal}", a / b <= goal, a / b)


def training(work, model, goal):
    names = ["pytorch", "pytorch-channels-last"]
    with ours(model, 64, 64, 2, mode="training") as us, rival(names[0], model, 64, 64, 2) as plain, \
            rival(names[1], model, 64, 64, 2) as last:
        a, *theirs = medians([us, plain, last])
    best = min(theirs)
    return row(work, "ms", a, names[theirs.index(best)], best, f"<= {goal}", a / best <= goal, a / best,
               **dict(zip(names, theirs)))


def kernel_share(work, model, goal):
    """oneDNN's own times of its kernels against wall time. Writing the log counts as time outside of them."""
    command = [*engine(model, 224, 8, 1), "--interactive"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "DNNL_VERBOSE": "1", "ONEDNN_VERBOSE": "1"}
    # Into a file: a reader of a pipe would be woken by every line, and take the processor from what is measured.
    with tempfile.TemporaryFile("w+") as output:
        subprocess.run([str(part) for part in command], input="run 3\nrun 10\n", stdout=output, text=True, env=environment,
                       check=True)
        output.seek(0)
        lines = output.read().splitlines()
    answers = [index for index, line in enumerate(lines) if line.startswith("{")]
    wall = sum(json.loads(lines[answers[-1]])["milliseconds"])
    kernels = collections.Counter()
    for line in lines[answers[-2]:answers[-1]]:
        fields = line.split(",")
        if fields[0] in ("dnnl_verbose", "onednn_verbose") and "exec" in fields[:3]:
            kernels[fields[fields.index("exec") + 2]] += float(fields[-1])
    share = sum(kernels.values()) / wall
    return row(work, "share", share, "wall time", 1.0, f">= {goal}", share >= goal, share,
               kernels={name: time / wall for name, time in kernels.most_common()})


def memory(work, model, goal):
    values, totals = [], []
    for contestant in [ours(model, 224, 1, 1), rival("onnxruntime", model, 224, 1, 1)]:
        with contestant:
            after = contestant.run(3)["resident_bytes"]
            values.append((after - contestant.resident_before) / 2 ** 20)
            totals.append(after / 2 ** 20)
    a, b = values
    return row(work, "MiB", a, "onnxruntime", b, f"<= {goal}", a / b <= goal, a / b,
               total_resident={"distinguo": totals[0], "onnxruntime": totals[1]})


def resnet18():
    """A ResNet-18 with random weights, made once by torchvision."""
    path = CACHE / "resnet18.onnx"
    if not path.exists():
        import torch
        import torchvision

        CACHE.mkdir(parents=True, exist_ok=True)
        torch.manual_seed(0)
        torch.onnx.export(torchvision.models.resnet18().eval(), torch.zeros(1, 3, 224, 224), str(path) + ".new",
                          input_names=["image"], output_names=["logits"], opset_version=13,
                          dynamic_axes={"image": {0: "N", 2: "H", 3: "W"}, "logits": {0: "N"}})
        os.rename(str(path) + ".new", path)
    return path


def processor():
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    name = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())
    flags = set(next((line for line in lines if line.startswith("flags")), "").split())
    return name, flags


def importable(module):
    return subprocess.run([sys.executable, "-c", f"import {module}"], capture_output=True).returncode == 0


def versions():
    code = "import onnxruntime; print(onnxruntime.__version__)"
    found = {"onnxruntime": subprocess.check_output([sys.executable, "-c", code], text=True).strip()}
    if importable("torch"):
        code = "import torch; print(torch.__version__)"
        found["pytorch"] = subprocess.check_output([sys.executable, "-c", code], text=True).strip()
    return found


name, flags = processor()
teacher = arguments.teacher
has_teacher, has_torch = teacher.exists(), importable("torchvision")
has_bfloat16 = "avx512_bf16" in flags
NEEDS = {
    "Teacher": (has_teacher, f"the Teacher is not at {teacher} (--teacher FILE says where)"),
    "PyTorch": (has_torch, "Debian's python3-torch and python3-torchvision are not installed"),
    "bfloat16": (has_bfloat16, "this processor has no AVX512-BF16"),
}
ROWS = [
    ("efficientnet-lite0 224x224, batch 1, 1 thread, float32", ["Teacher"],
     lambda work: speed(work, teacher, 224, 1, "float32", 1.0)),
    ("efficientnet-lite0 224x224, batch 1, 1 thread, bfloat16", ["Teacher", "bfloat16"],
     lambda work: speed(work, teacher, 224, 1, "bfloat16", 0.65)),
    ("efficientnet-lite0 64x64, batch 32, 1 thread, float32", ["Teacher"],
     lambda work: speed(work, teacher, 64, 32, "float32", 0.9)),
    ("ResNet-18 224x224, batch 1, 1 thread, bfloat16", ["PyTorch", "bfloat16"],
     lambda work: speed(work, resnet18(), 224, 1, "bfloat16", 0.6)),
    ("training step, efficientnet-lite0 64x64, batch 64, 2 threads", ["Teacher", "PyTorch"],
     lambda work: training(work, teacher, 0.7)),
    ("time inside oneDNN kernels, efficientnet-lite0 224x224, batch 8", ["Teacher"],
     lambda work: kernel_share(work, teacher, 0.9)),
    ("resident memory, efficientnet-lite0 224x224, batch 1", ["Teacher"], lambda work: memory(work, teacher, 1.0)),
]

if not arguments.binary.exists():
    sys.exit(f"{arguments.binary} is not there; `make build` makes it")
results, skipped = [], []
for work, needs, measure in ROWS:
    if arguments.only not in work:
        continue
    missing = [NEEDS[need][1] for need in needs if not NEEDS[need][0]]
    if missing:
        skipped.append(dict(work=work, reason="; ".join(missing)))
        note(f"SKIPPED: {work}: {'; '.join(missing)}")
        continue
    note(f"measuring {work}")
    try:
        results.append(measure(work))
    except (RuntimeError, OSError, subprocess.CalledProcessError) as error:
        skipped.append(dict(work=work, reason=str(error)))
        note(f"FAILED TO RUN: {work}: {error}")

machine = dict(processor=name, cores=os.cpu_count(), bfloat16=has_bfloat16, load=os.getloadavg()[0], **versions())
if arguments.json:
    print(json.dumps(dict(machine=machine, rounds=arguments.rounds, rows=results, skipped=skipped), indent=2))
else:
    print(f"\n{name}, {os.cpu_count()} cores, AVX512-BF16 {'yes' if has_bfloat16 else 'no'}, load {machine['load']:.1f}; "
          f"onnxruntime {machine['onnxruntime']}, PyTorch {machine.get('pytorch', 'absent')}; "
          f"medians of {arguments.rounds} interleaved rounds\n")
    print(f"{'work':66}{'distinguo':>13} {'rival':34}{'ratio':>7}  goal")
    for result in results:
        unit = "" if result["unit"] == "share" else result["unit"]
        places = 2 if result["unit"] == "share" else 1 if result["distinguo"] > 99 else 3
        theirs = f"{result['rival']} {result['rival_value']:.{places}f} {unit}"
        print(f"{result['work']:66}{result['distinguo']:>9.{places}f} {unit:3} {theirs:34}"
              f"{result['ratio']:>7.2f}  {result['goal']} {'met' if result['met'] else 'MISSED'}")
        if "kernels" in result:
            print("    " + ", ".join(f"{kind} {share:.1%}" for kind, share in result["kernels"].items()))
        if "total_resident" in result:
            print("    whole processes: " + ", ".join(f"{who} {mib:.0f} MiB" for who, mib in result["total_resident"].items()))
        if "pytorch" in result:
            print(f"    PyTorch: default layout {result['pytorch']:.1f} ms, channels_last "
                  f"{result['pytorch-channels-last']:.1f} ms")
    for skip in skipped:
        print(f"NOT MEASURED: {skip['work']}: {skip['reason']}")
sys.exit(2 if skipped else 0 if all(result["met"] for result in results) else 1)
