"""Kills trainings, repeats them, and runs two at once: what comes out must be what an undisturbed training gives. Then the
gateways that an evaluation attacks are killed, or cannot begin.

    .venv/bin/python Tests/Reference/check_interruptions.py [--binary FILE]

One line for each check and a closing line `N passed, M failed, K skipped`; fails if anything failed.
"""

import contextlib
import json
import os
import pathlib
import random
import signal
import tempfile
import time

import clothes

binary = clothes.options(__doc__)
checks = clothes.Checks()
scratch = tempfile.TemporaryDirectory()
folder = pathlib.Path(scratch.name)
chance = random.Random(3)


def command(output, *arguments):
    return ["train", "--teacher", clothes.TEACHER, "--data", folder / "train", "--output", folder / output, "--size", 32,
            "--cut", "block3", "--student-epochs", 3, "--epochs", 3, "--differentiators", 3, "--asked", 2, "--alpha", 0.05,
            "--threads", 2, "--checkpoint-interval", 0.2, "--progress", "json", *arguments]


def events(errors):
    """The lines of --progress json; a kill may cut the last one short."""
    lines = errors.splitlines(keepends=True)
    return [json.loads(line) for line in lines if line.endswith("\n")]


def files(model):
    """Everything in a bundle but for the manifest, which has the time and the command line."""
    return {path.relative_to(model).as_posix(): path.read_bytes() for path in sorted(model.rglob("*"))
            if path.is_file() and path.name != "manifest.json"}


def verdicts(model):
    """With a key of their own, since the default one follows from the bundle's digest and so from the time it was made."""
    lines = clothes.succeed(binary, "classify", "--model", model, "--json", "--selection-key-file", folder / "key", folder / "test")
    kept = ["image", "outcome", "label", "score", "threshold", "student", "differentiators"]
    return [{key: verdict[key] for key in kept} for verdict in map(json.loads, lines.splitlines())]


def check_progress(told):
    kinds = [event["event"] for event in told]
    checks.check(kinds[0] == "data" and kinds[-2:] == ["calibrated", "finished"] and kinds.count("trained") == 4,
                 f"--progress json: {len(told)} lines, from data over {kinds.count('trained')} trained networks to finished")
    steps = [event for event in told if event["event"] == "step"]
    sound = all(0 < step["step"] <= step["steps"] and step["seconds_left"] >= 0 and 0 <= step["accuracy"] <= 1 for step in steps)
    checks.check(sound and {step["network"] for step in steps} == {"student", "d01", "d02", "d03"},
                 f"--progress json: {len(steps)} steps of every network, with numbers in range")


def wait_for_checkpoint(work, process):
    """Until a checkpoint is written, or the training is over."""
    def times():
        return {path: path.stat().st_mtime_ns for path in work.glob("*.checkpoint")}

    with contextlib.suppress(FileNotFoundError):
        before = times()
        while process.poll() is None and times().items() <= before.items():
            time.sleep(0.01)


def train_through_kills(output, most=12):
    """Kills the command a little after it went on, then repeats it; the last time it may end. How often it was killed, how often
    it went on in the middle of a network, and its last exit status."""
    kills = resumed = 0
    while True:
        process = clothes.start(binary, *command(output))
        first = next((json.loads(line) for line in process.stderr if '"event":"step"' in line), None)
        resumed += first is not None and first["step"] > 1
        if first is not None and kills < most:
            # Every other time once there is a new checkpoint, so that there is something to go on from however fast it trains.
            if kills % 2 == 0:
                wait_for_checkpoint(folder / output / ".1.training", process)
            time.sleep(chance.uniform(0.02, 0.3))
            process.kill()
        process.communicate()
        if process.returncode != -signal.SIGKILL:
            return kills, resumed, process.returncode
        kills += 1
        if (folder / output / "1").exists():
            # The kill came between the training's last deed, after which nothing is missing, and its end.
            whole = (folder / output / "current").is_symlink()
            return kills, resumed, 0 if whole else "there is a bundle before the training's end"


def check_two_at_once():
    first = clothes.start(binary, *command("twice", "--epochs", 50))
    for line in first.stderr:
        if json.loads(line)["event"] == "step":
            break
    status, _, errors = clothes.run(binary, *command("twice", "--epochs", 50))
    checks.check(status != 0 and "another process is training this version" in errors,
                 f"two trainings of a version at once: the second ends with status {status}: {errors.strip().splitlines()[-1]}")
    checks.check(first.poll() is None, "and the first goes on")
    first.kill()
    first.communicate()
    status, _, errors = clothes.run(binary, *command("twice", "--epochs", 4))
    checks.check(status != 0 and "other settings" in errors and ".1.training" in errors,
                 f"another training in place of an interrupted one: status {status}: {errors.strip().splitlines()[-1]}")


def children(process):
    """The numbers of the processes that any of its threads began."""
    lists = pathlib.Path(f"/proc/{process.pid}/task").glob("*/children")
    return [int(number) for path in lists for number in path.read_text().split()]


def attack_gateways(variables):
    return clothes.start(binary, "evaluate", "--model", calm, "--data", folder / "test", "--report", folder / "report",
                         "--threats", "T5", variables=variables)


def check_gateways_of_an_evaluation():
    places = folder / "places"
    places.mkdir()
    evaluation = attack_gateways({"TMPDIR": str(places)})
    while evaluation.poll() is None and not list(places.glob("*/gateway")):
        time.sleep(0.01)
    # A question is on its way most of the time.
    time.sleep(1)
    gateways = children(evaluation)
    for number in gateways:
        os.kill(number, signal.SIGKILL)
    errors = evaluation.communicate(timeout=300)[1]
    # It is answering the first attacks by then, or the gateway of the next disclosure is starting.
    told = any(words in errors for words in ("did not answer", "did not become ready"))
    checks.check(gateways and evaluation.returncode == 1 and told,
                 f"an evaluation whose gateway is killed ends with status {evaluation.returncode}: {errors.strip().splitlines()[-1]}")
    checks.check(list(places.iterdir()) == [], "and leaves nothing of the gateway behind")
    # A socket's path has room for 107 bytes.
    deep = places / ("d" * 100)
    deep.mkdir()
    evaluation = attack_gateways({"TMPDIR": str(deep)})
    errors = evaluation.communicate(timeout=300)[1]
    checks.check(evaluation.returncode == 1 and "did not become ready" in errors and "metrics.listen" in errors,
                 f"one whose gateway cannot listen ends with status {evaluation.returncode}: {errors.strip().splitlines()[-1]}")
    checks.check(list(deep.iterdir()) == [], "and that leaves nothing behind, either")


clothes.write_pictures(folder / "train", "train", 240)
clothes.write_pictures(folder / "test", "t10k", 60)
(folder / "key").write_bytes(bytes(range(32)))

status, _, errors = clothes.run(binary, *command("calm"))
assert status == 0, errors
check_progress(events(errors))
calm = folder / "calm"
checks.check((calm / "current").readlink() == pathlib.Path("1") and not (calm / ".1.training").exists(),
             "an undisturbed training is the current version, and leaves nothing else")

kills, resumed, status = train_through_kills("killed")
checks.check(status == 0 and kills >= 6 and resumed >= 2,
             f"killed {kills} times, gone on in the middle of a network {resumed} times, at last with status {status}")
ours, theirs = files(calm / "1"), files(folder / "killed/1")
checks.check(ours == theirs, f"all {len(ours)} files but the manifest are the same: "
             f"{[name for name in ours | theirs if ours.get(name) != theirs.get(name)] or 'byte by byte'}")
manifests = [json.loads((folder / name / "1/manifest.json").read_text()) for name in ["calm", "killed"]]
for manifest in manifests:
    manifest["name"] = manifest["created"] = manifest["training"]["seconds"] = manifest["training"]["command"] = ""
checks.check(manifests[0] == manifests[1], "and so is the manifest, but for name, time and command line")
checks.check(sorted(path.name for path in (folder / "killed").iterdir()) == ["1", "current"], "nothing else is left")
checks.check(clothes.run(binary, "verify", folder / "killed")[0] == 0, "and the bundle is sound")

given = verdicts(calm)
checks.check(given == verdicts(folder / "killed") and len(given) == 300, f"the same seed gives the same {len(given)} verdicts")
clothes.succeed(binary, *command("other", "--seed", 2))
different = sum(one["differentiators"] != other["differentiators"] for one, other in zip(given, verdicts(folder / "other")))
checks.check(different > 250, f"another seed gives other differentiators' scores: {different} of {len(given)}")
check_two_at_once()
check_gateways_of_an_evaluation()
checks.finish()
