"""What the models' life costs those who are served: `make bench-lifecycle`.

swaps       16 connections send pictures as fast as they are answered, while 200 times another version comes to serve. No
            request may fail; every answer of a second client must be wholly one version's; the 99th percentile during the
            swaps against that before; resident memory after the last swap against that after the first.
retraining  The same load while a retraining runs at full tilt on the same cores: percentiles and throughput against those
            before. Needs pictures of flowers: --data FILE, a tar with a folder for each label.

Prints a table, and with --json the figures. Ends with 1 if a goal was missed, with 2 if something was not measured.
"""

import argparse
import http.client
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time

from load import Failed, Server, free_port, wrk

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOKEN = "benchmark-" * 4
KIND = "image/jpeg"
MODEL = "flowers"
CONNECTIONS = 16

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--binary", type=pathlib.Path, default=ROOT / ".build/release/distinguo")
parser.add_argument("--swaps", type=int, default=200)
parser.add_argument("--seconds", type=int, default=20, help="how long the load before lasts, and each round of a retraining")
parser.add_argument("--rounds", type=int, default=3, help="rounds of load beside a retraining")
parser.add_argument("--data", type=pathlib.Path, help="pictures to retrain with")
parser.add_argument("--only", choices=["swaps", "retraining"])
parser.add_argument("--json", type=pathlib.Path)
arguments = parser.parse_args()
scratch = pathlib.Path(tempfile.mkdtemp(prefix="distinguo-lifecycle-"))
rows, missed, unmeasured = [], [], []


def row(what, value, goal, is_met):
    rows.append(dict(what=what, value=value, goal=goal, met=is_met))
    if is_met is False:
        missed.append(what)
    print(f"{what:66} {value:>24}  {goal:10} {'' if is_met is None else 'met' if is_met else 'MISSED'}", flush=True)


class Gateway(Server):
    """The gateway as it is by default, with two versions of one model and administration."""

    def __init__(self, *settings):
        models = scratch / "models"
        if not models.exists():
            shutil.copytree(ROOT / "Models" / MODEL, models / MODEL, symlinks=True)
        tokens = scratch / "tokens"
        tokens.write_text(f"benchmark full {TOKEN}\n")
        self.admin_port = free_port()
        port = free_port()
        options = [f"admin.token-file={tokens}", f"admin.listen=127.0.0.1:{self.admin_port}",
                   f"state.directory={scratch / 'state'}", *settings]
        command = [arguments.binary, "serve", "--models", models, "--port", port, *(f"--set={option}" for option in options)]
        super().__init__("distinguo", command, port, "/v1/classify", scratch / "log")
        self.wait_until(lambda server: server.request("GET", "/readyz")[0] == 200)

    def admin(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.admin_port, timeout=600)
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        response = connection.getresponse()
        answer = response.read()
        connection.close()
        if response.status >= 300:
            raise Failed(f"{method} {path}: {response.status} {answer.decode()}")
        return json.loads(answer)

    def activate(self, version):
        return self.admin("POST", f"/admin/v1/models/{MODEL}/activate", {"version": version})

    def memory(self):
        return self.resident_bytes() / 2**20


def pictures():
    files = sorted((ROOT / "Models/samples" / MODEL).glob("*.jpg")) or sorted(
        (ROOT / "Models" / MODEL / "current/samples").glob("*.jpg"))
    if not files:
        raise Failed("there are no sample pictures")
    return files


def essence(answer):
    """All of an answer that does not differ from time to time."""
    return {name: value for name, value in answer.items() if name not in ("request_id", "elapsed_ms")}


class Witness(threading.Thread):
    """Asks again and again about one picture, and compares each answer with what each version says of it."""

    def __init__(self, gateway, file, expected):
        super().__init__(daemon=True)
        self.gateway, self.body, self.expected = gateway, file.read_bytes(), expected
        self.answers = {version: 0 for version in expected}
        self.mixed, self.failed, self.done = [], [], threading.Event()

    def run(self):
        while not self.done.is_set():
            try:
                status, answer = self.gateway.request("POST", "/v1/classify", self.body, {"Content-Type": KIND})
            except OSError as error:
                self.failed.append(str(error))
                continue
            if status != 200:
                self.failed.append(status)
                continue
            answer = essence(json.loads(answer))
            version = answer["model"]["version"]
            if answer == self.expected[version]:
                self.answers[version] += 1
            else:
                self.mixed.append(answer)
            time.sleep(0.01)


def swaps():
    with Gateway() as gateway:
        files = pictures()
        expected = {}
        for version in (1, 2):
            gateway.activate(version)
            status, answer = gateway.request("POST", "/v1/classify", files[0].read_bytes(), {"Content-Type": KIND})
            expected[version] = essence(json.loads(answer))
        if expected[1]["differentiators"] == expected[2]["differentiators"]:
            raise Failed("both versions ask the same differentiators, so that mixed answers would not show")
        # It takes its part of the cores, before as during.
        witness = Witness(gateway, files[0], expected)
        witness.start()
        before = wrk(gateway, CONNECTIONS, arguments.seconds, KIND, files)
        loads, failures, stop = [], [], threading.Event()

        def load():
            while not stop.is_set():
                try:
                    loads.append(wrk(gateway, CONNECTIONS, arguments.seconds, KIND, files))
                except Failed as error:
                    failures.append(str(error))

        loader = threading.Thread(target=load)
        loader.start()
        times, after_first = [], None
        for number in range(arguments.swaps):
            start = time.perf_counter()
            gateway.activate(1 + number % 2)
            times.append(time.perf_counter() - start)
            after_first = after_first or gateway.memory()
        after_last = gateway.memory()
        stop.set()
        loader.join()
        witness.done.set()
        witness.join()
        during = sorted(load["p99"] for load in loads)
        p99 = during[len(during) // 2]
        times.sort()
        row(f"{arguments.swaps} swaps under load: requests that failed", f"{len(failures) + len(witness.failed)}", "0",
            not failures and not witness.failed)
        row(f"answers that mix versions, of {sum(witness.answers.values()):,}", f"{len(witness.mixed)}", "0",
            not witness.mixed and all(witness.answers.values()))
        row("p99 before / median and worst during", f"{before['p99']:.1f} / {p99:.1f}, {during[-1]:.1f} ms", "", None)
        row("p99 during ÷ before", f"{p99 / before['p99']:.2f}", "≤ 1.3", p99 <= 1.3 * before["p99"])
        rate = sorted(load["rps"] for load in loads)[len(loads) // 2]
        row("requests a second before / during", f"{before['rps']:.0f} / {rate:.0f}", "", None)
        row("a swap takes, median / longest", f"{times[len(times) // 2]:.2f} / {times[-1]:.2f} s", "", None)
        row("resident memory after the first / the last", f"{after_first:.0f} / {after_last:.0f} MiB", "", None)
        row("the last ÷ the first", f"{after_last / after_first:.3f}", "≤ 1.05", after_last <= 1.05 * after_first)


def retraining():
    if arguments.data is None:
        raise Failed("no pictures: --data names them")
    root = scratch / "data"
    root.mkdir()
    shutil.copy(arguments.data, root / "pictures.tar")
    with Gateway(f"retraining.data={root}") as gateway:
        files = pictures()
        gateway.activate(1)
        before = [wrk(gateway, CONNECTIONS, arguments.seconds, KIND, files) for _ in range(arguments.rounds)]
        alone = [wrk(gateway, 1, arguments.seconds, KIND, files) for _ in range(arguments.rounds)]
        job = gateway.admin("POST", "/admin/v1/retraining-jobs",
                            {"model": MODEL, "data": {"path": "pictures.tar"}, "preset": "standard", "flips": True})

        def progress():
            return gateway.admin("GET", f"/admin/v1/retraining-jobs/{job['id']}")

        end = time.monotonic() + 120
        while not ((now := progress())["step"] == "training" and now["progress"] and now["progress"]["network"]):
            if now["state"] in ("failed", "cancelled") or time.monotonic() > end:
                raise Failed(f"the retraining does not run: {now}")
            time.sleep(0.5)
        during = [wrk(gateway, CONNECTIONS, arguments.seconds, KIND, files) for _ in range(arguments.rounds)]
        beside = [wrk(gateway, 1, arguments.seconds, KIND, files) for _ in range(arguments.rounds)]
        if progress()["step"] != "training":
            raise Failed("the retraining ended before the load did")
        gateway.admin("DELETE", f"/admin/v1/retraining-jobs/{job['id']}")

        def middle(outcomes, key):
            return sorted(outcome[key] for outcome in outcomes)[len(outcomes) // 2]

        for connections, ours, theirs in ((CONNECTIONS, before, during), (1, alone, beside)):
            what = f"{connections} connection{'s' if connections > 1 else ''} beside a retraining"
            for key, unit, goal in (("p50", "ms", ""), ("p99", "ms", "≤ 2"), ("rps", "requests/s", "")):
                first, second = middle(ours, key), middle(theirs, key)
                is_met = second <= 2 * first if key == "p99" else None
                row(f"{what}: {key} before / during", f"{first:.2f} / {second:.2f} {unit}", "", None)
                row(f"{what}: {key}, ratio", f"{second / first:.2f}", goal, is_met)


if __name__ == "__main__":
    print(f"load {os.getloadavg()[0]:.1f} at the start, {os.cpu_count()} cores\n")
    for measure in (swaps, retraining):
        if arguments.only in (None, measure.__name__):
            try:
                measure()
            except (Failed, OSError, subprocess.CalledProcessError) as error:
                unmeasured.append(measure.__name__)
                print(f"NOT MEASURED: {measure.__name__}: {error}")
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=2) + "\n")
    shutil.rmtree(scratch)
    sys.exit(2 if unmeasured else 1 if missed else 0)
