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
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("DISTINGUO_BINARY", ROOT / ".build/release/distinguo"))


def shipped(model):
    """The versions of a model that come with the project, ascending; the last is the current one."""
    return sorted(int(folder.name) for folder in (ROOT / "Models" / model).iterdir() if folder.name.isdecimal())


def environment(**variables):
    """What a checked process finds around it. Settings that the surroundings have are no part of a check; a crash is told
    from the signal."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("DISTINGUO_")}
    return {**own, "SWIFT_BACKTRACE": "enable=no", **variables}


def chosen_binary(description):
    """The binary, from the command line; ends with a reason if it is not there."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--binary", type=pathlib.Path, default=BINARY)
    binary = parser.parse_args().binary.resolve()
    if not binary.exists():
        sys.exit(f"{binary} is not there; `make build` makes it")
    return binary


def free_port():
    """A TCP port that nobody has at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def settled(condition, seconds=10):
    """Whether something becomes true in time; the condition's value, if it does."""
    end = time.monotonic() + seconds
    while not (holds := condition()) and time.monotonic() < end:
        time.sleep(0.05)
    return holds


class Gateway:
    """A gateway that is ready, on a free port of 127.0.0.1, until the end of a `with` block."""

    def __init__(self, *settings, binary=BINARY, models="Models", port=0, config=None, tls=None, prefix=(), variables={},
                 admin=False, state=None, **process):
        """Settings are written `key=value`.

        - port: must be given if standard error is not the log, which says what port was free.
        - config: the configuration's file.
        - tls: the client's SSLContext, if the gateway speaks TLS.
        - prefix: a command that is given the gateway's, such as one that lowers a limit first.
        - variables: of the environment.
        - admin: whether it can be administered, or the port for that: then it has an `admin_port`, a `token_file` and
          `tokens`, of alice who may do everything and of rita who may look.
        - state: the folder of its state, which is made if it is not there; one of its own if it is None. Another gateway
          with the same folder has the same tokens.
        - process: further arguments of Popen.
        """
        # Appended to: whoever reads it moves the place that the process would write at.
        self.log = tempfile.TemporaryFile("a+")
        self.tls = tls
        if admin:
            self.admin_port = free_port() if admin is True else admin
            settings = (*self.administration(state), *settings)
        command = [*prefix, binary, "serve", "--models", ROOT / models, "--port", str(port),
                   *(["--config", config] if config else []), *(f"--set={setting}" for setting in settings)]
        process = {"stdout": self.log, "stderr": self.log, **process}
        self.process = subprocess.Popen(command, env=environment(**variables), **process)
        self.port = port or int(self.wait(lambda: re.search(r"listening.*?127\.0\.0\.1:(\d+)", self.text()), "say where it listens").group(1))
        self.wait(self.is_ready, "become ready")

    def administration(self, state):
        """Makes tokens, unless there are some; the settings that it can be administered with."""
        # Goes with this object.
        self.temporary = None if state else tempfile.TemporaryDirectory()
        self.state = pathlib.Path(state or self.temporary.name)
        self.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.token_file = self.state / "tokens"
        if not self.token_file.exists():
            self.token_file.touch(0o600)
            self.token_file.write_text(f"# name role token\nalice full {secrets.token_urlsafe()}\nrita read {secrets.token_urlsafe()}\n")
        self.tokens = {name: token for name, _, token in map(str.split, self.token_file.read_text().splitlines()[1:])}
        return (f"admin.listen=127.0.0.1:{self.admin_port}", f"admin.token-file={self.token_file}",
                f"state.directory={self.state}")

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

    def lines(self, words, count=1):
        """The lines of its log with some words, once there are as many: what it logs is written a little after it happens."""
        found = lambda: [line for line in self.text().splitlines() if words in line]
        settled(lambda: len(found()) >= count)
        return found()

    def wait(self, condition, what):
        for _ in range(1200):
            if self.process.poll() is not None:
                break
            if result := condition():
                return result
            time.sleep(0.05)
        self.process.kill()
        sys.exit(f"FAILED the gateway did not {what}:\n{self.text()}")

    def is_ready(self):
        try:
            return self.get("/readyz").status == 200
        except ConnectionRefusedError:
            return False

    def connect(self, source="127.0.0.1", port=None):
        connection = socket.create_connection(("127.0.0.1", port or self.port), timeout=30, source_address=(source, 0))
        return self.tls.wrap_socket(connection, server_hostname="localhost") if self.tls else connection

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

    def admin(self, method, target, body=None, fields={}, token="alice"):
        """The administration's answer. A body that is not bytes is sent as JSON; token: whose, or None."""
        fields = {**self.credentials(token), **fields}
        if body is not None and not isinstance(body, bytes):
            body, fields = json.dumps(body).encode(), {"Content-Type": "application/json", **fields}
        with self.connect(port=self.admin_port) as connection:
            connection.sendall(head(method, target, body, fields) + (body or b""))
            return Answer(connection, method)

    def events(self, target="/admin/v1/events", token="alice", seconds=30):
        """The events of a stream of the administration, each with its name and value, until it ends or is closed; fails if
        nothing comes, not even a comment, for so long."""
        with self.connect(port=self.admin_port) as connection:
            connection.settimeout(seconds)
            connection.sendall(head("GET", target, None, self.credentials(token)))
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            if answer.status != 200:
                raise AssertionError(f"{target}: {answer.status} {answer.read().decode()}")
            name, data = "message", []
            for line in iter(answer.readline, b""):
                line = line.decode().rstrip("\r\n")
                field, _, value = line.partition(":")
                if field == "event":
                    name = value.removeprefix(" ")
                elif field == "data":
                    data.append(value.removeprefix(" "))
                elif not line:
                    if data:
                        yield name, json.loads("\n".join(data))
                    name, data = "message", []

    def credentials(self, token):
        return {"Authorization": f"Bearer {self.tokens[token]}"} if token else {}

    def metric(self, name, **labels):
        """The sum of a metric's samples that have these labels."""
        wanted = {f'{label}="{value}"' for label, value in labels.items()}
        samples = re.findall(rf"^{name}(?:{{(.*)}})? (\S+)$", self.get("/metrics").value, re.M)
        return sum(float(value) for has, value in samples if wanted <= set(has.split(",")))

    def signal(self, number):
        self.process.send_signal(number)


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
