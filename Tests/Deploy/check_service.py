"""What the service manager relies on beyond what Tests/Reference/check_gateway_process.py checks: a gateway that hangs is
noticed, and sockets are told apart by their names.

    .venv/bin/python Tests/Deploy/check_service.py [--binary FILE]

One line for each check, and a closing line `N passed, M failed, K skipped`; fails if anything failed.
"""

import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time

from manager import Manager

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "Reference"))
from clothes import ROOT, Checks  # noqa: E402
from gateway import Answer, Gateway, chosen_binary, environment, free_port, head  # noqa: E402

binary = chosen_binary(__doc__)
checks = Checks()
MODEL = "Models/traffic-signs"


def watchdog():
    """A process that is stopped stands for one that hangs."""
    with Manager() as manager:
        variables = {"NOTIFY_SOCKET": manager.address, "WATCHDOG_USEC": "1000000"}
        with Gateway(binary=binary, models=MODEL, variables=variables) as gateway:
            checks.check(manager.wait("WATCHDOG=1", 10), "the watchdog is fed once the gateway is ready")
            gateway.signal(signal.SIGSTOP)
            manager.receive(0.2)
            manager.messages.clear()
            manager.receive(2)
            checks.check(manager.messages == [], "a gateway that hangs feeds nothing")
            gateway.signal(signal.SIGCONT)
            checks.check(manager.wait("WATCHDOG=1", 10), "one that goes on does")
    with Manager() as manager:
        variables = {"NOTIFY_SOCKET": manager.address, "WATCHDOG_USEC": "1000000"}
        with Gateway("systemd.watchdog=false", binary=binary, models=MODEL, variables=variables):
            manager.wait("READY=1")
            manager.receive(2)
            checks.check("WATCHDOG=1" not in manager.messages, "systemd.watchdog=false feeds nothing")


def get(port, target):
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(head("GET", target))
        return Answer(connection).status


def sockets():
    port, figures, admin = free_port(), free_port(), free_port()
    with Manager() as manager, tempfile.TemporaryDirectory() as folder, tempfile.NamedTemporaryFile() as log:
        tokens = pathlib.Path(folder, "admin-tokens")
        tokens.write_text(f"alice full {'a' * 32}\n")
        # It gives its child only the variables that it is told to.
        process = subprocess.Popen(
            ["systemd-socket-activate", f"--listen=127.0.0.1:{port}", f"--listen=127.0.0.1:{figures}",
             f"--listen=127.0.0.1:{admin}", "--fdname=http:metrics:admin", f"--setenv=NOTIFY_SOCKET={manager.address}",
             f"--setenv=DISTINGUO_ADMIN_TOKEN_FILE={tokens}", f"--setenv=DISTINGUO_STATE_DIRECTORY={folder}/state",
             binary, "serve",
             "--models", ROOT / MODEL, "--port", "1"], stdout=log, stderr=log, env=environment())
        for _ in range(600):
            if pathlib.Path(log.name).read_text().count("Listening on") == 3:
                break
            time.sleep(0.1)
        # The first connection starts the service, and is answered by it.
        get(port, "/livez")
        manager.wait("READY=1")
        found = {name: (get(port, target), get(figures, target), get(admin, target)) for name, target in
                 [("the pictures' routes", "/v1/models"), ("the metrics", "/metrics"), ("the administration", "/")]}
        checks.check(found["the pictures' routes"][:2] == (200, 404), f"a socket named metrics has no other routes: {found}")
        checks.check(found["the metrics"][1] == 200, f"it has the metrics: {found}")
        checks.check(found["the administration"] == (404, 404, 200) and found["the pictures' routes"][2] == 404,
                     f"one named admin has the administration, which no other has: {found}")
        process.terminate()
        checks.check(process.wait(60) == 0, "the gateway ends with status 0")


watchdog()
sockets()
checks.finish()
