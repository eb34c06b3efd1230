"""Recomputes verdicts from a bundle's files alone: what a bundle means, in one page of Python.

    .venv/bin/python Tests/Reference/recompute_verdicts.py [--policy POLICY] [--key-file FILE] MODEL_DIR PICTURE...

MODEL_DIR is one version's folder, or a model's, whose link `current` names a version. Prints a line of JSON for each picture,
as `distinguo classify --json` does, with the members that follow from files and picture. The format, version 1:

manifest.json      `labels`: the classes, in the order of the Student's outputs. `input`: `width` and `height` in pixels, `mean`
                   and `std` for red, green and blue on 0...255, and `resize`. `student`: `file`, the names of its `input` and
                   `output`, and its `cut`. `differentiators`: each with `id`, `file`, its `scope`, the labels it tells apart in
                   the order of its outputs, and `other`, whether one more output stands for all other labels.
                   `selection.count`: how many are asked. `policy`: calibrated or vote. `files`: the SHA-256 of every other file.
*.onnx             image [N, 3, height, width], (value - mean) / std, to logits [N, outputs]; a softmax is left to the reader.
calibration.json   `alpha`, and `scores`: clean scores by label. `thresholds` and `pooledThreshold` follow from these.
                   `aggregation`: how the scores of those that were asked become one, mean or geometric-mean.
probes.npz         pictures and what each network answers; not needed here.

The SHA-256 of manifest.json stands for the bundle: it has the digests of all else, and the default selection key is made of it.
"""

import argparse
import hashlib
import hmac
import json
import math
import pathlib

import numpy
import onnxruntime
from PIL import Image, ImageOps


def fitted(image, width, height, resize):
    """RGB bytes [height, width, 3] of a picture, over white where it is transparent."""
    image = ImageOps.exif_transpose(image).convert("RGBA")
    white = Image.new("RGBA", image.size, "white")
    image = Image.alpha_composite(white, image).convert("RGB")
    w, h = image.size
    size = (width, height)
    if resize == "fit-and-crop":
        size = ((width, (2 * h * width + w) // (2 * w)) if w * height <= h * width else
                ((2 * w * height + h) // (2 * h), height))
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    image = image.resize(size, Image.Resampling.BILINEAR).crop((left, top, left + width, top + height))
    return numpy.asarray(image)


def thresholds(scores, alpha):
    """By label, from the clean scores by label: split conformal prediction. Of n scores it is the one of rank ⌊alpha (n + 1)⌋
    from below, of the label's own scores if that rank is two at least, of all labels' together otherwise."""
    def ranked(values):
        rank = math.floor(alpha * (len(values) + 1) + 1e-9)
        return rank, sorted(values)[rank - 1] if 1 <= rank <= len(values) else None

    pooled = ranked([score for values in scores.values() for score in values])[1]
    own = {label: ranked(values) for label, values in scores.items()}
    return {label: value if rank >= 2 and value is not None else pooled for label, (rank, value) in own.items()}, pooled


def softmax(logits):
    shares = numpy.exp(logits.astype("f8") - logits.max())
    return shares / shares.sum()


def aggregated(scores, how):
    return math.prod(scores) ** (1 / len(scores)) if how == "geometric-mean" else sum(scores) / len(scores)


class Bundle:
    def __init__(self, folder, key=None):
        folder = pathlib.Path(folder)
        self.folder = folder if (folder / "manifest.json").exists() else folder / "current"
        manifest = (self.folder / "manifest.json").read_bytes()
        self.manifest = json.loads(manifest)
        self.digest = "sha256:" + hashlib.sha256(manifest).hexdigest()
        for file, digest in self.manifest["files"].items():
            found = "sha256:" + hashlib.sha256((self.folder / file).read_bytes()).hexdigest()
            assert found == digest, f"{file} has the digest {found}, not {digest}"
        # A gateway has a secret of its own. This one, which all can foretell, is for bundles that are tried out.
        self.key = key or hashlib.sha256(f"distinguo selection {self.digest}".encode()).digest()
        self.calibration = json.loads((self.folder / "calibration.json").read_text())
        self.thresholds, self.pooled = thresholds(self.calibration["scores"], self.calibration["alpha"])
        self.networks = {one["file"]: onnxruntime.InferenceSession(self.folder / one["file"])
                         for one in [self.manifest["student"], *self.manifest["differentiators"]]}

    def pixels(self, picture):
        form = self.manifest["input"]
        return fitted(Image.open(picture), form["width"], form["height"], form["resize"])

    def probabilities(self, file, pixels):
        form = self.manifest["input"]
        image = (pixels.astype("f4") - numpy.array(form["mean"], "f4")) / numpy.array(form["std"], "f4")
        image = image.transpose(2, 0, 1)[None]
        return softmax(self.networks[file].run(None, {self.manifest["student"]["input"]: image})[0][0])

    def judges(self, label, pixels):
        """The differentiators that a picture meets: those with the lowest HMAC of the pixels' digest and their id."""
        image = hashlib.sha256(pixels.tobytes()).digest()
        eligible = [one for one in self.manifest["differentiators"] if label in one["scope"]]
        drawn = sorted(eligible, key=lambda one: hmac.digest(self.key, image + one["id"].encode(), "sha256"))
        return drawn[:self.manifest["selection"]["count"]]

    def verdict(self, picture, policy=None):
        policy = policy or self.manifest["policy"]
        pixels = self.pixels(picture)
        shares = self.probabilities(self.manifest["student"]["file"], pixels)
        label = self.manifest["labels"][int(shares.argmax())]
        opinions = []
        for one in self.judges(label, pixels):
            answer = self.probabilities(one["file"], pixels)
            place = one["scope"].index(label)
            opinions.append({"id": one["id"], "score": float(answer[place]), "agrees": int(answer.argmax()) == place})
        score = aggregated([one["score"] for one in opinions], self.calibration["aggregation"]) if opinions else None
        threshold = self.thresholds[label] if opinions and policy == "calibrated" else None
        reason = None
        if opinions and policy == "vote" and 2 * sum(one["agrees"] for one in opinions) <= len(opinions):
            reason = "outvoted"
        if threshold is not None and score < threshold:
            reason = "score_below_threshold"
        return {"image": str(picture), "outcome": "rejected" if reason else "accepted", "label": None if reason else label,
                "score": score, "threshold": threshold, **({"reason": reason} if reason else {}),
                "student": {"label": label, "confidence": float(shares.max())}, "differentiators": opinions,
                "model": {"name": self.manifest["name"], "version": self.manifest["version"], "digest": self.digest}}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("pictures", nargs="+")
    parser.add_argument("--policy", choices=["calibrated", "vote"])
    parser.add_argument("--key-file", type=pathlib.Path)
    arguments = parser.parse_args()
    bundle = Bundle(arguments.model, arguments.key_file and arguments.key_file.read_bytes())
    for picture in arguments.pictures:
        print(json.dumps(bundle.verdict(picture, arguments.policy)))
