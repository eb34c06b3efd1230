"""What the end-to-end checks of the defence share: Fashion-MNIST's pictures, the binary, and a count of what held."""

import argparse
import gzip
import os
import pathlib
import subprocess
import sys

import numpy
from PIL import Image

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEACHER = ROOT / "Tests/Fixtures/teachers/clothes.onnx"
SOURCE = pathlib.Path("/usr/share/datasets/fashion-mnist")
LABELS = {5: "sandal", 6: "shirt", 7: "sneaker", 8: "bag", 9: "ankle-boot"}
"""The classes that the Teacher never saw."""


def options(description):
    """The binary, from the command line; ends with a reason if there is nothing to check, or nothing to check it with."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--binary", type=pathlib.Path, default=ROOT / ".build/release/distinguo")
    binary = parser.parse_args().binary.resolve()
    if not binary.exists():
        sys.exit(f"{binary} is not there; `make build` makes it")
    if not SOURCE.exists():
        sys.exit(f"{SOURCE} is not there; `make setup-test` installs it")
    return binary


def write_pictures(folder, part, count, first=0, labels=LABELS.values()):
    """PNG files in a folder for each label, `count` of each from the `first` on; of the part `train` or `t10k`."""
    with gzip.open(SOURCE / f"{part}-images-idx3-ubyte.gz") as file:
        images = numpy.frombuffer(file.read(), "u1", offset=16).reshape(-1, 28, 28)
    with gzip.open(SOURCE / f"{part}-labels-idx1-ubyte.gz") as file:
        numbers = numpy.frombuffer(file.read(), "u1", offset=8)
    for number, label in LABELS.items():
        if label in labels:
            (folder / label).mkdir(parents=True, exist_ok=True)
            for index in numpy.flatnonzero(numbers == number)[first:first + count]:
                Image.fromarray(images[index]).save(folder / label / f"{index:05}.png")
    return folder


def start(binary, *arguments, variables={}, **settings):
    # A crash is told from the signal; the story of it would fill the screen.
    environment = {**os.environ, "SWIFT_BACKTRACE": "enable=no", **variables}
    environment.pop("DISTINGUO_SELECTION_KEY", None)
    return subprocess.Popen([binary, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            env=environment, **settings)


def run(binary, *arguments, timeout=1200, **settings):
    """Exit status, standard output and standard error."""
    process = start(binary, *arguments, **settings)
    output, errors = process.communicate(timeout=timeout)
    return process.returncode, output, errors


def succeed(binary, *arguments, **settings):
    """Standard output of a command that must not fail."""
    status, output, errors = run(binary, *arguments, **settings)
    if status:
        sys.exit(f"FAILED {' '.join(map(str, arguments))}: status {status}\n{errors}")
    return output


class Checks:
    """Counts what holds, and prints it."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def check(self, holds, what):
        self.passed += bool(holds)
        self.failed += not holds
        print(f"{'passed ' if holds else 'FAILED '} {what}", flush=True)

    def skip(self, what):
        self.skipped += 1
        print(f"SKIPPED {what}", flush=True)

    def finish(self):
        print(f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped")
        sys.exit(1 if self.failed else 0)
