"""Retrains a small model through a running gateway, and kills gateway and child at random moments: no job may be lost, no
version half written, and what comes out must be what an undisturbed retraining gives. Then what can go wrong otherwise.

    .venv/bin/python Tests/Reference/check_retraining.py [--binary FILE] [--kills N] [--seed S]

One line for each check and a closing line `N passed, M failed, K skipped`; fails if anything failed.
"""

import argparse
import contextlib
import errno
import http.client
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import clothes
from gateway import BINARY, Gateway, free_port, settled

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--binary", type=pathlib.Path, default=BINARY)
parser.add_argument("--kills", type=int, default=20, help="how often something is killed")
parser.add_argument("--seed", type=int, default=5, help="what the moments are drawn from")
options = parser.parse_args()
binary = options.binary.resolve()
if not binary.exists():
    sys.exit(f"{binary} is not there; `make build` makes it")
if not clothes.SOURCE.exists():
    sys.exit(f"{clothes.SOURCE} is not there; `make setup-test` installs it")

checks = clothes.Checks()
chance = random.Random(options.seed)
scratch = tempfile.TemporaryDirectory()
folder = pathlib.Path(scratch.name).resolve()
TOKEN = "check-" * 6
READY = 3
"""Seconds that a gateway may take until it serves again."""
REQUEST = {"model": "clothes", "data": {"path": "pictures"}, "preset": "quick", "seed": 3, "activate": True}


class Administered:
    """A gateway with a model and a state of its own, which can be killed and started again at the same addresses."""

    def __init__(self, name, state=None):
        self.models = folder / name / "models"
        self.state = state or folder / name / "state"
        shutil.copytree(folder / "models", self.models, symlinks=True)
        self.port, self.admin_port = free_port(), free_port()
        self.start()

    def start(self):
        begun = time.monotonic()
        # Whatever the figures of so small a model are, it is to pass.
        self.gateway = Gateway(
            f"admin.token-file={folder / 'tokens'}", f"admin.listen=127.0.0.1:{self.admin_port}",
            f"state.directory={self.state}", f"retraining.data={folder / 'data'}", "retraining.threads=2", "gate.accuracy=1",
            "gate.clean-rejection=1", "gate.defence=1", "gate.pairs=50", binary=binary, models=self.models, port=self.port)
        return time.monotonic() - begun

    def ask(self, method, path, body=None, token=TOKEN):
        fields = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        connection = http.client.HTTPConnection("127.0.0.1", self.admin_port, timeout=60)
        with contextlib.closing(connection):
            connection.request(method, f"/admin/v1/{path}", data, fields)
            response = connection.getresponse()
            text = response.read()
        return response.status, json.loads(text) if text else None

    def submit(self, **changes):
        status, job = self.ask("POST", "retraining-jobs", {**REQUEST, **changes})
        assert status == 202, (status, job)
        return job["id"]

    def job(self, number):
        status, job = self.ask("GET", f"retraining-jobs/{number}")
        assert status == 200, (status, job)
        return job

    def wait(self, number, holds, seconds=300):
        """The job as soon as something holds for it."""
        job = None

        def look():
            nonlocal job
            job = self.job(number)
            return holds(job)

        if not settled(look, seconds):
            checks.check(False, f"a job comes on in {seconds} s: {json.dumps(job)}")
            checks.finish()
        return job

    def finished(self, number):
        return self.wait(number, lambda job: job["state"] in ["succeeded", "failed", "cancelled"])

    def child(self):
        """The process that retrains, or None."""
        found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(self.gateway.process.pid)], capture_output=True, text=True)
        numbers = [int(line) for line in found.stdout.split()]
        return numbers[0] if numbers else None

    def kill(self):
        self.gateway.process.kill()
        self.gateway.process.wait()

    def versions(self):
        names = [path.name for path in (self.models / "clothes").iterdir()]
        return sorted(int(name) for name in names if name.isdigit())

    def unsound(self):
        """What is wrong with the versions that are there."""
        return [errors for version in self.versions()
                for status, _, errors in [clothes.run(binary, "verify", self.models / "clothes" / str(version))] if status]

    def hidden(self):
        return sorted(path.name for path in (self.models / "clothes").iterdir() if path.name.startswith("."))


def is_gone(process):
    """Whether a process has ended; one that nobody has waited for yet has."""
    try:
        return pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError as error:
        return error.errno in [errno.ENOENT, errno.ESRCH]


def files(version):
    """Everything in a bundle but for the manifest, which has times and the command line."""
    return {path.relative_to(version).as_posix(): path.read_bytes() for path in sorted(version.rglob("*"))
            if path.is_file() and path.name != "manifest.json"}


def manifest(version):
    value = json.loads((version / "manifest.json").read_text())
    value["created"] = value["training"]["seconds"] = value["training"]["command"] = ""
    return value


def prepare():
    pictures = folder / "data/pictures"
    clothes.write_pictures(pictures, "train", 150)
    (folder / "data/one-label/bag").mkdir(parents=True)
    shutil.copytree(pictures / "bag", folder / "data/one-label/bag", dirs_exist_ok=True)
    # Right in all but their number.
    clothes.write_pictures(folder / "data/few", "train", 3)
    (folder / "data/unknown").mkdir()
    for name in ["bag", "shirt", "sandal", "sneaker"]:
        (folder / "data/unknown" / name).symlink_to(pictures / name)
    shutil.copytree(pictures / "bag", folder / "data/unknown/hat")
    (folder / "data/outside").symlink_to("/etc")
    (folder / "tokens").write_text(f"checker full {TOKEN}\n")
    (folder / "tokens").chmod(0o600)
    clothes.succeed(binary, "train", "--teacher", clothes.TEACHER, "--data", pictures, "--output", folder / "models/clothes",
                    "--size", 32, "--cut", "block3", "--student-epochs", 3, "--epochs", 3, "--differentiators", 3, "--asked", 2,
                    "--alpha", 0.05, "--threads", 2, "--progress", "none")


def check_calm():
    """A retraining that nobody disturbs."""
    calm = Administered("calm")
    number = calm.submit()
    calm.wait(number, lambda job: job["progress"] is not None)
    process = calm.child()
    fields = pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    checks.check(fields[19 - 3] == "19" and fields[41 - 3] == "5", "the child is nice and scheduled as idle")
    checks.check(pathlib.Path(f"/proc/{process}/oom_score_adj").read_text() == "1000\n", "and the first to go without memory")
    begun = time.monotonic()
    job = calm.finished(number)
    gate = job["gate"] or {}
    checks.check(job["state"] == "succeeded" and job["version"] == 2 and job["is_activated"] and gate.get("is_passed"),
                 f"an undisturbed retraining is activated ({time.monotonic() - begun:.0f} s): {job['state']} {job['reason']}")
    checks.check(gate and gate["candidate"]["version"] == 2 and gate["serving"]["version"] == 1,
                 "its gate compares both versions")
    checks.check(not calm.unsound() and not calm.hidden(), "its version is sound, and nothing else is left")
    calm.gateway.stop()
    return calm


def check_kills():
    """Gateway and child in turn, three quarters of the times while it trains, then while it measures."""
    killed = Administered("killed")
    number = killed.submit()
    ready, lost, unsound, orphans, steps = [], [], [], [], []
    for count in range(options.kills):
        moments = ["training", "measuring"] if count < options.kills * 3 // 4 else ["measuring"]
        # The first time just after the job was accepted.
        if count > 0:
            job = killed.wait(number, lambda job: job["step"] in [*moments, "activating", "finished"])
            if job["state"] == "succeeded":
                break
            settled(killed.child, 5)
        time.sleep(chance.uniform(0, 0.1 if count == 0 else 2 if "training" in moments else 0.5))
        steps.append(killed.job(number)["step"])
        if count % 2 == 0:
            process = killed.child()
            killed.kill()
            if process and not settled(lambda: is_gone(process), 2):
                orphans.append(process)
            unsound += killed.unsound()
            ready.append(killed.start())
        else:
            process = killed.child()
            if process:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
        status, job = killed.ask("GET", f"retraining-jobs/{number}")
        if status != 200 or job["state"] not in ["running", "succeeded"]:
            lost.append((count, status, job))
    counts = ", ".join(f"{steps.count(step)} while {step}" for step in sorted(set(steps)))
    checks.check(len(steps) == options.kills, f"killed {len(steps)} times by seed {options.seed}: {counts}")
    checks.check(not lost, f"the job was never lost {lost or ''}")
    checks.check(not orphans, f"a child ended with its gateway, all {len(ready)} times {orphans or ''}")
    checks.check(max(ready) <= READY, f"ready again after {max(ready):.2f} s at most, {sum(ready) / len(ready):.2f} s in the mean")
    job = killed.finished(number)
    checks.check(job["state"] == "succeeded" and job["version"] == 2 and job["is_activated"],
                 f"at last it succeeds as version {job['version']}: {job['reason']}")
    unsound += killed.unsound()
    checks.check(not unsound and not killed.hidden(), f"no version was ever half written {unsound + killed.hidden() or ''}")
    _, told = killed.ask("GET", "models/clothes/activations")
    kinds = [activation["kind"] for activation in told["activations"] if activation["version"] == 2]
    checks.check(kinds == ["gate"], f"it was activated once: {kinds}")
    checks.check(os.readlink(killed.models / "clothes/current") == "2", "and is the current version")
    return killed


def check_same(calm, killed):
    one, other = (each.models / "clothes/2" for each in [calm, killed])
    ours, theirs = files(one), files(other)
    differing = [name for name in ours | theirs if ours.get(name) != theirs.get(name)]
    checks.check(not differing, f"all {len(ours)} files but the manifest are the undisturbed one's: {differing or 'byte by byte'}")
    checks.check(manifest(one) == manifest(other), "and so is the manifest, but for times and the command line")


def check_ending(killed):
    """SIGTERM, cancelling, a queue of two, and pictures that are too few."""
    number = killed.submit(seed=4)
    killed.wait(number, lambda job: job["progress"] is not None)
    process, begun = killed.child(), time.monotonic()
    status = killed.gateway.stop()
    checks.check(status == 0 and is_gone(process), f"SIGTERM ends gateway and child in {time.monotonic() - begun:.1f} s: {status}")
    killed.start()
    job = killed.wait(number, lambda job: job["progress"] is not None)
    checks.check(job["state"] == "running" and job["attempts"] == 2, f"and the job goes on: {job['state']}, {job['attempts']} attempts")

    waiting = killed.submit(data={"path": "few"})
    checks.check(killed.job(waiting)["state"] == "queued", "a second job waits")
    status, answer = killed.ask("DELETE", f"retraining-jobs/{number}")
    checks.check(status == 202 and answer["state"] in ["cancelling", "cancelled"], f"cancelling is answered: {status}")
    status, answer = killed.ask("DELETE", f"retraining-jobs/{number}")
    checks.check(status == 409, f"cancelling twice is told: {status} {answer.get('error')}")
    job = killed.finished(number)
    checks.check(job["state"] == "cancelled" and job["version"] is None, f"the job is cancelled: {job['state']}, version {job['version']}")
    job = killed.finished(waiting)
    checks.check(job["state"] == "failed" and job["reason"].startswith("the training failed: "),
                 f"the second one runs then, and fails: {job['reason']}")
    checks.check(killed.versions() == [1, 2] and not killed.hidden(), f"nothing is left of either: {killed.hidden() or 'nothing'}")


def check_paths(killed):
    _, before = killed.ask("GET", "retraining-jobs")
    for path, error in [("../data/pictures", "path_not_allowed"), ("/etc", "path_not_allowed"), ("outside", "path_not_allowed"),
                        ("none", "bad_data"), ("one-label", "bad_data"), ("unknown", "bad_data")]:
        status, answer = killed.ask("POST", "retraining-jobs", {**REQUEST, "data": {"path": path}})
        checks.check(status == 422 and answer["error"] == error, f"'{path}' is refused: {status} {answer.get('error')}")
    _, after = killed.ask("GET", "retraining-jobs")
    checks.check(len(after["jobs"]) == len(before["jobs"]), "and there is no job of it")


@contextlib.contextmanager
def small_disk(path, size):
    """A file system of its own; only root can have one."""
    path.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", path], check=True)
    try:
        yield path
    finally:
        subprocess.run(["umount", "--lazy", path], check=True)


def fill(path):
    with contextlib.suppress(OSError), open(path, "wb") as file:
        while True:
            file.write(bytes(1 << 16))
            file.flush()


def check_full_disk():
    if os.geteuid() != 0:
        return checks.skip("a full disk: only root can make a small one")
    try:
        with small_disk(folder / "disk", "4m") as disk:
            full_disk(Administered("full", state=disk / "state"), disk)
    except subprocess.CalledProcessError:
        checks.skip("a full disk: a small one cannot be mounted here")


def full_disk(full, disk):
    number = full.submit(seed=4)
    full.wait(number, lambda job: job["progress"] is not None)
    fill(disk / "filler")
    # The log of the database has some room of its own.
    answers = [full.ask("POST", "retraining-jobs", REQUEST) for _ in range(20)]
    refused = [answer for status, answer in answers if status == 507]
    checks.check(refused and {status for status, _ in answers} <= {202, 429, 507},
                 f"on a full disk a job is refused: {sorted({status for status, _ in answers})} {refused[:1]}")
    accepted = [answer["id"] for status, answer in answers if status == 202]
    picture = next((folder / "data/pictures/bag").iterdir()).read_bytes()
    answer = full.gateway.post(picture, {"Content-Type": "image/png"})
    checks.check(answer.status == 200, f"pictures are still judged: {answer.status}")
    checks.check(full.gateway.process.poll() is None and full.job(number)["state"] == "running", "and the job goes on")
    (disk / "filler").unlink()
    for job in accepted:
        full.ask("DELETE", f"retraining-jobs/{job}")
    job = full.finished(number)
    checks.check(job["state"] == "succeeded" and not full.unsound(), f"once there is room it succeeds: {job['state']} {job['reason']}")
    checks.check(full.gateway.stop() == 0, "and the gateway ends well")


prepare()
calm = check_calm()
killed = check_kills()
check_same(calm, killed)
check_ending(killed)
check_paths(killed)
killed.gateway.stop()
check_full_disk()
checks.finish()
