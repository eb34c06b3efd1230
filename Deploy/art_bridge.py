"""A running gateway as a classifier and a detector for the Adversarial Robustness Toolbox (ART): attacks that we did not write.

    pip install adversarial-robustness-toolbox==1.20.1 numpy==1.26.4 pillow==11.3.0 scipy==1.15.3 scikit-learn==1.7.2 packaging
    python3 art_bridge.py --url http://127.0.0.1:8080 --attack hopskipjump --picture stop.png --start yield.png \\
      --target yield --queries 1000 --output attacks

The command makes one attack on each picture, writes what came of it as a PNG file, has that file judged, and says what it looked
like to the gateway before and after. It is the threat model T5: the attacker has the HTTP interface and nothing else.

In a program of your own:

    classifier = GatewayClassifier("http://127.0.0.1:8080", picture_shape=(96, 96, 3))
    pictures = SquareAttack(classifier, eps=8, batch_size=16).generate(pictures)
    report, is_adversarial = GatewayDetector(classifier).detect(pictures)
"""

import argparse
import hashlib
import http.client
import io
import json
import pathlib
import secrets
import socket
import ssl
import sys
import time
import urllib.parse
import warnings

import numpy
from PIL import Image

# No attack here needs it.
warnings.filterwarnings("ignore", message="PyTorch not found")
from art.attacks.evasion import HopSkipJump, SquareAttack
from art.defences.detector.evasion import EvasionDetector
from art.estimators.classification import BlackBoxClassifierNeuralNetwork

REJECTED = "rejected"
TRIES = 8


class GatewayError(Exception):
    """Why there is no verdict. `error` is the gateway's word for programs, None if it said none."""

    def __init__(self, text, error=None):
        super().__init__(text)
        self.error = error


class BudgetSpent(Exception):
    """As many pictures were sent as may be."""


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a Unix-domain socket."""

    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Gateway:
    """Asks a gateway at `http://…`, `https://…` or `unix:/…` over one connection that is kept alive.

    - authority: a PEM file of the certificates that vouch for an `https://…` one; the system's if there is none.
    """

    def __init__(self, url, authority=None, timeout=60):
        parts = urllib.parse.urlsplit(url)
        if parts.scheme == "unix" and parts.path:
            self.connection = UnixConnection(parts.path, timeout)
        elif parts.scheme in ("http", "https") and parts.hostname and parts.path in ("", "/"):
            if parts.scheme == "https":
                self.connection = http.client.HTTPSConnection(parts.hostname, parts.port, timeout=timeout, context=trusting(authority))
            else:
                self.connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)
        else:
            raise GatewayError(f"{url!r} is no gateway's address; write http://HOST:PORT, https://HOST:PORT or unix:/PATH")
        self.url = url

    def ask(self, method, target, body=None, fields={}):
        """The status and value of an answer, and for how many seconds to wait before it is asked again."""
        for is_last in (False, True):
            try:
                self.connection.request(method, target, body, fields)
                response = self.connection.getresponse()
                text = response.read()
                break
            except (OSError, http.client.HTTPException) as error:
                self.connection.close()
                if isinstance(error, ssl.SSLCertVerificationError):
                    raise GatewayError(f"no trusted connection to {self.url}: {error.verify_message}; --ca (authority=) names a file of "
                                       "certificates to trust") from None
                # A connection that was kept may have been closed meanwhile; the second one is new.
                if is_last or not isinstance(error, (ConnectionError, http.client.HTTPException)):
                    raise GatewayError(f"nothing that speaks HTTP answers at {self.url}: {error or type(error).__name__}") from None
        try:
            value = json.loads(text)
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise GatewayError(f"{self.url}{target} answers {response.status} without a JSON object; is it a gateway?")
        wait = response.headers.get("Retry-After", "")
        return response.status, value, int(wait) if wait.isdecimal() else 1

    def models(self):
        """What is served, by name, and the default model's name."""
        _, value, _ = self.ask("GET", "/v1/models")
        if "models" not in value:
            raise problem(value, f"{self.url}/v1/models")
        return {model["name"]: model for model in value["models"]}, value["default"]

    def judge(self, target, pictures):
        """A verdict on each PNG file, all in one request; those that the gateway is too busy for are sent again."""
        verdicts = [None] * len(pictures)
        waiting = list(range(len(pictures)))
        for _ in range(TRIES):
            status, value, seconds = self.ask("POST", target, *form([pictures[index] for index in waiting]))
            # One part alone is answered with its verdict, and what is wrong with the whole is wrong with each part.
            answers = value["verdicts"] if "verdicts" in value else [value] * len(waiting)
            for index, answer in zip(waiting, answers, strict=True):
                if "outcome" in answer:
                    verdicts[index] = answer
                elif answer.get("status", status) != 503:
                    raise problem(answer, f"{self.url}{target}")
            waiting = [index for index in waiting if verdicts[index] is None]
            if not waiting:
                return verdicts
            time.sleep(seconds)
        raise GatewayError(f"{self.url} is too busy: it has no room for a picture; tries: {TRIES}", "queue_full")


def trusting(authority):
    """The TLS settings of a client that believes the certificates of a PEM file; the system's if there is none."""
    try:
        return ssl.create_default_context(cafile=authority)
    except OSError as error:
        raise GatewayError(f"{authority} is no readable file of certificates: {error}") from None


def problem(value, where):
    """The error of an application/problem+json (RFC 9457)."""
    if "error" not in value:
        return GatewayError(f"{where} is answered, but not as a gateway would")
    return GatewayError(f"{where}: {value.get('detail') or value.get('title')} ({value['error']})", value["error"])


def form(pictures):
    """The body and header fields of a multipart/form-data with a part for each PNG file."""
    boundary = secrets.token_hex(16)
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="image"\r\nContent-Type: image/png\r\n\r\n'.encode()
    body = b"".join(head + picture + b"\r\n" for picture in pictures) + f"--{boundary}--\r\n".encode()
    return body, {"Content-Type": f"multipart/form-data; boundary={boundary}"}


class GatewayClassifier(BlackBoxClassifierNeuralNetwork):
    """A gateway's model as an estimator of ART, for attacks that need decisions or scores and no gradients.

    Pictures are arrays [N,H,W,3], or [N,3,H,W] with `channels_first`, of pixels 0...255. They are rounded before they are sent, as
    whoever has the interface alone must do. A row has the model's labels in their order and then `rejected`; the largest number is
    the decision's, so that an attack has won only where that is a wrong *label*. See `row` for the others.

    - picture_shape: of one picture, as the arrays have it; by default what the model's networks see.
    - rejected_as: the label that a rejection counts as, instead of being a class. Attacks for any wrong label need it: with the
      right one there, being rejected is no success.
    - parts: how many pictures a request has at most, no more than the gateway's `answers.parts`.
    - budget: after so many queries BudgetSpent is raised; None is no limit.
    - watch: is called with each picture, as it was sent, and its verdict.
    - authority: a PEM file of the certificates that vouch for the gateway's own; the system's if there is none.

    `queries` counts the verdicts that the gateway gave. A picture that was asked about is not sent again: it would meet the same
    differentiators.
    """

    def __init__(self, url, model=None, picture_shape=None, channels_first=False, rejected_as=None, parts=16, budget=None, watch=None,
                 authority=None):
        self.gateway = Gateway(url, authority)
        models, default = self.gateway.models()
        name = model or default
        if name not in models:
            raise GatewayError(f"there is no {f'model {name!r}' if name else 'default model'}; there are: {', '.join(models)}")
        self.target = f"/v1/models/{urllib.parse.quote(name, safe='')}/classify"
        self.labels = [*models[name]["labels"], REJECTED]
        self.rejected_as, self.parts, self.budget, self.watch = rejected_as, parts, budget, watch
        self.queries = 0
        self.remembered = {}
        height, width = models[name]["input"]["height"], models[name]["input"]["width"]
        shape = tuple(picture_shape or ((3, height, width) if channels_first else (height, width, 3)))
        if len(shape) != 3 or shape[0 if channels_first else 2] != 3:
            raise ValueError(f"picture_shape {shape} should be {'(3, height, width)' if channels_first else '(height, width, 3)'}")
        super().__init__(self.rows, shape, len(self.labels), channels_first=channels_first, clip_values=(0, 255))

    def verdicts(self, pictures):
        """The gateway's verdict on each picture of an array, as openapi.yaml describes it."""
        pictures = numpy.asarray(pictures)
        if pictures.shape[1:] != self.input_shape:
            raise ValueError(f"pictures of shape {pictures.shape} should be of shape (N, {', '.join(map(str, self.input_shape))})")
        if not numpy.isfinite(pictures).all() or pictures.size and not -0.5 <= pictures.min() <= pictures.max() <= 255.5:
            raise ValueError("pictures should have pixels 0...255")
        sent = numpy.clip(numpy.rint(pictures), 0, 255).astype("u1")
        files = [png(picture, self.channels_first) for picture in sent]
        keys = [hashlib.sha256(file).digest() for file in files]
        found = {key: self.remembered[key] for key in keys if key in self.remembered}
        new = {key: index for index, key in enumerate(keys) if key not in found}
        while new:
            some = list(new.items())[:self.parts]
            if self.budget is not None:
                some = some[:max(self.budget - self.queries, 0)]
            if not some:
                raise BudgetSpent(f"{self.queries} pictures were sent")
            for (key, index), verdict in zip(some, self.gateway.judge(self.target, [files[index] for _, index in some]), strict=True):
                self.queries += 1
                found[key] = verdict
                del new[key]
                if self.watch:
                    self.watch(sent[index], verdict)
        self.remembered.update(found)
        return [found[key] for key in keys]

    def rows(self, pictures):
        """What `predict` answers with: a row for each picture."""
        return numpy.array([self.row(verdict) for verdict in self.verdicts(pictures)], "f4").reshape(-1, self.nb_classes)

    def row(self, verdict):
        """Numbers for each label and `rejected` with the sum 1, as far as `answers.disclosure` lets them be known.

        Without scores the decision has 1. With them an accepted picture has the Student's confidence for its label, and the rest evenly
        for the other labels. A rejected one has for the Student's label a quarter and, in proportion to how near its score is to
        the threshold, up to another; `rejected` has the rest. So an attack that follows the numbers is first drawn to another label and
        then over its threshold. In tenths (`coarse`) they are steps.
        """
        row = numpy.zeros(self.nb_classes)
        accepted = verdict["outcome"] == "accepted"
        decision = self.labels.index(verdict["label"]) if accepted else self.nb_classes - 1
        if "student" not in verdict:
            row[decision] = 1
        elif accepted:
            count = self.nb_classes - 1
            confidence = max(verdict["student"]["confidence"], 1 / count)
            row[:count] = (1 - confidence) / max(count - 1, 1)
            row[decision] = confidence
        else:
            nearness = min((verdict["score"] or 0) / (verdict["threshold"] or 1), 1)
            row[self.labels.index(verdict["student"]["label"])] = 0.25 + 0.25 * nearness
            row[decision] = 0.75 - 0.25 * nearness
        # Rounded scores may draw; the decision is what is true.
        row[decision] += 1e-3
        if self.rejected_as is not None:
            row[self.labels.index(self.rejected_as)] += row[-1]
            row[-1] = 0
        return row / row.sum()


class GatewayDetector(EvasionDetector):
    """A gateway's rejections as a detector of ART: what is rejected is adversarial. `classifier` is a GatewayClassifier."""

    def __init__(self, classifier):
        super().__init__()
        self.classifier = classifier

    def fit(self, x, y, batch_size=128, nb_epochs=20, **kwargs):
        raise NotImplementedError("a gateway's ensemble is trained by `distinguo train`")

    def detect(self, x, batch_size=128, **kwargs):
        """The report has `verdicts` as they were answered, and `predictions`, the rows; then a Boolean for each picture."""
        verdicts = self.classifier.verdicts(x)
        report = {"verdicts": verdicts, "predictions": numpy.array([self.classifier.row(verdict) for verdict in verdicts])}
        return report, numpy.array([verdict["outcome"] == "rejected" for verdict in verdicts], bool)


def png(picture, channels_first=False):
    """A PNG file of a picture of whole pixels."""
    file = io.BytesIO()
    Image.fromarray(picture.transpose(1, 2, 0) if channels_first else picture).save(file, "PNG", compress_level=1)
    return file.getvalue()


def read(path, size=None):
    """A picture file as an array [1,H,W,3]; of another picture's size (width, height), if that is given."""
    try:
        image = Image.open(path).convert("RGB")
    except OSError as error:
        raise GatewayError(f"{path} cannot be read as a picture: {error}") from None
    return numpy.array(image.resize(size) if size else image, "f4")[None]


def make(name, classifier, picture, label, target, start, options):
    """Makes an attack of ART until it ends or its budget is spent; what it returned, if it did."""
    goal = classifier.labels.index(target or label)
    one_hot = numpy.eye(classifier.nb_classes)[[goal]]
    if name == "hopskipjump":
        attack = HopSkipJump(classifier, batch_size=16, targeted=target is not None, max_iter=options.queries,
                             init_eval=max(options.queries // 20, 5), verbose=False)
        settings = {} if start is None else {"x_adv_init": start}
    else:
        attack, settings = SquareAttack(classifier, eps=options.radius, max_iter=options.queries, verbose=False), {}
        if target:
            # ART's own are for any wrong label.
            attack.adv_criterion = lambda rows, _: rows.argmax(axis=1) == goal
            attack.loss = lambda pictures, _: -classifier.predict(pictures)[:, goal]
    try:
        return attack.generate(picture, y=one_hot, **settings)[0]
    except BudgetSpent:
        return None


def attack_picture(classifier, path, options):
    """Attacks one picture, writes the closest one that was accepted and wrong, or else the last one; a line that says what came of it."""
    picture = read(path)
    start = options.start and read(options.start, picture.shape[2:0:-1])
    before = classifier.verdicts(picture)[0]["label"] or REJECTED
    if before in (REJECTED, options.target):
        return f"{path}: {before} before any attack, not attacked; {classifier.queries} queries"
    # For who wants any wrong label, being rejected is no better than the right one.
    classifier.rejected_as = None if options.target else before
    last, closest, nearest = picture[0].astype("u1"), None, numpy.inf

    def watch(sent, verdict):
        nonlocal last, closest, nearest
        last, distance = sent, numpy.linalg.norm(sent - picture)
        has_won = verdict["label"] == options.target if options.target else verdict["label"] not in (None, before)
        if has_won and distance < nearest:
            closest, nearest = sent, distance

    # One query is left for what is written.
    classifier.watch, classifier.budget = watch, options.queries - 1
    returned = make(options.attack, classifier, picture, before, options.target, start, options)
    classifier.watch, classifier.budget = None, None
    if returned is not None:
        last = numpy.rint(returned).astype("u1")
    output = options.output / f"{path.stem}-{options.attack}.png"
    Image.fromarray(last if closest is None else closest).save(output)
    classifier.remembered.clear()
    made = read(output)
    after = classifier.verdicts(made)[0]
    return (f"{output}: {before} before, {after['label'] or REJECTED} after ({after['outcome']}); L2 {numpy.linalg.norm(made - picture):.1f}, "
            f"L∞ {abs(made - picture).max():.0f} of 255; {classifier.queries} queries")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", default="http://127.0.0.1:8080", help="the gateway: http://…, https://… or unix:/…")
    parser.add_argument("--ca", metavar="FILE", help="who vouches for an https://… gateway, as PEM; without it, those whom the system trusts")
    parser.add_argument("--model", help="its model, if not the default one")
    parser.add_argument("--attack", choices=["hopskipjump", "square"], default="hopskipjump")
    parser.add_argument("--picture", type=pathlib.Path, nargs="+", required=True, metavar="FILE")
    parser.add_argument("--target", metavar="LABEL", help="the label that is wanted; any wrong one if it is not given")
    parser.add_argument("--start", type=pathlib.Path, metavar="FILE", help="a picture with that label, where hopskipjump begins; noise if none")
    parser.add_argument("--radius", type=float, default=8, help="how far square changes a pixel, of 255 (8)")
    parser.add_argument("--queries", type=int, default=1000, metavar="N", help="how many verdicts each may take, the first and the last included (1000)")
    parser.add_argument("--output", type=pathlib.Path, default=pathlib.Path("attacks"), metavar="DIR")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    numpy.random.seed(options.seed)
    try:
        options.output.mkdir(parents=True, exist_ok=True)
        for path in options.picture:
            classifier = GatewayClassifier(options.url, options.model, read(path).shape[1:], authority=options.ca)
            if options.target and options.target not in classifier.labels[:-1]:
                raise GatewayError(f"the model has no label {options.target!r}; it has {', '.join(classifier.labels[:-1])}")
            print(attack_picture(classifier, path, options), flush=True)
    except (GatewayError, OSError, ValueError) as error:
        sys.exit(f"art_bridge.py: {error}")


if __name__ == "__main__":
    main()
