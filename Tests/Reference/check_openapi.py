"""Holds running gateways against openapi.yaml.

    .venv/bin/python Tests/Reference/check_openapi.py [--binary FILE] [--answers]

The document is valid, and its examples are what its schemas ask for. Then gateways are started, and every example is made to
happen: what is answered must be the example, but for times, and what the document says of its status, media type and fields.
That goes for the administration, too: versions are exchanged, rejections reviewed, a small model retrained. At last
schemathesis sends gateways requests of its own, good and bad. With --answers the answers themselves are printed.
One line for each check and a closing line `N passed, M failed, K skipped`; fails if anything failed.
"""

import argparse
import contextlib
import gzip
import io
import json
import pathlib
import re
import signal
import struct
import sys
import time
import zlib

import openapi_spec_validator
from PIL import Image

import clothes
from gateway import BINARY, Answer, Gateway, head
from openapi_administration import AdministrationExamples
from openapi_document import (Examples, conformance, contents, document, documented_errors, fault, is_administration, resolved,
                              same)
from openapi_generated import check_generated

SAMPLES = clothes.ROOT / "Models/traffic-signs/current/samples"
STOP = (SAMPLES / "stop-1.png").read_bytes()
ATTACK = (clothes.ROOT / "Models/samples/adversarial/stop-as-yield-1.png").read_bytes()
FLOWER = (clothes.ROOT / "Models/flowers/current/samples/daisy-1.jpg").read_bytes()
CLASSIFY = "/v1/classify"
BOUNDARY = "boundary-of-the-form"
FORM = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
UNPROVOKED = {"inference_failed", "failed", "no_version_number", "stopping", "models_unavailable", "disk_full"}
"""Errors that nothing that is sent makes happen."""

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--binary", type=pathlib.Path, default=BINARY)
parser.add_argument("--answers", action="store_true", help="print what is answered")
options = parser.parse_args()
if not options.binary.exists():
    sys.exit(f"{options.binary} is not there; `make build` makes it")
checks = clothes.Checks()
examples = Examples(checks, options.answers)


# MARK: The document

def check_document():
    try:
        openapi_spec_validator.validate(document)
        wrong = None
    except Exception as error:
        wrong = getattr(error, "message", error)
    checks.check(wrong is None, f"openapi.yaml is OpenAPI {document['openapi']}{f': {wrong}' if wrong else ''}")
    count, wrong = 0, []
    for where, _, content in contents():
        for name, example in content.get("examples", {}).items():
            count += 1
            if reason := fault(resolved(example)["value"], content["schema"]):
                wrong.append(f"{where} {name}: {reason}")
    checks.check(not wrong, f"{count} examples are what their schemas ask for{': ' if wrong else ''}{'; '.join(wrong)}")
    table = {(int(status), word) for status, word in
             re.findall(r"^\| (\d+) \| `(\w+)` \|", document["info"]["description"], re.M)}
    checks.check(table == documented_errors(), "the table of errors has those of the responses"
                 f"{', but for ' + str(table ^ documented_errors()) if table != documented_errors() else ''}")
    written = {word for folder in ["Gateway", "HTTPServer"] for file in (clothes.ROOT / "Sources" / folder).rglob("*.swift")
               for word in re.findall(r'error: "(\w+)"', file.read_text())}
    missing = written - {word for _, word in table}
    checks.check(written and not missing,
                 f"it has all {len(written)} that the gateway's sources write{f', but {missing}' if missing else ''}")


# MARK: Pictures

def form(*parts, name="image"):
    """A form of pictures, each with its file name or without."""
    text = b""
    for file_name, content in parts:
        file = f'; filename="{file_name}"' if file_name else ""
        text += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode() + content + b"\r\n"
    return text + f"--{BOUNDARY}--\r\n".encode()


def animation():
    buffer = io.BytesIO()
    frames = [Image.new("RGB", (64, 64), color) for color in ("red", "blue")]
    frames[0].save(buffer, "webp", save_all=True, append_images=frames[1:], lossless=True)
    return buffer.getvalue()


def claim(width, height):
    """A PNG file that says to be so large."""
    def chunk(name, content):
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b""))


def slow_picture():
    """A PNG file of few bytes whose decoding takes longer than a request needs to come."""
    buffer = io.BytesIO()
    Image.new("RGB", (4000, 4000), "gray").save(buffer, "png")
    return buffer.getvalue()


# MARK: Answers

def expect(name, answer, method="POST", target=CLASSIFY):
    """An answer must be as documented, and be the example with this name."""
    examples.expect(name, answer, method, target)


def check_plain(gateway):
    """What a gateway with a default model answers."""
    expect("live", gateway.get("/livez"), "GET", "/livez")
    expect("ready", gateway.get("/readyz"), "GET", "/readyz")
    expect("metrics", gateway.get("/metrics"), "GET", "/metrics")
    expect("accepted", gateway.post(STOP, {"Content-Type": "image/png"}))
    expect("rejected", gateway.post(ATTACK, {"Content-Type": "image/png"}))
    rejections = "/v1/metrics/rejections?window=minute&model=traffic-signs&limit=10"
    expect("rejections", gateway.get(rejections), "GET", rejections)
    flowers = "/v1/models/flowers/classify"
    expect("flower", gateway.post(FLOWER, {"Content-Type": "image/jpeg"}, flowers), target=flowers)
    expect("parts", gateway.post(form(("stop.png", STOP), ("attack.png", ATTACK), ("cut.png", STOP[:1000])), FORM))
    expect("models", gateway.get("/v1/models"), "GET", "/v1/models")
    expect("model", gateway.get("/v1/models/flowers"), "GET", "/v1/models/flowers")

    expect("empty-body", gateway.post(b""))
    expect("malformed-multipart", gateway.post(form(("stop.png", STOP))[:-20], FORM))
    expect("no-parts", gateway.post(form(), FORM))
    expect("unexpected-part", gateway.post(form(("stop.png", STOP), name="picture"), FORM))
    expect("unsupported-media-type", gateway.post(STOP, {"Content-Type": "image/gif"}))
    expect("unsupported-content-coding", gateway.post(STOP, {"Content-Encoding": "br"}))
    expect("malformed-content", gateway.post(STOP, {"Content-Encoding": "gzip"}))
    expect("unsupported-image-format", gateway.post(b"GIF89a, a picture of old"))
    expect("image-type-mismatch", gateway.post(STOP, {"Content-Type": "image/jpeg"}))
    expect("image-too-large", gateway.post(claim(20_000, 20_000)))
    expect("damaged-image", gateway.post(STOP[:1000], {"Content-Type": "image/png"}))
    expect("animated-image", gateway.post(animation(), {"Content-Type": "image/webp"}))
    expect("too-many-parts", gateway.post(form(*[(None, STOP)] * 17), FORM))
    expect("content-too-large", gateway.send(head("POST", CLASSIFY, None, {"Content-Length": 30_000_000})))
    expect("length-required", gateway.ask("POST", CLASSIFY))
    expect("misdirected-request", gateway.send(b"GET https://h/livez HTTP/1.1\r\nHost: h\r\nX-Request-Id: example-1\r\nConnection: close\r\n\r\n"),
           "GET", "/livez")
    unknown = "/v1/models/unknown/classify"
    expect("unknown-model", gateway.post(STOP, target=unknown), target=unknown)
    expect("not-found", gateway.get("/v1/models/%FF"), "GET", "/v1/models/%FF")
    expect("method-not-allowed", gateway.get(CLASSIFY), "GET")
    expect("method-not-implemented", gateway.ask("BREW", CLASSIFY))
    expect("bad-query", gateway.get("/v1/metrics/rejections?window=week"), "GET", "/v1/metrics/rejections?window=week")
    expect("bad-request", gateway.send(b"GET /livez HTTP/1.1\r\n\r\n"), "GET", "/livez")
    expect("uri-too-long", gateway.get("/livez?" + 8000 * "x"), "GET", "/livez")
    expect("header-fields-too-large", gateway.get("/livez", {"X-Long": 17_000 * "x"}), "GET", "/livez")
    expect("expectation-failed", gateway.get("/livez", {"Expect": "200-ok"}), "GET", "/livez")
    expect("transfer-coding-not-implemented",
           gateway.send(head("POST", CLASSIFY, None, {"Transfer-Encoding": "gzip, chunked"})))
    expect("http-version-not-supported", gateway.send(b"GET /livez HTTP/2.0\r\n\r\n"), "GET", "/livez")


def check_requests(gateway):
    """The requests of the document: a file is sent, and the answer is the example with the same name."""
    pictures = resolved(document["paths"][CLASSIFY]["post"]["requestBody"])["content"]
    for media_type, content in pictures.items():
        for name, example in content.get("examples", {}).items():
            body = (clothes.ROOT / example["externalValue"]).read_bytes()
            target = "/v1/models/flowers/classify" if "flowers" in example["externalValue"] else CLASSIFY
            value = gateway.post(body, {"Content-Type": media_type}, target).value
            checks.check(same(examples.documented.get(name), value), f"{example['externalValue']} as {media_type} is {name}")


def check_codings(gateway):
    """Codings of bodies, on the way there and back."""
    for coding, body in [("gzip", gzip.compress(STOP)), ("deflate", zlib.compress(STOP)),
                         ("deflate, gzip", gzip.compress(zlib.compress(STOP)))]:
        value = gateway.post(body, {"Content-Encoding": coding}).value
        checks.check(same(examples.documented["accepted"], value), f"a picture with the coding {coding} is accepted")
    answer = gateway.post(gzip.compress(bytes(40 << 20)), {"Content-Encoding": "gzip"})
    wrong = conformance(answer, "POST", CLASSIFY) or (answer.status != 413 and answer.status)
    checks.check(not wrong, f"40 MiB as a few bytes: {wrong or answer.value['detail']}")
    for target, fields in [("/v1/models", {}), ("/metrics", {}), ("/metrics", {"Accept": "application/openmetrics-text"})]:
        answer = gateway.get(target, {"Accept-Encoding": "gzip", **fields})
        coding = answer.fields["Content-Encoding"]
        answer.body = gzip.decompress(answer.body)
        wrong = conformance(answer, "GET", target)
        checks.check(coding == "gzip" and not wrong, f"{target}, gzipped: {wrong or answer.media_type}")


def check_methods(gateway):
    """HEAD and OPTIONS, wherever there is something."""
    for path in filter(lambda path: not is_administration(path), document["paths"]):
        target = path.replace("{name}", "traffic-signs")
        answer = gateway.ask("OPTIONS", target)
        allowed = {"OPTIONS"}
        for method in document["paths"][path].keys() & {"get", "post"}:
            allowed |= {"GET", "HEAD"} if method == "get" else {"POST"}
        checks.check(answer.status == 204 and set(answer.fields["Allow"].split(", ")) == allowed,
                     f"OPTIONS {target}: {answer.status}, {answer.fields['Allow']}")
        if "GET" in allowed:
            # What is told of the moment may be longer or shorter a moment later.
            changes = "metrics" in path
            asked, told = gateway.ask("HEAD", target), gateway.get(target)
            checks.check(asked.status == told.status and not asked.body and asked.media_type == told.media_type
                         and (changes or asked.fields["Content-Length"] == str(len(told.body))),
                         f"HEAD {target}: {asked.status}, the fields of GET and no body")


def post_beside(gateway, target):
    """What a picture is answered while another one, which never comes to its end, takes up nearly all there is for bodies."""
    for _ in range(20):
        # Whoever was answered last may still count against the address for a moment; then the one that stays is refused.
        with contextlib.suppress(OSError), gateway.connect() as staying:
            staying.sendall(head("POST", target, None, {"Content-Length": 900_000}) + bytes(800_000))
            for _ in range(20):
                answer = gateway.post(bytes(500_000), target=target)
                if answer.status == 503 and answer.value["error"] == "out_of_memory":
                    return answer
                time.sleep(0.01)
    return answer


def check_limits():
    """What a gateway answers that tells less, has several models but no default, and little room and patience."""
    with Gateway("models.precision=float32", "answers.disclosure=coarse", "connections.total=3",
                 "connections.per-address=2", "timeouts.header=500ms", "connections.buffered-bytes=1MiB", "http.body-bytes=1MiB", "http.inflated-bytes=1MiB",
                 binary=options.binary) as gateway:
        named = "/v1/models/traffic-signs/classify"
        expect("accepted-coarse", gateway.post(STOP, target=named), target=named)
        expect("no-default-model", gateway.post(STOP))
        rejections = "/v1/metrics/rejections"
        answer = gateway.get(rejections)
        wrong = conformance(answer, "GET", rejections)
        checks.check(not wrong, f"rejections without numbers: {wrong or answer.status}")
        with gateway.connect() as first:
            first.sendall(b"GET /livez HTTP/1.1\r\n")
            expect("request-timeout", Answer(first), "GET", "/livez")
        answer = post_beside(gateway, named)
        expect("out-of-memory", answer, target=named)
        time.sleep(0.2)
        with gateway.connect(), gateway.connect():
            with gateway.connect() as third:
                expect("address-limit", Answer(third), "GET", "/livez")
            with gateway.connect("127.0.0.2"), gateway.connect("127.0.0.3") as fourth:
                expect("connection-limit", Answer(fourth), "GET", "/livez")


def check_queue():
    """What a gateway answers that tells least, has room for one picture and no time for a large one; and at its end."""
    with Gateway("models.precision=float32", "answers.disclosure=none", "batching.queue-capacity=1", "batching.maximum=1", "batching.deadline=20ms",
                 "batching.decode-threads=1", "ending.lame-duck=2s", binary=options.binary,
                 models="Models/traffic-signs") as gateway:
        for name, picture in [("accepted-none", STOP), ("rejected-none", ATTACK)]:
            for _ in range(100):
                # On a busy machine twenty milliseconds may not be enough.
                answer = gateway.post(picture)
                if answer.status == 200:
                    break
            expect(name, answer)
        slow = slow_picture()
        expect("deadline-exceeded", gateway.post(slow))
        with gateway.connect() as first:
            first.sendall(head("POST", CLASSIFY, slow, {}) + slow)
            for _ in range(100):
                answer = gateway.post(STOP)
                if answer.status == 503 and answer.value["error"] == "queue_full":
                    break
            expect("queue-full", answer)
            Answer(first)
        with gateway.connect() as waiting:
            waiting.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
            Answer(waiting)
            gateway.process.send_signal(signal.SIGTERM)
            for _ in range(100):
                answer = gateway.get("/readyz")
                if answer.status == 503:
                    break
                time.sleep(0.01)
            expect("stopping", answer, "GET", "/readyz")


def check_all_happened():
    missing = set(examples.documented) - examples.executed
    checks.check(not missing, f"all {len(examples.documented)} examples were made to happen{f', but {missing}' if missing else ''}")
    missing = {(status, word) for status, word in documented_errors() - examples.errors if word not in UNPROVOKED}
    checks.check(not missing, f"so were all errors but {', '.join(UNPROVOKED)}{f'; and {missing}' if missing else ''}")


check_document()
# In float32 the numbers are the same on every processor, up to the last digits.
with Gateway("models.default=traffic-signs", "models.precision=float32", binary=options.binary) as gateway:
    check_plain(gateway)
    check_requests(gateway)
    check_codings(gateway)
    check_methods(gateway)
    check_generated(checks, gateway.port, "--exclude-path-regex", r"^/(admin/.*|\{file\}|)$")
    checks.check(gateway.stop() == 0, "the gateway is still there, and ends as it should")
check_limits()
check_queue()
AdministrationExamples(examples, options.binary).check()
check_all_happened()
checks.finish()
