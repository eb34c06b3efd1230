"""The Student of a bundle on onnxruntime, undefended: what the rivals of the gateway serve.

A picture is read as the manifest says, by Pillow: decoded, made RGB, squashed to the input's size by its antialiased bilinear
filter (the one that the gateway's own resizing is held against), and normalised. The answer is the label and the Student's
confidence in it.
"""

import io
import json
import os
import pathlib

import numpy
import onnxruntime
from PIL import Image


def settings():
    """How this rival is set up, from the benchmark: workers, threads, batch, wait_ms and the like."""
    return json.loads(os.environ["RIVAL_SETTINGS"])


class Student:
    def __init__(self, bundle, threads, spins):
        bundle = pathlib.Path(bundle)
        manifest = json.loads((bundle / "manifest.json").read_text())
        described = manifest["input"]
        if described["resize"] != "squash" or described["color"] != "RGB":
            raise ValueError(f"{bundle}/manifest.json: this rival only squashes RGB pictures, not {described}")
        self.labels = manifest["labels"]
        self.size = described["width"], described["height"]
        self.mean = numpy.array(described["mean"], "f4")
        self.scale = 1 / numpy.array(described["std"], "f4")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "1" if spins else "0")
        self.session = onnxruntime.InferenceSession(
            str(bundle / manifest["student"]["file"]), options, providers=["CPUExecutionProvider"])
        self.input, self.output = manifest["student"]["input"], manifest["student"]["output"]
        self.classify([numpy.zeros((3, *self.size[::-1]), "f4")])

    def decode(self, data):
        """The bytes of a picture as the network's input, [3, height, width]."""
        picture = Image.open(io.BytesIO(data)).convert("RGB").resize(self.size, Image.Resampling.BILINEAR)
        return ((numpy.asarray(picture, "f4") - self.mean) * self.scale).transpose(2, 0, 1)

    def classify(self, inputs):
        """An answer for each of the inputs, by one run."""
        (logits,) = self.session.run([self.output], {self.input: numpy.stack(inputs)})
        exponentials = numpy.exp(logits - logits.max(axis=1, keepdims=True))
        confidences = exponentials / exponentials.sum(axis=1, keepdims=True)
        best = confidences.argmax(axis=1)
        return [
            {"label": self.labels[index], "confidence": round(float(row[index]), 4)}
            for index, row in zip(best, confidences)
        ]
