"""Holds the committed bundles against what is said of them.

    .venv/bin/python Tests/Reference/check_models.py [--binary .build/release/distinguo] [--shared ../shared]

Each bundle in Models is verified, is small enough, and gives the verdicts that recompute_verdicts.py works out from its files
with onnxruntime; its samples are accepted with their labels. Where the held-out pictures are at hand, the quality that the README
promises is measured.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import recompute_verdicts

root = pathlib.Path(__file__).resolve().parents[2]
parser = argparse.ArgumentParser()
parser.add_argument("--binary", default=root / ".build/release/distinguo")
parser.add_argument("--shared", type=pathlib.Path, default=root.parent / "shared")
arguments = parser.parse_args()

# Which differentiators are asked depends on a key, so that clean pictures near the threshold are rejected with some keys only. Where
# one picture of 120 is, five keys say little of how often.
KEYS = [f"a key to measure with, number {number}" for number in range(1, 21)]
# Least accuracy of the Student, most points lost end to end, most clean pictures rejected, in percent.
QUALITY = {"flowers": (93, 1.5, 3), "traffic-signs": (95, 1.5, 2)}
LARGEST = 30_000_000

failures = []


def check(condition, text):
    print(("ok      " if condition else "FAILED  ") + text)
    if not condition:
        failures.append(text)


def run(*command):
    return subprocess.run([arguments.binary, *map(str, command)], capture_output=True, text=True)


def measured(model, data):
    """Student accuracy, end to end accuracy, clean rejection rate, in percent: means over the keys."""
    rows = []
    for key in KEYS:
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(key)
            file.flush()
            outcome = run("evaluate", "--model", model, "--data", data, "--pairs", "0", "--json", "--selection-key-file", file.name)
        clean = json.loads(outcome.stdout)["clean"]
        rows.append([100 * clean[share]["share"] for share in ("student_accuracy", "end_to_end_accuracy", "clean_rejection_rate")])
    ends = sorted(row[1] for row in rows)
    print(f"        end to end, with {len(KEYS)} keys: {ends[0]:.2f} to {ends[-1]:.2f} %")
    return [sum(column) / len(KEYS) for column in zip(*rows)]


for name, (accuracy, lost, rejected) in QUALITY.items():
    model = root / "Models" / name
    outcome = run("verify", model)
    check(outcome.returncode == 0, f"{name}: {(outcome.stdout + outcome.stderr).strip()}")
    bundle = recompute_verdicts.Bundle(model)
    size = sum(file.stat().st_size for file in bundle.folder.rglob("*") if file.is_file())
    check(size < LARGEST, f"{name}: {size / 1e6:.1f} MB, below {LARGEST / 1e6:.0f} MB")
    samples = sorted((bundle.folder / "samples").iterdir())
    check(len(samples) >= 3, f"{name}: {len(samples)} samples, 3 at least")
    verdicts = [json.loads(line) for line in run("classify", "--model", model, "--json", *samples).stdout.splitlines()]
    for sample, verdict in zip(samples, verdicts, strict=True):
        check(verdict["outcome"] == "accepted" and sample.stem.rsplit("-", 1)[0] == verdict["label"],
              f"{name}: {sample.name} is {verdict['outcome']} as {verdict['label']}, score {verdict['score']}")
        if sample.suffix == ".png":
            again = bundle.verdict(sample)
            same = (again["outcome"], again["label"], [one["id"] for one in again["differentiators"]]) == (
                verdict["outcome"], verdict["label"], [one["id"] for one in verdict["differentiators"]])
            check(same and abs(again["score"] - verdict["score"]) < 1e-3, f"{name}: {sample.name} recomputed")

    data = arguments.shared / "data" / f"{name}-dev.tar"
    if not data.exists():
        print(f"SKIPPED {name}: its quality is not measured, since there is no {data.name}")
        continue
    right, end, no = measured(model, data)
    check(right >= accuracy, f"{name}: Student {right:.2f} %, {accuracy} % at least")
    check(right - end <= lost, f"{name}: end to end {end:.2f} %, at most {lost} points less")
    check(no <= rejected, f"{name}: {no:.2f} % of clean pictures rejected, {rejected} % at most")

print(f"{len(failures)} failed" if failures else "the models are what is said of them")
sys.exit(bool(failures))
