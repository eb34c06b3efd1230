"""What gateway.py measures with: servers as processes that can be paused, wrk as the client, and idle connections."""

import contextlib
import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess
import time

here = pathlib.Path(__file__).resolve().parent
TICKS = os.sysconf("SC_CLK_TCK")


class Failed(Exception):
    """A server or the client did not do what was asked of it, so that there is nothing to compare."""


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Server:
    """A server in a session of its own, so that all of its processes are found. Killed when left."""

    def __init__(self, name, command, port, path, log, environment=None):
        self.name, self.command, self.port, self.path = name, [str(part) for part in command], port, path
        self.log = pathlib.Path(log)
        self.started = time.perf_counter()
        with open(self.log, "w") as output:
            self.process = subprocess.Popen(self.command, env={**os.environ, **(environment or {})}, stdout=output,
                                            stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.signal(signal.SIGCONT)
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        self.signal(signal.SIGKILL)
        self.process.wait()

    def processes(self):
        """The pid and the fields of stat, from the state on, of each process of the session."""
        for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                fields = stat.read_text().rpartition(")")[2].split()
                if int(fields[3]) == self.process.pid:
                    yield int(stat.parent.name), fields

    def signal(self, number):
        for pid, _ in list(self.processes()):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def pause(self):
        """Stops it, so that it takes nothing from the one that is measured."""
        self.signal(signal.SIGSTOP)

    def resume(self):
        self.signal(signal.SIGCONT)
        time.sleep(0.2)

    def cpu_seconds(self):
        return sum(int(fields[11]) + int(fields[12]) for _, fields in self.processes()) / TICKS

    def resident_bytes(self):
        """VmRSS of the first process, the only one of ours."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("VmRSS:")).split()[1]) * 1024

    def request(self, method, path, body=None, headers=None, timeout=10):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def wait_until(self, is_ready, seconds=60, pause=0.1):
        """Waits for a request to be answered as it should be; returns the seconds from the start."""
        end, last = time.monotonic() + seconds, "it does not listen"
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise Failed(f"{self.name} ended with status {self.process.returncode}:\n{self.log.read_text()[-2000:]}")
            try:
                if is_ready(self):
                    return time.perf_counter() - self.started
                last = "its answer is not the right one"
            except (OSError, http.client.HTTPException, ValueError, KeyError) as error:
                last = error
            time.sleep(pause)
        raise Failed(f"{self.name} is not ready after {seconds} s: {last}\n{self.log.read_text()[-2000:]}")


def wrk(server, connections, seconds, kind, files):
    """Files POSTed in turn as fast as they are answered, on so many connections, by one thread.

    Returns requests a second, the percentiles of the latency in milliseconds, and the server's CPU milliseconds a request.
    Any answer but a 2xx, and any connection that fails, makes it fail.
    """
    command = ["wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{seconds}s", "--timeout", "10s",
               "--script", str(here / "post.lua"), f"http://127.0.0.1:{server.port}{server.path}", "--", kind,
               *map(str, files)]
    before = server.cpu_seconds()
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    spent = server.cpu_seconds() - before
    outcome = json.loads(next(line for line in output.splitlines() if line.startswith("{")))
    bad = {what: outcome[what] for what in ("refused", "broken", "late") if outcome[what]}
    if bad or not outcome["requests"]:
        raise Failed(f"{server.name}, {connections} connections: {outcome['requests']} requests answered, {bad}")
    return {"rps": outcome["requests"] / outcome["microseconds"] * 1e6, "p50": outcome["p50"] / 1e3,
            "p99": outcome["p99"] / 1e3, "cpu_ms": spent / outcome["requests"] * 1e3}


class IdleConnections:
    """Keep-alive connections that have each had one request answered and now do nothing."""

    def __init__(self, server, count, request, addresses=50):
        self.sockets, self.request = [], request
        # From several loopback addresses, since a server may limit how many connections one address has.
        for index in range(count):
            client = socket.socket()
            self.sockets.append(client)
            client.settimeout(10)
            client.bind((f"127.0.1.{1 + index % addresses}", 0))
            try:
                client.connect(("127.0.0.1", server.port))
                self.ask(client)
            except OSError as error:
                self.close()
                raise Failed(f"{server.name}: idle connection {index + 1} of {count}: {error}")

    def ask(self, client):
        client.sendall(self.request)
        answer = b""
        while b"\r\n\r\n" not in answer:
            piece = client.recv(65536)
            if not piece:
                raise OSError("closed by the server")
            answer += piece
        head, _, body = answer.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise OSError(f"answered with {head.splitlines()[0].decode()}")
        fields = dict(line.lower().split(b":", 1) for line in head.splitlines()[1:])
        missing = int(fields[b"content-length"]) - len(body)
        while missing > 0:
            piece = client.recv(missing)
            if not piece:
                raise OSError("closed by the server")
            missing -= len(piece)

    def check(self):
        """Whether they are all still served."""
        for client in self.sockets:
            self.ask(client)

    def close(self):
        for client in self.sockets:
            client.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
