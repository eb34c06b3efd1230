"""Holds the binary against systemd's protocols: what it tells, when, and the sockets that it is passed.

    .venv/bin/python Tests/Deploy/check_service.py [--binary FILE]

One line for each check, and a closing line `N passed, M failed, K skipped`; fails if anything failed.
"""

import argparse
import http.client
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

from manager import Manager

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "Reference"))
from clothes import ROOT, Checks  # noqa: E402

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--binary", type=pathlib.Path, default=ROOT / ".build/release/distinguo")
binary = parser.parse_args().binary.resolve()
if not binary.exists():
    sys.exit(f"{binary} is not there; `make build` makes it")
checks = Checks()
environment = {name: value for name, value in os.environ.items()
               if not name.startswith(("DISTINGUO_", "LISTEN_", "NOTIFY_", "WATCHDOG_"))}
environment["SWIFT_BACKTRACE"] = "enable=no"
SETTINGS = ["--models", str(ROOT / "Models"), "--set", "models.served=traffic-signs"]


def serve(log, *arguments, prefix=(), **variables):
    return subprocess.Popen([*prefix, binary, "serve", *SETTINGS, *arguments], stdout=log, stderr=log,
                            env={**environment, **variables})


def address(log):
    """The port that the log tells of."""
    for _ in range(600):
        if found := re.search(r"127\.0\.0\.1:(\d+)", pathlib.Path(log.name).read_text()):
            return int(found.group(1))
        time.sleep(0.1)
    sys.exit(f"no address in the log: {pathlib.Path(log.name).read_text()}")


def get(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path)
    response = connection.getresponse()
    response.read()
    connection.close()
    return response.status


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def tells_its_life():
    with Manager() as manager, tempfile.NamedTemporaryFile() as log:
        process = serve(log, "--port", "0", "--set", "ending.lame-duck=1s", NOTIFY_SOCKET=manager.address,
                        WATCHDOG_USEC="1000000")
        checks.check(manager.wait("READY=1"), "READY is told")
        port = address(log)
        checks.check(get(port, "/readyz") == 200, "when it is told, requests are answered")
        checks.check(manager.wait("STATUS=serving", 5), "STATUS says what is served")
        fed = [manager.wait("WATCHDOG=1", 10) for _ in range(4)]
        checks.check(all(fed), "WATCHDOG is fed again and again")
        manager.messages.clear()
        process.send_signal(signal.SIGHUP)
        checks.check(manager.wait("RELOADING=1", 10), "RELOADING is told at SIGHUP")
        checks.check(manager.wait("READY=1", 60), "READY is told after the reload")
        since = [int(line.split("=")[1]) for line in manager.messages if line.startswith("MONOTONIC_USEC=")]
        now = time.clock_gettime(time.CLOCK_MONOTONIC) * 1e6
        checks.check(len(since) == 1 and now - 60e6 < since[0] <= now, "MONOTONIC_USEC comes with it")
        process.send_signal(signal.SIGTERM)
        checks.check(manager.wait("STOPPING=1", 10), "STOPPING is told at SIGTERM")
        checks.check(get(port, "/readyz") == 503, "readiness is false first, while requests are still answered")
        checks.check(process.wait(60) == 0, "the process ends with status 0")


def starves_the_watchdog():
    """A process that is stopped stands for one that hangs."""
    with Manager() as manager, tempfile.NamedTemporaryFile() as log:
        process = serve(log, "--port", "0", NOTIFY_SOCKET=manager.address, WATCHDOG_USEC="1000000")
        manager.wait("READY=1")
        checks.check(manager.wait("WATCHDOG=1", 10), "WATCHDOG is fed once it is ready")
        process.send_signal(signal.SIGSTOP)
        manager.receive(0.2)
        manager.messages.clear()
        manager.receive(2)
        checks.check(manager.messages == [], "a process that hangs feeds nothing")
        process.send_signal(signal.SIGCONT)
        process.send_signal(signal.SIGTERM)
        process.wait(60)
    with Manager() as manager, tempfile.NamedTemporaryFile() as log:
        process = serve(log, "--port", "0", "--set", "systemd.watchdog=false", NOTIFY_SOCKET=manager.address,
                        WATCHDOG_USEC="1000000")
        manager.wait("READY=1")
        manager.receive(2)
        checks.check("WATCHDOG=1" not in manager.messages, "systemd.watchdog=false feeds nothing")
        process.terminate()
        process.wait(60)


def ends_at_once():
    with tempfile.NamedTemporaryFile() as log:
        process = serve(log, "--port", "0", "--set", "ending.lame-duck=1min")
        port = address(log)
        while get(port, "/readyz") != 200:
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        time.sleep(1)
        checks.check(process.poll() is None, "the first SIGTERM is for ending in order")
        process.send_signal(signal.SIGTERM)
        try:
            status = process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            status = None
        checks.check(status == -signal.SIGTERM, f"the second ends the process at once, by that signal ({status})")


def takes_sockets():
    port, figures = free_port(), free_port()
    with Manager() as manager, tempfile.NamedTemporaryFile() as log:
        activate = ["systemd-socket-activate", f"--listen=127.0.0.1:{port}", f"--listen=127.0.0.1:{figures}",
                    "--fdname=http:metrics", f"--setenv=NOTIFY_SOCKET={manager.address}"]
        # It gives its child only the variables that it is told to.
        activate += [f"--setenv={name}" for name in environment if name != "PATH"]
        process = serve(log, "--port", "1", prefix=activate)
        for _ in range(100):
            if "Listening on" in pathlib.Path(log.name).read_text():
                break
            time.sleep(0.1)
        # The first connection starts the service, and is answered by it.
        status = get(port, "/livez")
        checks.check(status in (200, 503), f"the connection that started the service is answered by it ({status})")
        checks.check(manager.wait("READY=1"), "READY is told")
        checks.check(get(port, "/readyz") == 200, "the socket that was passed is served, server.port is not")
        checks.check(get(figures, "/metrics") == 200, "the one with the name metrics has the metrics")
        checks.check(get(figures, "/v1/models") == 404, "and nothing else")
        checks.check(get(port, "/metrics") == 200, "which the other one has too, unless metrics.listen is set")
        process.terminate()
        checks.check(process.wait(60) == 0, "the process ends with status 0")


def refuses_nonsense():
    for variables, complaint in [
            ({"WATCHDOG_USEC": "soon"}, "WATCHDOG_USEC is 'soon'"),
            ({"NOTIFY_SOCKET": "relative"}, "NOTIFY_SOCKET is 'relative'"),
    ]:
        with tempfile.NamedTemporaryFile() as log:
            status = serve(log, "--port", "0", **variables).wait(60)
            text = pathlib.Path(log.name).read_text()
            checks.check(status == 78 and complaint in text, f"{complaint} is refused with status 78 ({status}: {text.strip()})")


tells_its_life()
starves_the_watchdog()
ends_at_once()
takes_sockets()
refuses_nonsense()
checks.finish()
