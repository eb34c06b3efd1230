"""Talks HTTP to a running gateway, as curl does, as openssl does, and byte by byte.

    .venv/bin/python Tests/Reference/check_gateway_http.py [--binary FILE]

One line for each check and a closing line `N passed, M failed, K skipped`; fails if anything failed.
"""

import gzip
import http.client
import io
import json
import pathlib
import re
import signal
import socket
import ssl
import struct
import subprocess
import tempfile
import time
import zlib

from PIL import Image

import clothes
from gateway import ROOT, Gateway, chosen_binary, head, settled

SAMPLES = ROOT / "Models/traffic-signs/current/samples"
STOP = (SAMPLES / "stop-1.png").read_bytes()
DAISY = (ROOT / "Models/flowers/current/samples/daisy-1.jpg").read_bytes()
CLASSIFY = "/v1/classify"

binary = chosen_binary(__doc__)
checks = clothes.Checks()
scratch = tempfile.TemporaryDirectory()
folder = pathlib.Path(scratch.name)


# MARK: Pictures

def converted(format, size=None, **options):
    """The stop sign in another format."""
    picture = Image.open(io.BytesIO(STOP)).convert("RGB")
    output = io.BytesIO()
    (picture.resize(size) if size else picture).save(output, format, **options)
    return output.getvalue()


def claim(width, height):
    """A PNG that says to be so large, and is not."""
    chunk = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return STOP[:8] + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk)) + STOP[33:]


JPEG = converted("JPEG", quality=95)
WEBP = converted("WEBP", quality=95)
# More than curl sends without asking first.
LARGE = converted("PNG", (900, 900), compress_level=0)


def file(name, data):
    (folder / name).write_bytes(data)
    return folder / name


# MARK: curl

class Curl:
    """What curl got: status, fields by lower-case name, body, and what it did for it (%{json})."""

    def __init__(self, *arguments, error=0):
        body, fields = folder / "answer", folder / "fields"
        for path in (body, fields):
            path.unlink(missing_ok=True)
        run = subprocess.run(["curl", "-q", "--noproxy", "*", "-sS", "-v", "--max-time", "30", "-o", body, "-D", fields, "-w", "%{json}",
                              *map(str, arguments)], capture_output=True, text=True)
        self.code, self.story = run.returncode, run.stderr
        self.facts = json.loads(run.stdout)
        self.status = self.facts["response_code"]
        self.body = body.read_bytes() if body.exists() else b""
        last = fields.read_text().strip().split("\n\n")[-1] if fields.exists() else ""
        self.fields = {name.lower(): value for name, _, value in (line.partition(": ") for line in last.splitlines()[1:])}

    @property
    def value(self):
        return json.loads(self.body)

    def problem(self):
        """Status and word of a problem that is as RFC 9457 asks; else what is wrong with it."""
        if self.fields.get("content-type") != "application/problem+json":
            return f"status {self.status}, {self.fields.get('content-type')}, curl {self.code}"
        value = self.value
        sound = value["status"] == self.status and value["title"] and value["detail"]
        return (self.status, value["error"]) if sound else value


def check_pictures(url):
    def label(what, expected, *arguments):
        answer = Curl(*arguments)
        found = answer.value.get("label", answer.value) if answer.body else None
        checks.check((answer.status, found) == (200, expected), f"curl: {what}: {answer.status}, {found}")

    stop, daisy = file("stop.png", STOP), file("daisy.jpg", DAISY)
    label("a raw PNG", "stop", url + CLASSIFY, "--data-binary", f"@{stop}", "-H", "Content-Type: image/png")
    label("a raw PNG of no type", "stop", url + CLASSIFY, "--data-binary", f"@{stop}", "-H", "Content-Type:")
    label("a raw PNG as --data-binary says it", "stop", url + CLASSIFY, "--data-binary", f"@{stop}")
    label("a raw JPEG", "daisy", f"{url}/v1/models/flowers/classify", "--data-binary", f"@{daisy}", "-H", "Content-Type: image/jpeg")
    label("a raw JPEG of the stop sign", "stop", url + CLASSIFY, "--data-binary", f"@{file('stop.jpg', JPEG)}", "-H", "Content-Type: image/jpeg")
    label("a raw WebP", "stop", url + CLASSIFY, "--data-binary", f"@{file('stop.webp', WEBP)}", "-H", "Content-Type: image/webp")
    label("a file uploaded in chunks", "stop", url + CLASSIFY, "-X", "POST", "-T", stop, "-H", "Transfer-Encoding: chunked")
    label("a body in gzip", "stop", url + CLASSIFY, "--data-binary", f"@{file('stop.gz', gzip.compress(STOP))}",
          "-H", "Content-Encoding: gzip")
    label("a body in deflate", "stop", url + CLASSIFY, "--data-binary", f"@{file('stop.z', zlib.compress(STOP))}",
          "-H", "Content-Encoding: deflate")
    label("HTTP/1.0", "stop", "--http1.0", url + CLASSIFY, "--data-binary", f"@{stop}")
    label("a form of one picture", "stop", url + CLASSIFY, "-F", f"image=@{stop}")

    answer = Curl(url + CLASSIFY, "-F", f"image=@{stop}", "-F", f"image=@{folder / 'stop.jpg'}",
                  "-F", f"image=@{file('cut.png', STOP[:500])}", "-F", f"image=@{folder / 'stop.webp'};filename=again.webp")
    parts = [(part["image"], part.get("label") or part.get("error")) for part in answer.value["verdicts"]]
    checks.check(parts == [("stop.png", "stop"), ("stop.jpg", "stop"), ("cut.png", "damaged_image"), ("again.webp", "stop")],
                 f"curl: a form of four pictures, one of them cut short: {parts}")

    answer = Curl(url + CLASSIFY, "--data-binary", f"@{file('large.png', LARGE)}")
    checks.check(answer.status == 200 and "> Expect: 100-continue" in answer.story and "HTTP/1.1 100 Continue" in answer.story,
                 f"curl: {len(LARGE)} bytes are asked for by 100 Continue: {answer.status}")
    answer = Curl(f"{url}/v1/models/none/classify", "--data-binary", f"@{folder / 'large.png'}")
    checks.check(answer.status == 404 and answer.facts["size_upload"] == 0,
                 f"curl: and not asked for where they are of no use: {answer.status}, {answer.facts['size_upload']} bytes sent")


def check_methods(url, gateway, path):
    told, asked = Curl(f"{url}/v1/models"), Curl("-I", f"{url}/v1/models")
    checks.check(asked.status == 200 and not asked.facts["size_download"]
                 and asked.fields["content-length"] == str(len(told.body)) == told.fields["content-length"],
                 f"curl: HEAD /v1/models: {asked.status}, Content-Length {asked.fields.get('content-length')}, no body")
    answer = Curl("-X", "OPTIONS", url + CLASSIFY)
    checks.check((answer.status, answer.fields.get("allow")) == (204, "POST, OPTIONS"),
                 f"curl: OPTIONS {CLASSIFY}: {answer.status}, {answer.fields.get('allow')}")
    answer = Curl("-X", "OPTIONS", "--request-target", "*", url)
    checks.check(answer.status == 204 and "POST" in answer.fields.get("allow", ""),
                 f"curl: OPTIONS *: {answer.status}, {answer.fields.get('allow')}")

    again = ["--next", "-sS", "-v", "-o", folder / "answer", "-D", folder / "fields"]
    answer = Curl(f"{url}/livez", *again, f"{url}/livez")
    checks.check("Re-using existing connection" in answer.story, "curl: HTTP/1.1: the second request goes over the same connection")
    answer = Curl("--http1.0", f"{url}/livez", *again, "--http1.0", f"{url}/livez")
    checks.check("Re-using" not in answer.story and answer.fields.get("connection") == "close", "curl: HTTP/1.0: it does not")

    answer = Curl("--compressed", f"{url}/metrics")
    checks.check(answer.status == 200 and answer.fields.get("content-encoding") == "gzip" and b"# HELP distinguo_" in answer.body
                 and answer.facts["size_download"] < len(answer.body) / 2,
                 f"curl: --compressed: {answer.facts['size_download']} bytes for {len(answer.body)}")
    answer = Curl(f"{url}/metrics")
    checks.check("content-encoding" not in answer.fields, "curl: without it nothing is compressed")

    port = re.search(r"\[::1\]:(\d+)", gateway.text()).group(1)
    answer = Curl(f"http://[::1]:{port}{CLASSIFY}", "--data-binary", f"@{folder / 'stop.png'}")
    checks.check(answer.status == 200, f"curl: IPv6: {answer.status}")
    answer = Curl("--unix-socket", path, f"http://localhost{CLASSIFY}", "--data-binary", f"@{folder / 'stop.png'}")
    checks.check(answer.status == 200, f"curl: a Unix-domain socket: {answer.status}")
    checks.check(path.stat().st_mode & 0o777 == 0o660, f"its permissions are {path.stat().st_mode & 0o777:o}")


def check_problems(url):
    def problem(what, expected, *arguments, **fields):
        answer = Curl(*arguments)
        found = answer.problem()
        wrong = {name: answer.fields.get(name) for name, value in fields.items() if answer.fields.get(name.replace("_", "-")) != value}
        checks.check(found == expected and not wrong, f"curl: {what}: {found}{f', {wrong}' if wrong else ''}")
        return answer

    def picture(what, expected, data, *arguments, **fields):
        problem(what, expected, url + CLASSIFY, "--data-binary", f"@{file('picture', data)}", *arguments, **fields)

    picture("an empty body", (400, "empty_body"), b"")
    picture("no picture", (415, "unsupported_image_format"), b"GIF89a and more", accept="image/jpeg, image/png, image/webp, multipart/form-data")
    for name, data in [("PNG", STOP), ("JPEG", JPEG), ("WebP", WEBP)]:
        picture(f"a {name} cut in half", (422, "damaged_image"), data[:len(data) // 2])
    picture("a picture of 20000 x 20000", (413, "image_too_large"), claim(20_000, 20_000))
    picture("a picture of 16000 x 16000", (413, "image_too_large"), claim(16_000, 16_000))
    picture("a PNG that is said to be a JPEG", (415, "image_type_mismatch"), STOP, "-H", "Content-Type: image/jpeg")
    picture("text", (415, "unsupported_media_type"), STOP, "-H", "Content-Type: text/plain")
    picture("Brotli", (415, "unsupported_content_coding"), STOP, "-H", "Content-Encoding: br")
    picture("gzip that is none", (400, "malformed_content"), STOP, "-H", "Content-Encoding: gzip")
    picture("gzip that swells to 256 MiB", (413, "content_too_large"), bomb(), "-H", "Content-Encoding: gzip")
    problem("an unknown model", (404, "unknown_model"), f"{url}/v1/models/nobody/classify", "--data-binary", f"@{folder / 'stop.png'}")
    problem("an unknown path", (404, "not_found"), f"{url}/v2/classify")
    problem("GET of what wants POST", (405, "method_not_allowed"), url + CLASSIFY, allow="POST, OPTIONS")
    problem("DELETE of what wants GET", (405, "method_not_allowed"), "-X", "DELETE", f"{url}/v1/models", allow="GET, HEAD, OPTIONS")
    problem("POST without a body", (411, "length_required"), "-X", "POST", url + CLASSIFY)
    too_much = file("much", bytes(22 << 20))
    problem("22 MiB", (413, "content_too_large"), url + CLASSIFY, "--data-binary", f"@{too_much}")
    problem("22 MiB in chunks", (413, "content_too_large"), url + CLASSIFY, "-X", "POST", "-T", too_much, "-H", "Transfer-Encoding: chunked")
    too_much.unlink()
    problem("a long target", (414, "uri_too_long"), f"{url}/livez?{8000 * 'x'}")
    problem("an expectation", (417, "expectation_failed"), f"{url}/livez", "-H", "Expect: 200-ok")
    problem("long fields", (431, "header_fields_too_large"), f"{url}/livez", "-H", f"X-Long: {17_000 * 'x'}")
    problem("many fields", (431, "header_fields_too_large"), f"{url}/livez", *[part for n in range(100) for part in ("-H", f"X-{n}: 1")])
    problem("BREW", (501, "method_not_implemented"), "-X", "BREW", f"{url}/livez")
    problem("another transfer coding", (501, "transfer_coding_not_implemented"), "-X", "POST", url + CLASSIFY, "-T", folder / "stop.png",
            "-H", "Transfer-Encoding: gzip, chunked")


def bomb():
    """Zeros, packed."""
    packer = zlib.compressobj(1, wbits=31)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(256)) + packer.flush()


# MARK: Raw bytes

def exchange(gateway, data, pause=0.0):
    """Everything that is answered until the gateway closes. With a pause the bytes are sent one at a time."""
    with gateway.connect() as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            if pause:
                for index in range(len(data)):
                    connection.send(data[index:index + 1])
                    # Enough for the gateway to see each byte of a head by itself, and not for ever.
                    if index < 300:
                        time.sleep(pause)
            else:
                connection.sendall(data)
        except ConnectionError:
            pass
        answer = b""
        try:
            while part := connection.recv(1 << 16):
                answer += part
        except ConnectionResetError:
            answer += b"<reset>"
        return answer


def timeless(answer):
    """An answer without what differs each time."""
    answer = re.sub(rb"\r\nDate: [^\r]*", b"", answer)
    answer = re.sub(rb"\r\nContent-Length: \d+", b"", answer)
    answer = re.sub(rb'"elapsed_ms":[0-9.]+', b"", answer)
    return re.sub(rb'"request_id":"[^"]*"|\r\nX-Request-Id: [^\r]*', b"", answer)


def statuses(answer):
    return [int(code) for code in re.findall(rb"HTTP/1\.1 (\d+)", answer)]


def chunked(data, size, trailers=b""):
    parts = [data[start:start + size] for start in range(0, len(data), size)]
    return b"".join(b"%x;name=value\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n" + trailers + b"\r\n"


LAST = b"GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def check_pieces(gateway):
    in_chunks = b"POST /v1/classify HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
    streams = {
        "a request without a body": (b"", [200]),
        "a picture": (head("POST", CLASSIFY, STOP) + STOP, [200, 200]),
        "a picture in chunks, with trailers": (in_chunks + chunked(STOP, 1000, b"X-Sum: 1\r\nX-More: 2\r\n"), [200, 200]),
        "empty lines, an unknown path and a body that nobody reads": (b"\r\n\r\n" + head("POST", "/nothing", b"12345") + b"12345", [404, 200]),
        "two requests and a broken one": (head("GET", "/livez") * 2 + b"GET /livez HTTP/1.1\r\nHost : localhost\r\n\r\n", [200, 200, 400]),
    }
    for what, (data, expected) in streams.items():
        at_once, by_bytes = exchange(gateway, data + LAST), exchange(gateway, data + LAST, 0.001)
        checks.check(statuses(at_once) == expected, f"raw: {what}: {statuses(at_once)}")
        checks.check(timeless(at_once) == timeless(by_bytes),
                     f"raw: {what}: byte by byte the same is answered: {statuses(by_bytes)}")


def check_pipelining(gateway):
    requests = b""
    for number in range(40):
        fields = {"X-Request-Id": f"n{number}"}
        requests += [head("POST", CLASSIFY, STOP, fields) + STOP, head("GET", "/livez", None, fields),
                     head("GET", "/nothing", None, fields), head("HEAD", "/v1/models", None, fields)][number % 4]
    answer = exchange(gateway, requests + LAST)
    ids = [int(number) for number in re.findall(rb"X-Request-Id: n(\d+)", answer)]
    checks.check(ids == list(range(40)) and statuses(answer) == [200, 200, 404, 200] * 10 + [200],
                 f"raw: {len(ids)} pipelined requests are answered in order")


def check_forms(gateway):
    for what, expected, request in [
        ("absolute form", [200], b"GET http://localhost/livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
        ("absolute form, whose host counts", [200], b"GET http://elsewhere:1/livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
        ("absolute form of another scheme", [400], b"GET ftp://localhost/livez HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        ("HTTP/1.0 without Host", [200], b"GET /livez HTTP/1.0\r\n\r\n"),
        ("HTTP/1.0 that asks to go on", [200, 200], b"GET /livez HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /livez HTTP/1.0\r\n\r\n"),
        ("HTTP/1.2 is understood as 1.1", [200], b"GET /livez HTTP/1.2\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
        ("CONNECT", [501], b"CONNECT localhost:80 HTTP/1.1\r\nHost: localhost:80\r\n\r\n"),
        ("TLS on a plain port", [400], b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(32)),
        ("the client closes its side after the request", [200], None),
    ]:
        if request is None:
            with gateway.connect() as connection:
                connection.sendall(head("POST", CLASSIFY, STOP) + STOP)
                connection.shutdown(socket.SHUT_WR)
                answer = b"".join(iter(lambda: connection.recv(1 << 16), b""))
        else:
            answer = exchange(gateway, request)
        checks.check(statuses(answer) == expected, f"raw: {what}: {statuses(answer)}")
    answer = exchange(gateway, b"GET /livez HTTP/2.0\r\nHost: localhost\r\n\r\n")
    checks.check(statuses(answer) == [505] and b'"http_version_not_supported"' in answer, f"raw: HTTP/2.0: {statuses(answer)}")


def check_smuggling(gateway):
    """What two servers could understand differently is answered once, and nothing after it."""
    start = b"POST /v1/classify HTTP/1.1\r\nHost: localhost\r\n"
    smuggled = b"GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"
    cases = {
        "both lengths": start + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "both lengths, the other way round": start + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
        "two different lengths": start + b"Content-Length: 0\r\nContent-Length: 44\r\n\r\n",
        "two lengths in one field": start + b"Content-Length: 0, 44\r\n\r\n",
        "a signed length": start + b"Content-Length: +0\r\n\r\n",
        "a length in hexadecimal": start + b"Content-Length: 0x0\r\n\r\n",
        "a length with a space": start + b"Content-Length: 0 0\r\n\r\n",
        "a length beyond 64 bits": start + b"Content-Length: 18446744073709551616\r\n\r\n",
        "xchunked": start + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "chunked twice": start + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "chunked, identity": start + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "chunked with a vertical tab": start + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
        "a space before the colon": start + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "a folded line": start + b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
        "bare line feeds": b"POST /v1/classify HTTP/1.1\nHost: localhost\nContent-Length: 0\n\n",
        "a bare carriage return": start + b"X: 1\rContent-Length: 44\r\n\r\n",
        "a zero byte": start + b"X: \x00\r\nContent-Length: 0\r\n\r\n",
        "Transfer-Encoding in HTTP/1.0": b"POST /v1/classify HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "a second Host": start + b"Host: elsewhere\r\nContent-Length: 0\r\n\r\n",
        "no Host": b"POST /v1/classify HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
        "a bad Host": b"POST /v1/classify HTTP/1.1\r\nHost: a b\r\nContent-Length: 0\r\n\r\n",
        "a space before the first field": b"POST /v1/classify HTTP/1.1\r\n Host: localhost\r\nContent-Length: 0\r\n\r\n",
        "a chunk size that overflows": start + b"Transfer-Encoding: chunked\r\n\r\n10000000000000000\r\n\r\n",
        "a negative chunk size": start + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
        "a chunk size in 0x": start + b"Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n",
        "a chunk longer than it says": start + b"Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
        "a chunk's bare line feed": start + b"Transfer-Encoding: chunked\r\n\r\n1\na\n0\n\n",
        "a line feed in a chunk's extension": start + b"Transfer-Encoding: chunked\r\n\r\n1;a\nb\r\na\r\n0\r\n\r\n",
    }
    def others():
        return gateway.metric("distinguo_http_requests_total", route="unmatched")

    wrong, before = {}, others()
    for what, request in cases.items():
        for pause in (0, 0.0005):
            answer = exchange(gateway, request + smuggled, pause)
            if statuses(answer) != [400] or b"\r\nConnection: close\r\n" not in answer or b'"bad_request"' not in answer:
                wrong[what] = answer[:300]
    checks.check(not wrong,
                 f"raw: {len(cases)} requests with bad framing are answered with 400, once, and the end{f': {wrong}' if wrong else ''}")
    checks.check(others() == before and "/smuggled" not in gateway.text(), "raw: what followed them was never taken for a request")


# MARK: TLS

def openssl(*arguments, **settings):
    return subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, **settings)


def certificate(name, subject, authority=None, *extensions):
    """The files of a new key and a certificate, signed by an authority of the same kind or by itself."""
    key, file = folder / f"{name}.key", folder / f"{name}.pem"
    new = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-subj", f"/CN={subject}"]
    signer = ["-CA", authority[0], "-CAkey", authority[1]] if authority else []
    made = openssl("req", "-x509", *new, "-days", "2", "-out", file, *signer, *[part for e in extensions for part in ("-addext", e)])
    if made.returncode:
        raise SystemExit(f"FAILED openssl req: {made.stderr}")
    return file, key


def serial(file):
    return openssl("x509", "-in", file, "-noout", "-serial").stdout.strip().removeprefix("serial=")


def seen_serial(gateway):
    """The serial number that a new connection is shown."""
    with gateway.connect() as connection:
        return connection.getpeercert()["serialNumber"]


def install(pair):
    """Puts a certificate and its key where the gateway looks."""
    for source, place in zip(pair, ("server.pem", "server.key")):
        (folder / "next").write_bytes(source.read_bytes())
        (folder / "next").rename(folder / place)


def check_tls():
    names = "subjectAltName=DNS:localhost,IP:127.0.0.1"
    authority = certificate("authority", "Authority", None, "basicConstraints=critical,CA:TRUE")
    first, second = [certificate(name, "localhost", authority, names, "basicConstraints=CA:FALSE") for name in ("first", "second")]
    client, stranger = certificate("client", "Client 7", authority), certificate("stranger", "Stranger")
    install(first)
    config = file("tls.yaml", b"")

    def configure(authentication):
        config.write_text(f"""
tls:
  certificate: {folder}/server.pem
  key: {folder}/server.key
  client-authority: {authority[0]}
  client-authentication: {authentication}
""")
    configure("optional")
    context = ssl.create_default_context(cafile=authority[0])
    with Gateway("models.default=traffic-signs", "log.format=json", binary=binary, config=config, tls=context) as gateway:
        place = f"localhost:{gateway.port}"
        url = f"https://{place}"
        request = "GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

        def talk(*arguments):
            run = openssl("s_client", "-connect", f"127.0.0.1:{gateway.port}", "-servername", "localhost", "-CAfile", authority[0],
                          "-verify_return_error", "-ign_eof", *arguments, input=request, timeout=30)
            return run.stdout + run.stderr
        for option, protocol in [("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")]:
            story = talk(option, "-alpn", "http/1.1")
            checks.check("HTTP/1.1 200 OK" in story and "ALPN protocol: http/1.1" in story and f"New, {protocol}" in story
                         and "Verify return code: 0 (ok)" in story, f"openssl s_client {option} -alpn http/1.1: {protocol}, answered")
        story = talk("-tls1_1", "-cipher", "ALL:@SECLEVEL=0")
        checks.check("HTTP/1.1" not in story and "New, (NONE)" in story, "openssl s_client -tls1_1: no handshake")
        story = talk("-alpn", "h2,http/1.1")
        checks.check("ALPN protocol: http/1.1" in story and "HTTP/1.1 200 OK" in story,
                     "openssl s_client -alpn h2,http/1.1: http/1.1")
        story = talk("-alpn", "h2")
        checks.check("alert no application protocol" in story and "HTTP/1.1" not in story,
                     "openssl s_client -alpn h2: there is no such protocol")

        trust = ["--cacert", authority[0]]
        answer = Curl(*trust, url + CLASSIFY, "--data-binary", f"@{folder / 'stop.png'}")
        checks.check(answer.status == 200 and answer.value["label"] == "stop", f"curl --cacert: {answer.status}")
        answer = Curl(*trust, url + CLASSIFY, "--data-binary", f"@{folder / 'large.png'}")
        checks.check(answer.status == 200, f"curl --cacert: {len(LARGE)} bytes: {answer.status}")
        answer = Curl(f"{url}/livez")
        checks.check(answer.code == 60, f"curl without --cacert does not trust it: {answer.code}")

        with socket.create_connection(("127.0.0.1", gateway.port), timeout=10) as plain:
            plain.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
            try:
                answer = plain.recv(100)
            except ConnectionResetError:
                answer = b""
        checks.check(b"HTTP" not in answer, f"plain HTTP on the TLS port is not answered: {answer[:20]}")
        failures = gateway.metric("distinguo_tls_handshake_failures_total")
        checks.check(failures >= 2, f"the failed handshakes are counted: {failures:.0f}")

        certified = [*trust, "--cert", client[0], "--key", client[1], f"{url}/livez"]
        forged = [*trust, "--cert", stranger[0], "--key", stranger[1], f"{url}/livez"]
        answer = Curl(*certified)
        lines = [json.loads(line) for line in gateway.lines('"client"')]
        checks.check(answer.status == 200 and lines and "Client 7" in lines[-1]["client"],
                     f"optional client certificates: one that is vouched for is logged: {lines[-1]['client'] if lines else 'not'}")
        answer = Curl(*forged)
        checks.check(answer.code != 0 and not answer.status,
                     f"optional client certificates: a stranger's is refused: curl {answer.code}")

        old = http.client.HTTPSConnection("localhost", gateway.port, context=context)
        old.request("GET", "/livez")
        old.getresponse().read()
        before = seen_serial(gateway)
        install(second)
        configure("required")
        authenticated = ssl.create_default_context(cafile=authority[0])
        authenticated.load_cert_chain(*client)
        gateway.tls = authenticated
        gateway.signal(signal.SIGHUP)
        changed = settled(lambda: seen_serial(gateway) == serial(second[0]))
        checks.check(before == serial(first[0]) and changed, f"SIGHUP: new connections see the new certificate")
        old.request("GET", "/livez")
        answer = old.getresponse()
        answer.read()
        checks.check(answer.status == 200 and old.sock.getpeercert()["serialNumber"] == before,
                     f"SIGHUP: the old connection goes on with the old one: {answer.status}")

        answer = Curl(*trust, f"{url}/livez")
        checks.check(not answer.status and answer.code,
                     f"required client certificates: without one there is no answer: curl {answer.code}")
        checks.check(Curl(*certified).status == 200 and not Curl(*forged).status,
                     "required client certificates: with one there is, not with a stranger's")

        install((first[0], second[1]))
        gateway.signal(signal.SIGHUP)
        failed = settled(lambda: gateway.metric("distinguo_reloads_total", outcome="failed") == 1)
        checks.check(failed and seen_serial(gateway) == serial(second[0]) and gateway.lines("nothing was reloaded"),
                     "SIGHUP: a key of another certificate changes nothing, and is logged")
        checks.check("PRIVATE KEY" not in gateway.text(), "no key is logged")
        old.close()
        checks.check(gateway.stop() == 0, "it ends with status 0")


started = time.monotonic()
path = folder / "http.sock"
with Gateway("models.default=traffic-signs", f"server.listen=127.0.0.1:0,[::1]:0,unix:{path}", binary=binary) as gateway:
    url = f"http://127.0.0.1:{gateway.port}"
    check_pictures(url)
    check_methods(url, gateway, path)
    check_problems(url)
    check_pieces(gateway)
    check_pipelining(gateway)
    check_forms(gateway)
    check_smuggling(gateway)
    checks.check(gateway.stop() == 0 and not path.exists(), "it ends with status 0, and the socket's file is gone")
check_tls()
print(f"{time.monotonic() - started:.0f} s")
checks.finish()
