"""Attacks a running gateway with the Adversarial Robustness Toolbox, through Deploy/art_bridge.py.

    .venv/bin/python Tests/Reference/check_art.py [--binary FILE]

What the bridge tells is held against what /v1/classify answers and against the gateway's own counters. One line for each check
and a closing line `N passed, M failed, K skipped`; fails if anything failed.
"""

import http.server
import pathlib
import re
import ssl
import subprocess
import sys
import tempfile
import threading
import time

import numpy

import clothes
from gateway import ROOT, Gateway, chosen_binary, environment, free_port

sys.path.insert(0, str(ROOT / "Deploy"))

import art_bridge
from art_bridge import BudgetSpent, GatewayClassifier, GatewayDetector, GatewayError, read

MODEL = "Models/traffic-signs"
SIGNS = ROOT / "Models/samples/traffic-signs"
STOP, YIELD = SIGNS / "stop-1.png", SIGNS / "yield-1.png"
ADVERSARIAL = ROOT / "Models/samples/adversarial/stop-as-yield-1.png"

binary = chosen_binary(__doc__)
checks = clothes.Checks()
scratch = tempfile.TemporaryDirectory()
folder = pathlib.Path(scratch.name)
numpy.random.seed(1)


def address(gateway):
    return f"http://127.0.0.1:{gateway.port}"


def connect(gateway, pictures, **settings):
    """A classifier for pictures like these."""
    return GatewayClassifier(address(gateway), picture_shape=pictures.shape[1:], **settings)


def judged(gateway):
    return gateway.metric("distinguo_verdicts_total")


def bridge(gateway, *arguments):
    """The command's status and what it printed where it belongs."""
    command = [sys.executable, ROOT / "Deploy/art_bridge.py", "--url", gateway if isinstance(gateway, str) else address(gateway),
               "--output", folder, *map(str, arguments)]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=300)
    return done.returncode, done.stderr if done.returncode else done.stdout


def expect_error(what, kind, action, *words, error=None):
    """An exception of a kind that has these words, and the gateway's own word for it."""
    try:
        result = action()
    except kind as caught:
        missing = [word for word in words if word not in str(caught)]
        checks.check(not missing and (error is None or caught.error == error), f"{what}: {caught}")
    else:
        checks.check(False, f"{what}: no error, but {result}")


def serve(*settings):
    """A gateway that computes in float32: in bfloat16 a picture on the boundary may get another verdict in another batch."""
    return Gateway("models.precision=float32", *settings, binary=binary, models=MODEL)


# MARK: Verdicts

def check_predictions(gateway):
    """Every sample's row is what the gateway answers about its file."""
    files = sorted(SIGNS.iterdir())
    pictures = numpy.concatenate([read(file) for file in files])
    before = judged(gateway)
    classifier = connect(gateway, pictures, parts=4)
    rows = classifier.predict(pictures)
    checks.check(classifier.queries == judged(gateway) - before == len(files),
                 f"{classifier.queries} pictures in parts of 4 are counted as the gateway does")
    answers = [gateway.post(file.read_bytes()).value for file in files]
    same = [classifier.labels[row.argmax()] == answer["label"] and abs(row.max() - answer["student"]["confidence"]) < 2e-3
            for row, answer in zip(rows, answers, strict=True)]
    checks.check(all(same) and numpy.allclose(rows.sum(axis=1), 1),
                 f"{sum(same)} of {len(same)} have the label and the confidence of /v1/classify")

    sent = classifier.queries
    checks.check((classifier.predict(pictures) == rows).all() and classifier.queries == sent, "who asks again is answered without a query")
    noise = 0.4 * numpy.random.uniform(-1, 1, pictures.shape)
    classifier.predict(numpy.clip(pictures + noise, 0, 255))
    checks.check(classifier.queries == sent, "pixels are rounded: less than half a level is the same picture")
    turned = connect(gateway, pictures.transpose(0, 3, 1, 2), channels_first=True)
    checks.check(numpy.abs(turned.predict(pictures.transpose(0, 3, 1, 2)) - rows).max() < 1e-4, "channels first: the same rows")
    limited = connect(gateway, pictures, budget=3)
    expect_error("a budget of 3", BudgetSpent, lambda: limited.predict(pictures), "3 pictures were sent")
    checks.check(limited.queries == 3, f"and {limited.queries} queries")


def check_detector(gateway):
    clean, adversarial = read(STOP), read(ADVERSARIAL)
    report, flags = GatewayDetector(connect(gateway, clean)).detect(clean)
    checks.check(flags.tolist() == [False] and report["verdicts"][0]["label"] == "stop", "the detector lets the stop sign pass")
    classifier = connect(gateway, adversarial)
    report, flags = GatewayDetector(classifier).detect(adversarial)
    verdict = report["verdicts"][0]
    checks.check(flags.tolist() == [True] and verdict["student"]["label"] == "yield", f"it flags the one made to be a yield sign: {verdict['reason']}")
    row = classifier.predict(adversarial)[0]
    order = [classifier.labels[index] for index in row.argsort()[::-1][:2]]
    checks.check(order == ["rejected", "yield"], f"the classifier's row has {order[0]} first, then {order[1]}")
    classifier.rejected_as = "stop"
    order = [classifier.labels[index] for index in classifier.predict(adversarial)[0].argsort()[::-1][:2]]
    checks.check(order == ["stop", "yield"], "with rejected_as it counts as the right label")


def check_disclosure(gateway, disclosure):
    """What the gateway tells less of, with what it was told in full."""
    clean, adversarial = read(STOP), read(ADVERSARIAL)
    for picture, decision in ((clean, "stop"), (adversarial, "rejected")):
        classifier = connect(gateway, picture)
        verdict, row = classifier.verdicts(picture)[0], classifier.predict(picture)[0]
        if disclosure == "none":
            told = "score" not in verdict and numpy.count_nonzero(row) == 1 and row.max() == 1
        else:
            told = verdict["score"] == round(verdict["score"], 1) and numpy.count_nonzero(row) > 1
        checks.check(classifier.labels[row.argmax()] == decision and told, f"disclosure {disclosure}: {decision} with {row.max():.3f}")
        flagged = GatewayDetector(classifier).detect(picture)[1].tolist()
        checks.check(flagged == [decision == "rejected"], f"disclosure {disclosure}: the detector says {flagged[0]}")


# MARK: Attacks

def check_attack(gateway, what, queries, *arguments):
    """An attack by the command. What it says must hold for the file that it wrote; gives label, distances and picture."""
    before, begun = judged(gateway), time.monotonic()
    status, text = bridge(gateway, "--picture", STOP, "--queries", queries, *arguments)
    seconds = time.monotonic() - begun
    line = re.fullmatch(r"(\S+): stop before, (\S+) after \((\w+)\); L2 ([\d.]+), L∞ (\d+) of 255; (\d+) queries\n", text)
    if status or not line:
        checks.check(False, f"{what}: {status} {text}")
        return None
    file, label, outcome, distance, largest, counted = line.groups()
    checks.check(int(counted) == judged(gateway) - before <= queries, f"{what}: {counted} queries, as the gateway counts, in {seconds:.1f} s")
    answer = gateway.post(pathlib.Path(file).read_bytes()).value
    checks.check((answer["outcome"], answer["label"] or "rejected") == (outcome, label), f"{what}: {label}, and /v1/classify says so of the file")
    made = read(file)
    difference = made - read(STOP)
    checks.check(abs(numpy.linalg.norm(difference) - float(distance)) < 0.1 and abs(difference).max() == int(largest),
                 f"{what}: the file is as far away as is said, L2 {distance}, L∞ {largest}")
    return label, float(distance), int(largest)


def check_decisions(gateway, disclosure, queries):
    """With decisions alone, from a yield sign towards the stop sign."""
    away = numpy.linalg.norm(read(YIELD) - read(STOP))
    made = check_attack(gateway, f"HopSkipJump, disclosure {disclosure}", queries, "--start", YIELD, "--target", "yield")
    checks.check(made and made[0] == "yield" and made[1] < 0.9 * away,
                 f"it is a yield sign still, nearer to the stop sign than the {away:.0f} of its start")


def check_square(gateway):
    """With scores, and for any wrong label: whatever comes of it lies within the radius."""
    made = check_attack(gateway, "Square", 80, "--attack", "square", "--radius", 12)
    checks.check(made and 0 < made[2] <= 12, "it stays within its radius")
    status, text = bridge(gateway, "--picture", ADVERSARIAL)
    checks.check(status == 0 and "rejected before any attack" in text, f"what is rejected already is not attacked: {text.strip()}")


# MARK: What is wrong

class Stranger(http.server.BaseHTTPRequestHandler):
    """A server that is no gateway."""

    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<p>Welcome.</p>")

    def log_message(self, *_):
        pass


def check_errors(gateway):
    url, stop = address(gateway), read(STOP)
    for wrong in ("127.0.0.1:8080", "ftp://localhost", f"{url}/v1/classify", "unix:"):
        expect_error("a wrong URL", GatewayError, lambda: GatewayClassifier(wrong), repr(wrong), "http://HOST:PORT", "unix:/PATH")
    nowhere = f"http://127.0.0.1:{free_port()}"
    expect_error("nobody there", GatewayError, lambda: GatewayClassifier(nowhere), nowhere, "refused")
    expect_error("no socket", GatewayError, lambda: GatewayClassifier(f"unix:{folder}/no"), "No such file")
    with http.server.HTTPServer(("127.0.0.1", 0), Stranger) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        expect_error("no gateway", GatewayError, lambda: GatewayClassifier(f"http://127.0.0.1:{server.server_port}"), "is it a gateway?")
        server.shutdown()
    expect_error("an unknown model", GatewayError, lambda: GatewayClassifier(url, "roses"), "no model 'roses'", "traffic-signs")

    classifier = connect(gateway, stop)
    expect_error("too many parts", GatewayError, lambda: connect(gateway, stop, parts=17).predict(numpy.random.uniform(0, 255, (17, *stop.shape[1:]))),
                 "(too_many_parts)", error="too_many_parts")
    for name, picture in (("one picture by itself", stop[0]), ("another size", stop[:, 1:]), ("channels first", stop.transpose(0, 3, 1, 2))):
        expect_error(name, ValueError, lambda: classifier.predict(picture), str(picture.shape), "(N, 112, 112, 3)")
    expect_error("grey pictures", ValueError, lambda: GatewayClassifier(url, picture_shape=(112, 112, 1)), "(height, width, 3)")
    for name, picture in (("brighter than white", stop + 100), ("no numbers", stop * numpy.nan)):
        expect_error(name, ValueError, lambda: classifier.predict(picture), "pixels 0...255")
    checks.check(classifier.queries == 0, "none of these is sent")
    expect_error("detectors are not fitted here", NotImplementedError, lambda: GatewayDetector(classifier).fit(stop, None), "distinguo train")

    for name, where, words, *arguments in (
            ("unknown label", gateway, "has no label 'roses'; it has ", "--picture", STOP, "--target", "roses"),
            ("no picture", gateway, f"{__file__} cannot be read as a picture", "--picture", __file__),
            ("nobody there", nowhere, f"answers at {nowhere}", "--picture", STOP)):
        status, text = bridge(where, *arguments)
        checks.check(status == 1 and text.startswith("art_bridge.py: ") and words in text and text.count("\n") == 1, f"the command, {name}: {text.strip()}")


def check_connections():
    """A Unix-domain socket, a connection that is closed in between, and a queue with room for one picture."""
    path = folder / "gateway.sock"
    settings = ("batching.queue-capacity=1", "batching.maximum=1", "batching.compute-threads=1", "timeouts.idle=1s",
                f"server.listen=127.0.0.1:0,unix:{path}")
    with serve(*settings) as gateway:
        stop = read(STOP)
        classifier = GatewayClassifier(f"unix:{path}", picture_shape=stop.shape[1:])
        verdict = classifier.verdicts(stop)[0]
        checks.check(verdict["label"] == "stop", "a Unix-domain socket is asked the same")
        time.sleep(2.5)
        verdict = classifier.verdicts(255 - stop)[0]
        checks.check("outcome" in verdict and classifier.queries == 2, "a connection that was closed meanwhile is opened anew")
        many = numpy.random.uniform(0, 255, (6, *stop.shape[1:]))
        rows = classifier.predict(many)
        refused = gateway.metric("distinguo_pictures_refused_total", reason="queue_full")
        checks.check(len(rows) == 6 and classifier.queries == judged(gateway) == 8 and refused > 0,
                     f"{refused:.0f} times there is no room for a picture: it is sent again until all have verdicts")
        art_bridge.TRIES, tries = 1, art_bridge.TRIES
        expect_error("no room and no more tries", GatewayError, lambda: classifier.predict(many[::-1] / 2), "too busy", error="queue_full")
        art_bridge.TRIES = tries


def check_tls():
    """A gateway that shows a certificate which its own file vouches for."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-keyout", key,
                    "-out", certificate, "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"], check=True, capture_output=True)
    context = ssl.create_default_context(cafile=certificate)
    with Gateway("models.precision=float32", f"tls.certificate={certificate}", f"tls.key={key}", binary=binary, models=MODEL, tls=context) as gateway:
        url, clean = f"https://localhost:{gateway.port}", read(STOP)
        classifier = GatewayClassifier(url, picture_shape=clean.shape[1:], authority=certificate)
        checks.check(classifier.verdicts(clean)[0]["label"] == "stop", "TLS: the stop sign is one")
        status, text = bridge(url, "--ca", certificate, "--picture", ADVERSARIAL)
        checks.check(status == 0 and "rejected before any attack" in text, f"TLS: the command is answered: {text.strip()}")
        for name, where, words, *arguments in (
                ("nobody vouches", url, "no trusted connection"),
                ("another name", url.replace("localhost", "127.0.0.1"), "no trusted connection", "--ca", certificate),
                ("no certificates", url, f"{key} is no readable file of certificates", "--ca", key),
                ("no file", url, f"{folder}/no is no readable file of certificates", "--ca", folder / "no"),
                ("where there is none", url.replace("https", "http"), "nothing that speaks HTTP answers")):
            status, text = bridge(where, *arguments, "--picture", STOP)
            checks.check(status == 1 and words in text and text.count("\n") == 1, f"TLS, {name}: {text.strip()}")


with serve() as gateway:
    check_predictions(gateway)
    check_detector(gateway)
    check_decisions(gateway, "full", 150)
    check_square(gateway)
    check_errors(gateway)
for disclosure in ("coarse", "none"):
    with serve(f"answers.disclosure={disclosure}") as gateway:
        check_disclosure(gateway, disclosure)
        if disclosure == "none":
            check_decisions(gateway, disclosure, 60)
check_connections()
check_tls()
checks.finish()
