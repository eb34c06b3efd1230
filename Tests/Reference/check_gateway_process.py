"""The gateway as a process: signals, service manager, log, configuration, restart.

    .venv/bin/python Tests/Reference/check_gateway_process.py [--binary FILE]

One line for each check and a closing line `N passed, M failed, K skipped`; fails if anything failed.
"""

import contextlib
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

import clothes
from gateway import ROOT, Answer, Gateway, chosen_binary, environment, free_port, head, settled, shipped

STOP = (ROOT / "Models/traffic-signs/current/samples/stop-1.png").read_bytes()
DAISY = (ROOT / "Models/flowers/current/samples/daisy-1.jpg").read_bytes()
CLASSIFY = "/v1/classify"
MODEL = "Models/traffic-signs"

binary = chosen_binary(__doc__)
checks = clothes.Checks()
scratch = tempfile.TemporaryDirectory()
folder = pathlib.Path(scratch.name)


# MARK: Load

class Load:
    """Clients that post pictures over connections that are kept, and over a new one where the gateway says it closes one, until
    nobody listens any more or somebody stops them. A request that was sent and not answered is lost."""

    def __init__(self, gateway, picture, clients=8, target=CLASSIFY):
        self.gateway, self.request = gateway, head("POST", target, picture) + picture
        self.answers, self.lost, self.goes_on = [], [], True
        self.threads = [threading.Thread(target=self.post, daemon=True) for _ in range(clients)]
        for thread in self.threads:
            thread.start()

    def post(self):
        try:
            while self.goes_on:
                with self.gateway.connect() as connection:
                    self.post_over(connection)
        except ConnectionRefusedError:
            return
        except (OSError, http.client.HTTPException) as error:
            self.lost.append(repr(error))

    def post_over(self, connection):
        while self.goes_on:
            connection.sendall(self.request)
            answer = Answer(connection)
            self.answers.append(answer)
            if answer.fields.get("Connection") == "close":
                return

    def finish(self):
        for thread in self.threads:
            thread.join(60)
        return self


def statuses(load):
    return sorted({answer.status for answer in load.answers})


# MARK: The end

def check_termination(lame_duck):
    with Gateway(f"ending.lame-duck={lame_duck}s", "ending.drain=10s", "log.access=false", binary=binary, models=MODEL) as gateway:
        load = Load(gateway, STOP)
        settled(lambda: len(load.answers) > 20)
        before = len(load.answers)
        gateway.signal(signal.SIGTERM)
        begun, seen = time.monotonic(), []
        while gateway.process.poll() is None and time.monotonic() < begun + 20:
            with contextlib.suppress(OSError, http.client.HTTPException):
                seen.append(gateway.get("/readyz").status)
            time.sleep(0.01)
        status, seconds = gateway.process.wait(20), time.monotonic() - begun
        load.finish()
        what = f"SIGTERM under load, {lame_duck} s of notice"
        checks.check(not load.lost and statuses(load) == [200] and len(load.answers) > before,
                     f"{what}: {len(load.answers)} pictures are answered, {len(load.answers) - before} of them after it; {len(load.lost)} are lost"
                     f"{': ' + load.lost[0] if load.lost else ''}")
        checks.check(status == 0 and lame_duck <= seconds < lame_duck + 10,
                     f"{what}: it ends after {seconds:.1f} s with status {status}")
        if lame_duck:
            checks.check(503 in seen and 200 not in seen[seen.index(503):],
                         f"{what}: /readyz says 503, {seen.count(503)} times, to new connections")
    with contextlib.suppress(ConnectionRefusedError):
        gateway.connect().close()
        checks.check(False, f"{what}: somebody still listens")


def check_stubborn():
    """A request that never comes to its end."""
    with Gateway("ending.drain=1s", binary=binary, models=MODEL) as gateway, gateway.connect() as connection:
        connection.sendall(head("POST", CLASSIFY, STOP) + STOP[:100])
        settled(lambda: gateway.metric("distinguo_http_connections") == 2)
        begun = time.monotonic()
        gateway.signal(signal.SIGTERM)
        status = gateway.process.wait(20)
        seconds = time.monotonic() - begun
        checks.check(status == 1 and 0.9 < seconds < 4 and "unanswered=1" in gateway.text(),
                     f"half a request at the end: given up after {seconds:.1f} s of drain=1s, status {status}")
    with Gateway(binary=binary, models=MODEL) as gateway, gateway.connect() as connection:
        connection.sendall(head("POST", CLASSIFY, STOP) + STOP[:100])
        settled(lambda: gateway.metric("distinguo_http_connections") == 2)
        gateway.signal(signal.SIGTERM)
        gateway.lines("stopping")
        begun = time.monotonic()
        gateway.signal(signal.SIGTERM)
        status = gateway.process.wait(20)
        checks.check(status == -signal.SIGTERM and time.monotonic() - begun < 2, f"a second SIGTERM ends it at once: {status}")


def check_soon():
    """Stopped as soon as it has started, while networks are still prepared for larger batches, it ends well."""
    found = []
    for _ in range(6):
        with Gateway("log.access=false", binary=binary, models=MODEL) as gateway:
            gateway.post(STOP)
            found.append(gateway.stop())
    checks.check(found == [0] * 6, f"SIGTERM right after the start, 6 times: {found}")


def check_restart():
    """After kill -9 the same addresses can be had at once."""
    port, path = free_port(), folder / "restart.sock"
    listen = f"server.listen=127.0.0.1:{port},unix:{path}"
    with Gateway(listen, binary=binary, models=MODEL, port=port) as gateway, gateway.connect() as connection:
        connection.sendall(head("POST", CLASSIFY, STOP) + STOP)
        Answer(connection)
        gateway.process.kill()
        gateway.process.wait()
        was_left = path.exists()
        begun = time.monotonic()
        with Gateway(listen, binary=binary, models=MODEL, port=port) as second:
            with socket.socket(socket.AF_UNIX) as client:
                client.connect(str(path))
                client.sendall(head("GET", "/livez"))
                answer = Answer(client)
            checks.check(was_left and answer.status == 200 and second.post(STOP).status == 200,
                         f"kill -9: {time.monotonic() - begun:.1f} s later the next one serves at the same port and path")
            third = subprocess.run([binary, "serve", "--models", ROOT / MODEL, "--listen", f"127.0.0.1:{port}"],
                                   capture_output=True, text=True, env=environment(), timeout=30)
            checks.check(third.returncode == 1 and f"127.0.0.1:{port}" in third.stderr and "in use" in third.stderr,
                         f"a port that is taken: status {third.returncode}, {third.stderr.strip().splitlines()[-1:]}")
            third = subprocess.run([binary, "serve", "--models", ROOT / MODEL, "--listen", f"unix:{path}"],
                                   capture_output=True, text=True, env=environment(), timeout=30)
            checks.check(third.returncode == 1 and str(path) in third.stderr and path.exists(),
                         f"a path that is taken: status {third.returncode}, {third.stderr.strip().splitlines()[-1:]}")


# MARK: systemd

class Manager:
    """Listens as systemd does, and notes what it is told."""

    def __init__(self, address):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(address)
        self.messages = []
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            self.messages.append(self.socket.recv(4096).decode())

    def heard(self, pattern, since=0):
        """The first message after so many that has a line like this."""
        return next((message for message in self.messages[since:] if re.search(f"^{pattern}$", message, re.M)), None)


def check_manager():
    for kind, address, variable in [("a path", str(folder / "notify.sock"), str(folder / "notify.sock")),
                                    ("an abstract name", f"\0distinguo-{os.getpid()}", f"@distinguo-{os.getpid()}")]:
        manager = Manager(address)
        with Gateway(binary=binary, models=MODEL, variables={"NOTIFY_SOCKET": variable, "WATCHDOG_USEC": "400000"}) as gateway:
            heard = settled(lambda: manager.heard("READY=1"))
            status = manager.heard("STATUS=.*")
            checks.check(heard and status and "traffic-signs" in status, f"NOTIFY_SOCKET, {kind}: READY=1, {status}")
            if kind == "a path":
                time.sleep(1.5)
                beats = manager.messages.count("WATCHDOG=1")
                checks.check(beats >= 4, f"WATCHDOG_USEC=400000: WATCHDOG=1 came {beats} times in 1.5 s")
                count = len(manager.messages)
                asked = time.clock_gettime(time.CLOCK_MONOTONIC) * 1e6
                gateway.signal(signal.SIGHUP)
                ready = settled(lambda: manager.heard("READY=1", count))
                reloading = manager.heard("RELOADING=1", count)
                since = int(re.search(r"^MONOTONIC_USEC=(\d+)$", reloading or "", re.M).group(1)) if reloading else 0
                order = [message for message in manager.messages[count:] if "READY=1" in message or "RELOADING=1" in message]
                checks.check(ready and asked <= since <= asked + 5e6 and order[0] == reloading,
                             f"SIGHUP: {reloading!r}, then READY=1")
            count = len(manager.messages)
            end = gateway.stop()
            settled(lambda: manager.heard("STOPPING=1", count))
            checks.check(end == 0 and manager.heard("STOPPING=1", count), f"SIGTERM: STOPPING=1, status {end}")
    run = subprocess.run([binary, "serve", "--models", ROOT / MODEL, "--port", "0"], capture_output=True, text=True, timeout=30,
                         env=environment(NOTIFY_SOCKET="notify"))
    checks.check(run.returncode == 78 and "NOTIFY_SOCKET" in run.stderr, f"NOTIFY_SOCKET that is none: status {run.returncode}")


def check_activation():
    """Sockets that are passed on: by hand, where they outlive the gateway, and by systemd's own tool."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(64)
    port = listener.getsockname()[1]
    command = f'export LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=http; exec 3<&{listener.fileno()}; exec "$@"'
    settings = {"binary": binary, "models": MODEL, "port": port, "prefix": ["bash", "-c", command, "passed"], "pass_fds": [listener.fileno()]}
    with Gateway(**settings) as first:
        checks.check(first.post(STOP).status == 200, "LISTEN_FDS: the socket that is passed on is served")
        status = first.stop()
        checks.check(status == 0, f"LISTEN_FDS: it ends with status {status}")
    with socket.create_connection(("127.0.0.1", port), timeout=30) as waiting:
        waiting.sendall(head("POST", CLASSIFY, STOP) + STOP)
        with Gateway(**settings):
            checks.check(Answer(waiting).status == 200, "LISTEN_FDS: who came between two gateways is answered by the second")
    listener.close()

    tool = shutil.which("systemd-socket-activate")
    if not tool:
        return checks.skip("systemd-socket-activate is not there; it is in Debian's package systemd")
    port = free_port()
    process = subprocess.Popen([tool, "-l", f"127.0.0.1:{port}", binary, "serve", "--models", ROOT / MODEL],
                               env=environment(), stderr=subprocess.PIPE, text=True)
    try:
        answer = None

        def ask():
            nonlocal answer
            with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
                connection.sendall(head("POST", CLASSIFY, STOP) + STOP)
                answer = Answer(connection)
            return answer
        settled(ask)
        checks.check(answer and answer.status == 200,
                     f"systemd-socket-activate: the request that starts it is answered: {answer and answer.status}")
        process.send_signal(signal.SIGTERM)
        checks.check(process.wait(20) == 0, f"systemd-socket-activate: status {process.returncode}")
    finally:
        process.kill()


# MARK: The log

def check_full_disk():
    place = folder / "small"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", place], capture_output=True, text=True)
    if mounted.returncode:
        checks.skip(f"a full disk: nothing can be mounted here: {mounted.stderr.strip()}")
        files = {"/dev/full": "/dev/full"}
    else:
        files = {"a file on a full disk": place / "log", "/dev/full": "/dev/full"}
    try:
        for what, file in files.items():
            with Gateway(f"log.file={file}", binary=binary, models=MODEL, port=free_port()) as gateway:
                with gateway.connect() as connection:
                    found = set()
                    for _ in range(500):
                        connection.sendall(head("GET", "/livez"))
                        found.add(Answer(connection).status)
                settled(lambda: gateway.metric("distinguo_log_lines_dropped_total") > 100)
                dropped = gateway.metric("distinguo_log_lines_dropped_total")
                checks.check(found == {200} and gateway.post(STOP).status == 200 and dropped > 100,
                             f"log.file, {what}: 500 requests are answered, {dropped:.0f} lines are dropped")
                if file != "/dev/full":
                    os.truncate(file, 0)
                    gateway.get("/livez")
                    checks.check(settled(lambda: "dropped" in file.read_text() and "/livez" in file.read_text()),
                                 "and once there is room it goes on, and says how many are missing")
                status = gateway.stop()
                checks.check(status == 0, f"log.file, {what}: it ends with status {status}")
    finally:
        if not mounted.returncode:
            subprocess.run(["umount", place], check=True)
    run = subprocess.run([binary, "serve", "--models", ROOT / MODEL, "--port", "0", f"--set=log.file={folder}/none/log"],
                         capture_output=True, text=True, env=environment(), timeout=30)
    checks.check(run.returncode == 1 and "log.file" in run.stderr,
                 f"log.file in no folder: status {run.returncode}, {run.stderr.strip()}")


def answered(gateway, count):
    """Whether that many requests are answered, on a connection each and on one, with nothing but answers on them."""
    with gateway.connect() as connection:
        for _ in range(count):
            connection.sendall(head("GET", "/livez"))
            if (answer := Answer(connection)).status != 200 or answer.value != {"status": "live"}:
                return False
    return all(gateway.get("/livez").status == 200 for _ in range(20)) and gateway.post(STOP).status == 200


def check_standard_error():
    closed = ["bash", "-c", 'exec "$@" 0<&- 1>&- 2>&-', "closed"]
    with Gateway(binary=binary, models=MODEL, port=free_port(), prefix=closed) as gateway:
        served = answered(gateway, 200)
        taken = {number: os.readlink(f"/proc/{gateway.process.pid}/fd/{number}") for number in range(3)
                 if os.path.lexists(f"/proc/{gateway.process.pid}/fd/{number}")}
        status = gateway.stop()
        checks.check(served and status == 0, f"0<&- 1>&- 2>&-: requests are answered, status {status}")
        checks.check(all(path == "/dev/null" for path in taken.values()),
                     f"0<&- 1>&- 2>&-: nothing else has their descriptors: {taken}")

    reader, writer = os.pipe()
    with Gateway(binary=binary, models=MODEL, port=free_port(), stderr=writer) as gateway:
        os.close(writer)
        before = answered(gateway, 10)
        os.close(reader)
        after = answered(gateway, 200)
        dropped, status = gateway.metric("distinguo_log_lines_dropped_total"), gateway.stop()
        checks.check(before and after and dropped > 0 and status == 0,
                     f"a log pipe whose reader goes: requests are answered, {dropped:.0f} lines are dropped, status {status}")

    reader, writer = os.pipe()
    with Gateway(binary=binary, models=MODEL, port=free_port(), stderr=writer) as gateway:
        os.close(writer)
        served = answered(gateway, 1000)
        begun = time.monotonic()
        status = gateway.stop()
        checks.check(served and status == 0 and time.monotonic() - begun < 6,
                     f"a log pipe that nobody reads: requests are answered, and the end takes {time.monotonic() - begun:.1f} s, status {status}")
    os.close(reader)


def check_access_log():
    secret = "0123456789abcdef0123456789abcdef-secret"
    key = folder / "key"
    key.write_text(secret)
    hexadecimal = "00112233445566778899aabbccddeeff0123456789abcdef"
    for source, settings, variables in [("the file", [f"models.selection-key-file={key}"], {}),
                                        ("the environment", [], {"DISTINGUO_SELECTION_KEY": hexadecimal})]:
        with Gateway("log.format=json", "log.level=trace", *settings, binary=binary, models=MODEL, variables=variables) as gateway:
            told = gateway.get("/metrics").value + gateway.get("/v1/models").value.__repr__()
            gateway.post(STOP)
            gateway.signal(signal.SIGHUP)
            gateway.lines('"reloaded"')
            if source == "the file":
                check_lines(gateway)
            gateway.stop()
            run = subprocess.run([binary, "serve", "--check", "--models", ROOT / MODEL, *(f"--set={setting}" for setting in settings)],
                                 capture_output=True, text=True, env=environment(**variables))
            everything = gateway.text() + told + run.stdout + run.stderr
            found = [text for text in (secret, hexadecimal, secret.encode().hex(), bytes.fromhex(hexadecimal).hex(" "))
                     if text.lower() in everything.lower()]
            checks.check(not found and "no selection key" not in gateway.text(),
                         f"the selection key from {source} is used, and is in no output, at level trace")
            checks.check(run.returncode == 0, f"--check with it: status {run.returncode}")


def check_lines(gateway):
    trace, parent = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
    sent = [
        head("POST", CLASSIFY, STOP, {"X-Request-Id": "one", "traceparent": f"00-{trace}-{parent}-01"}) + STOP,
        head("GET", "/nothing?secret=of-the-query", None, {"X-Request-Id": "two", "Authorization": "Bearer of-the-field"}),
        # A path and an id that would end a line, or colour a terminal.
        head("GET", "/nothing/%0a%7b%22level%22:%22forged%22%7d/%1b[31m".replace("[", "%5b"), None, {"X-Request-Id": "three"}),
        head("GET", "/nothing/\"},{\"level\":\"forged\"", None, {"X-Request-Id": "four"}),
        head("GET", "/livez", None, {"X-Request-Id": 'five"}\t{"level":"forged'}),
        head("GET", "/livez", None, {"X-Request-Id": "six\x1b[31m"}),
        head("GET", "/livez", None, {"X-Request-Id": "x" * 129}),
        head("GET", "/livez", None, {"traceparent": f"00-{trace.upper()}-{parent}-01", "X-Request-Id": "eight"}),
        b"GET /livez HTTP/1.1\r\n\r\n",
        head("POST", "/v1/models/%0aevil/classify", STOP, {"X-Request-Id": "ten"}) + STOP,
    ]
    # Long enough without a connection for a clock that only runs with one to be behind.
    time.sleep(1.5)
    # By now the line of whoever asked whether it is ready is there, too.
    before = len(gateway.text().splitlines())
    answers = [gateway.send(request) for request in sent]
    settled(lambda: len(gateway.text().splitlines()) >= before + len(sent))
    text = "\n".join(gateway.text().splitlines()[before:])
    try:
        lines = [json.loads(line) for line in text.splitlines()]
        access = [line for line in lines if line["logger"] == "distinguo.access"]
    except ValueError as error:
        return checks.check(False, f"the log is JSON: {error}: {text[:500]}")
    checks.check(len(access) == len(sent) and [line["status"] for line in access] == [answer.status for answer in answers],
                 f"the access log: one line of JSON for each of {len(sent)} requests: {[line['status'] for line in access]}")
    first = access[0]
    checks.check((first["request_id"], first["trace_id"], first["parent_id"], first["status"], first["route"], first["method"], first["path"])
                 == ("one", trace, parent, 200, CLASSIFY, "POST", CLASSIFY) and first["bytes_in"] == len(STOP),
                 "the access log: request_id, trace_id, parent_id, status, route, method, path, bytes_in")
    checks.check(access[0]["reading_ms"] < 1000, f"the access log: reading the first took {access[0]['reading_ms']} ms")
    checks.check(all(answer.fields["X-Request-Id"] == line["request_id"] for answer, line in zip(answers, access) if "request_id" in line),
                 "the access log: each has the id that its answer has")
    checks.check("of-the-query" not in text and "of-the-field" not in text, "the access log: neither queries nor fields are logged")
    raw = [character for character in text if ord(character) < 0x20 and character != "\n" or ord(character) == 0x7f]
    forged = [line for line in lines if line["level"] == "forged"]
    checks.check(not raw and not forged and "trace_id" not in access[7],
                 f"the access log: no control character, no forged line, no forged trace")
    made = [line["request_id"] for line in access[4:7] if "request_id" in line]
    checks.check(all(re.fullmatch(r"[0-9a-f-]{36}", name) for name in made) and made,
                 f"the access log: ids that are none are replaced: {len(made)}")


# MARK: Changes

def swap(link, target):
    """Points a link elsewhere in one step."""
    new = link.with_name("next")
    new.symlink_to(target)
    new.rename(link)


def check_reload():
    config = folder / "gateway.yaml"
    models = folder / "models"
    shutil.copytree(ROOT / "Models/flowers", models / "flowers", symlinks=True, copy_function=shutil.copyfile)

    def configure(text):
        config.write_text(f"log:\n  access: false\n{text}")
    configure("answers:\n  disclosure: full\n")
    with Gateway(binary=binary, models=models, config=config) as gateway:
        def reload(outcome="succeeded"):
            count = gateway.metric("distinguo_reloads_total", outcome=outcome)
            gateway.signal(signal.SIGHUP)
            return settled(lambda: gateway.metric("distinguo_reloads_total", outcome=outcome) == count + 1, 30)
        before = gateway.post(DAISY).value
        configure("answers:\n  disclosure: coarse\n")
        done = reload()
        after = gateway.post(DAISY).value
        checks.check(done and before["score"] != round(before["score"], 1) and after.get("score") != before["score"]
                     and after["label"] == before["label"], f"SIGHUP: disclosure: {before['score']} becomes {after.get('score')}")

        refused = 0
        for what, text, word in [("an unknown key", "answers:\n  disclosur: none\n", "answers.disclosur"),
                                 ("a bad value", "answers:\n  disclosure: some\n", "answers.disclosure"),
                                 ("no YAML", "answers: [\n", "gateway.yaml"),
                                 ("a folder that is not there", "models:\n  selection-key-file: /nothing\n", "models.selection-key-file")]:
            configure(text)
            done = reload("failed")
            refused += 1
            lines = gateway.lines("nothing was reloaded", refused)
            checks.check(done and len(lines) == refused and word in lines[-1] and gateway.post(DAISY).value.get("score") == after.get("score"),
                         f"SIGHUP: {what} changes nothing, and is logged: {lines[-1][25:] if lines else ''}")
        configure("answers:\n  disclosure: full\nbatching:\n  queue-capacity: 300\n")
        checks.check(reload() and gateway.lines("batching.queue-capacity") and gateway.metric("distinguo_queue_capacity") == 256,
                     "SIGHUP: what needs a restart is named, and stays")

        load = Load(gateway, DAISY, clients=4)
        settled(lambda: len(load.answers) > 10)
        old, new = shipped("flowers")[-2:]
        swap(models / "flowers/current", f"{old}")
        done = reload()
        since = len(load.answers)
        settled(lambda: len(load.answers) > since + 10)
        load.goes_on = False
        load.finish()
        versions = [answer.value["model"]["version"] for answer in load.answers]
        # Answers are noted by four threads, and one that waited for its turn is noted a little late.
        switch = versions.index(old) if old in versions else len(versions)
        checks.check(done and not load.lost and statuses(load) == [200] and set(versions) == {old, new} and versions[switch + 4:].count(new) == 0,
                     f"SIGHUP: another version under load: {versions.count(new)} answers of version {new}, then {versions.count(old)} of version {old};"
                     f" {len(load.lost)} lost")
        info = gateway.get("/v1/models/flowers").value
        checks.check(info["version"] == old and gateway.metric("distinguo_model_info", version=f"{old}") == 1
                     and not gateway.metric("distinguo_model_info", version=f"{new}"), "SIGHUP: models and metrics tell of the new one alone")

        file = models / f"flowers/{new}/calibration.json"
        file.write_bytes(file.read_bytes() + b" ")
        swap(models / "flowers/current", f"{new}")
        done = reload("failed")
        lines = gateway.lines("nothing was reloaded", refused + 1)
        checks.check(done and len(lines) == refused + 1 and "calibration.json" in lines[-1]
                     and gateway.post(DAISY).value["model"]["version"] == old,
                     f"SIGHUP: a version with a broken digest is not taken up: {lines[-1][25:] if lines else ''}")
        checks.check(gateway.get("/readyz").status == 200 and gateway.stop() == 0, "it stays ready, and ends with status 0")


def check_configuration():
    """What `serve --check` says."""
    def check(what, status, words, *arguments, variables={}):
        run = subprocess.run([binary, "serve", "--check", *map(str, arguments)], capture_output=True, text=True, timeout=60,
                             env=environment(**variables))
        output = run.stdout if status == 0 else run.stderr
        missing = [word for word in words if word not in output]
        checks.check(run.returncode == status and not missing and "Fatal error" not in run.stderr,
                     f"--check: {what}: status {run.returncode}{f', without {missing}' if missing else ''}: {output.strip()[:160]!r}")

    models = ["--models", ROOT / MODEL]
    check("all is well", 0, [f"traffic-signs version {shipped('traffic-signs')[-1]}", "by default", "127.0.0.1:8080"], *models)
    config = folder / "check.yaml"

    def written(text):
        config.write_text(text)
        return ["--config", config]
    check("an unknown key", 78, ["check.yaml:2", "timeouts.haeder", "timeouts.header"], *models, *written("timeouts:\n  haeder: 5s\n"))
    check("a bad value", 78, ["check.yaml:2", "timeouts.header", "soon"], *models, *written("timeouts:\n  header: soon\n"))
    check("a value out of its range", 78, ["batching.maximum", "1024"], *models, "--set=batching.maximum=5000")
    check("two faults", 78, ["log.level", "server.port"], *models, "--set=log.level=loud", "--set=server.port=70000")
    check("an unknown variable", 78, ["DISTINGUO_SERVER_PROT"], *models, variables={"DISTINGUO_SERVER_PROT": "80"})
    check("a bad variable", 78, ["DISTINGUO_SERVER_PORT", "many"], *models, variables={"DISTINGUO_SERVER_PORT": "many"})
    check("no such file", 78, ["/nothing/there.yaml"], *models, "--config", "/nothing/there.yaml")
    check("no models", 1, ["/nothing"], "--models", "/nothing")
    check("a model that is not there", 1, ["'nobody'", "flowers"], "--models", ROOT / "Models", "--set=models.served=nobody")
    check("an unknown default", 1, ["'nobody'", "traffic-signs"], *models, "--set=models.default=nobody")
    check("a key file that is not there", 78, ["models.selection-key-file", "/nothing"], *models, "--set=models.selection-key-file=/nothing")
    short = folder / "short"
    short.write_text("short")
    check("a short key", 78, ["models.selection-key-file", "16"], *models, f"--set=models.selection-key-file={short}")
    check("a bad key variable", 78, ["DISTINGUO_SELECTION_KEY"], *models, variables={"DISTINGUO_SELECTION_KEY": "no hexadecimal"})

    broken = folder / "broken"
    shutil.copytree(ROOT / MODEL, broken, symlinks=True, copy_function=shutil.copyfile)
    file = broken / "current/student.onnx"
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    check("a bundle with a broken digest", 1, ["student.onnx", str(broken)], "--models", broken)

    pairs = {}
    for name in ("one", "other"):
        pairs[name] = (folder / f"{name}.pem", folder / f"{name}.key")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=localhost",
                        "-out", pairs[name][0], "-keyout", pairs[name][1]], check=True, capture_output=True)
    certificate = f"--set=tls.certificate={pairs['one'][0]}"
    check("TLS", 0, ["TLS"], *models, certificate, f"--set=tls.key={pairs['one'][1]}")
    check("a TLS key of another certificate", 1, ["other.key"], *models, certificate, f"--set=tls.key={pairs['other'][1]}")
    check("a TLS key that is not there", 1, ["/nothing"], *models, certificate, "--set=tls.key=/nothing")
    check("a certificate without a key", 78, ["tls.key"], *models, certificate)
    check("clients' certificates without who vouches", 78, ["tls.client-authority"], *models, certificate, f"--set=tls.key={pairs['one'][1]}",
          "--set=tls.client-authentication=required")

    example = subprocess.run([binary, "serve", "--example"], capture_output=True, text=True, env=environment())
    check("its own example", 0, [f"traffic-signs version {shipped('traffic-signs')[-1]}"], *models, *written(example.stdout))
    checks.check(example.stdout == (ROOT / "Deploy/distinguo.yaml").read_text(), "--example is Deploy/distinguo.yaml")


started = time.monotonic()
check_termination(0)
check_termination(1)
check_stubborn()
check_soon()
check_restart()
check_manager()
check_activation()
check_full_disk()
check_standard_error()
check_access_log()
check_reload()
check_configuration()
print(f"{time.monotonic() - started:.0f} s")
checks.finish()
