"""A running gateway, for whoever checks one; and a command that runs another one beside it:

    .venv/bin/python Tests/Reference/gateway.py [--binary FILE] [--set KEY=VALUE]... -- COMMAND...

In the command {} stands for the gateway's address, such as http://127.0.0.1:34567. Ends with the command's status.
"""

import argparse
import http.client
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = ROOT / ".build/release/distinguo"


class Gateway:
    """A gateway that is ready, on a free port of 127.0.0.1, until the end of a `with` block."""

    def __init__(self, *settings, binary=BINARY, models="Models"):
        """Settings are written `key=value`."""
        self.log = tempfile.TemporaryFile("w+")
        # Settings that the surroundings have are no part of a check; a crash is told from the signal.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("DISTINGUO_")}
        self.process = subprocess.Popen(
            [binary, "serve", "--models", ROOT / models, "--port", "0", *(f"--set={setting}" for setting in settings)],
            stdout=self.log, stderr=self.log, env={**environment, "SWIFT_BACKTRACE": "enable=no"})
        self.port = int(self.wait(lambda: re.search(r"127\.0\.0\.1:(\d+)", self.text()), "say where it listens").group(1))
        self.wait(lambda: self.get("/readyz").status == 200, "become ready")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """Asks it to end, and gives its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def text(self):
        """What it has logged."""
        self.log.seek(0)
        return self.log.read()

    def wait(self, condition, what):
        for _ in range(1200):
            if self.process.poll() is not None:
                break
            if result := condition():
                return result
            time.sleep(0.05)
        self.process.kill()
        sys.exit(f"FAILED the gateway did not {what}:\n{self.text()}")

    def connect(self, source="127.0.0.1"):
        return socket.create_connection(("127.0.0.1", self.port), timeout=30, source_address=(source, 0))

    def send(self, request):
        """The answer to bytes that are sent as they are."""
        with self.connect() as connection:
            connection.sendall(request)
            return Answer(connection, request.split(b" ")[0].decode())

    def ask(self, method, target, body=None, fields={}):
        return self.send(head(method, target, body, fields) + (body or b""))

    def get(self, target, fields={}):
        return self.ask("GET", target, None, fields)

    def post(self, body, fields={}, target="/v1/classify"):
        return self.ask("POST", target, body, fields)


class Answer:
    """The next answer on a connection."""

    def __init__(self, connection, method="GET"):
        response = http.client.HTTPResponse(connection, method=method)
        response.begin()
        self.status, self.fields, self.body = response.status, response.headers, response.read()
        self.media_type = self.fields.get("Content-Type", "")

    @property
    def value(self):
        """JSON's value, or the text."""
        return json.loads(self.body) if self.media_type.endswith("json") else self.body.decode()


def head(method, target, body=None, fields={}):
    """The bytes of a request's head."""
    length = {} if body is None else {"Content-Length": len(body)}
    lines = {"Host": "localhost", "X-Request-Id": "example-1", **length, **fields}
    return "".join([f"{method} {target} HTTP/1.1\r\n", *(f"{name}: {value}\r\n" for name, value in lines.items()), "\r\n"]).encode()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=pathlib.Path, default=BINARY)
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()
    if not options.binary.exists():
        sys.exit(f"{options.binary} is not there; `make build` makes it")
    with Gateway(*options.set, binary=options.binary) as gateway:
        status = subprocess.run([part.replace("{}", f"http://127.0.0.1:{gateway.port}") for part in options.command]).returncode
    sys.exit(status)
