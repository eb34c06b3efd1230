"""Gives the binary what is wrong, and looks at the message, the exit status and what is left behind.

    .venv/bin/python Tests/Reference/check_wrong_input.py [--binary FILE]

Nothing may be left where a bundle belongs. What is unfinished is kept in OUTPUT/.1.training, where the training had begun.
One line for each case that fails, and a closing line `N passed, M failed, K skipped`; fails if anything failed.
"""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile

import numpy
import onnx

import clothes

binary = clothes.options(__doc__)
checks = clothes.Checks()
scratch = tempfile.TemporaryDirectory()
folder = pathlib.Path(scratch.name)
models = folder / "Models"
QUICK = {"--size": 32, "--cut": "features", "--student-epochs": 15, "--epochs": 1, "--differentiators": 2, "--asked": 2,
         "--alpha": 0.05, "--threads": 2, "--progress": "none"}


def training(changes={}, output=models / "m"):
    """The arguments of a training that works, but for the changes; None leaves an option out."""
    options = {"--teacher": clothes.TEACHER, "--data": folder / "train", "--output": output, **QUICK, **changes}
    return ["train"] + [part for name, value in options.items() if value is not None
                        for part in [name, *(value if isinstance(value, list) else [value])]]


def refuse(what, arguments, *words, left=()):
    """The command must fail, in its own words, and leave nothing in Models but what is `left` there already."""
    status, output, errors = clothes.run(binary, *arguments)
    found = sorted(path.relative_to(models).as_posix() for path in models.rglob("*")) if models.exists() else []
    missing = [word for word in words if str(word) not in errors]
    # One that the shell calls a crash is no refusal; a usage error repeats the usage.
    checks.check(status in (1, 64) and not missing and not output and found == sorted(left),
                 f"{what}: status {status}, {errors.strip().splitlines()[0] if errors.strip() else 'no word'}"
                 + (f"; it does not say {missing}" if missing else "") + (f"; it left {found}" if found != sorted(left) else "")
                 + (f"; it printed {output!r}" if output else ""))


def data(name, *labels, count=4, first=0):
    return clothes.write_pictures(folder / name, "train", count, first, labels)


def changed_teacher(name, change):
    model = onnx.load(clothes.TEACHER)
    change(model)
    onnx.save(model, folder / name)
    return folder / name


def check_pictures():
    refuse("a data set that is not there", training({"--data": folder / "nowhere"}), "nowhere", "No such file")
    (folder / "empty").mkdir()
    refuse("an empty folder", training({"--data": folder / "empty"}), "empty", "a folder of pictures for each label")
    refuse("one label", training({"--data": data("one", "bag")}), "only one label, 'bag'")
    twice = data("twice", "bag")
    shutil.copytree(twice / "bag", twice / "sack")
    refuse("two labels with the same pictures", training({"--data": twice}), "same pictures", "'bag'", "'sack'")
    (data("hollow", "bag", "shirt") / "nothing").mkdir()
    refuse("a label without pictures", training({"--data": folder / "hollow"}), "nothing")
    broken = data("broken", "bag", "shirt")
    (broken / "bag/00000.png").write_bytes(b"no picture")
    refuse("a broken picture, more than the share allowed", training({"--data": broken}), "00000.png", "1 broken pictures of 9")
    refuse("fewer pictures than calibration needs", training({"--data": data("few", "bag", "shirt", count=20), "--alpha": 0.01}),
           "needs 99 withheld pictures", "choose an alpha")
    refuse("a text as data", training({"--data": pathlib.Path(__file__)}), "is no data set")
    refuse("a label pattern that is none", training({"--label-by": "("}), "'('")
    refuse("a group pattern that nothing matches", training({"--group-by": "^track"}), "'^track'")
    refuse("labels in the test pictures that the training has not", training({"--test": data("more", "bag"), "--data": data(
        "less", "shirt", "sneaker", count=100)}), "'bag'")


def check_networks():
    text = folder / "text.onnx"
    text.write_text("this is no network")
    refuse("a Teacher that is not there", training({"--teacher": folder / "none.onnx"}), "none.onnx", "No such file")
    refuse("a Teacher that is no ONNX", training({"--teacher": text}), "text.onnx")
    half = folder / "half.onnx"
    half.write_bytes(clothes.TEACHER.read_bytes()[:100_000])
    refuse("a Teacher cut in half", training({"--teacher": half}), "half.onnx")
    bare = changed_teacher("bare.onnx", lambda model: model.ClearField("metadata_props"))
    refuse("a Teacher that does not say how its input is normalised", training({"--teacher": bare}),
           "--mean is missing", "bare.onnx", "preprocess.mean")

    def spoil(model):
        tensor = model.graph.initializer[0]
        values = onnx.numpy_helper.to_array(tensor).copy()
        values.flat[0] = numpy.nan
        tensor.CopyFrom(onnx.numpy_helper.from_array(values, tensor.name))

    refuse("a Teacher with a weight that is no number", training({"--teacher": changed_teacher("nan.onnx", spoil)}), "nan.onnx")
    refuse("a cut that does not exist", training({"--cut": "block9"}), "'block9'", "is no value", "block3", "features")
    refuse("a cut that something passes around", training({"--cut": "block2.first"}), "'block2.first'", "everything passing")
    refuse("a Teacher and a Student", training({"--student": clothes.TEACHER}), "either --teacher or --student")
    refuse("neither", training({"--teacher": None}), "either --teacher or --student")
    student = {"--teacher": None, "--student": clothes.TEACHER}
    refuse("a Student without a cut", training({**student, "--cut": None}), "--cut is missing")
    refuse("a Student with another number of classes",
           training({**student, "--data": data("three", "bag", "shirt", "sandal", count=100)}), "5 classes", "3 labels")
    refuse("labels without a Student", training({"--labels": text}), "--labels goes with --student")
    refuse("labels that are not there", training({**student, "--labels": folder / "nolabels"}), "nolabels")
    refuse("a file of one label", training({**student, "--labels": text}), "has 1 labels")


def check_options():
    for option, values, word in [
        ("--size", ["0", "32x", "99999", "-3"], "--size"), ("--mean", ["a", "1,2", "nan"], "--mean"),
        ("--std", ["x", "1,2,3,4"], "--std"), ("--std", ["0", "-1"], "std positive"), ("--resize", ["stretch"], "--resize"),
        ("--cut", ["1.5", "-0.5"], "nor a share"), ("--calibration-share", ["0", "1", "nan", "x"], "--calibration-share"),
        ("--broken-share", ["-1", "2", "nan"], "--broken-share"), ("--scopes", ["some"], "--scopes"),
        ("--group-size", ["3"], "--scopes groups"), ("--differentiators", ["0", "-1", "x"], "--differentiators"),
        ("--differentiators", ["257", "1000000000000"], "it must be 1 to 256"), ("--asked", ["0", "-2"], "--asked"),
        ("--pruning-ratio", ["1", "-0.1", "nan"], "--pruning-ratio"), ("--alpha", ["0", "1", "-1", "nan", "inf"], "--alpha"),
        ("--adversarial-radius", ["65", "-1", "nan"], "--adversarial-radius"),
        ("--grey", ["-0.1", "1.5", "nan", "x"], "--grey"), ("--scales", ["0.05", "11", "nan", "0.5", "x"], "--scales"),
        ("--alpha", ["1e-30"], "withheld pictures"), ("--policy", ["trust"], "--policy"),
        ("--aggregation", ["median"], "--aggregation"), ("--number", ["0", "-1", "x"], "--number"),
        ("--preset", ["slow"], "--preset"), ("--student-epochs", ["0", "-1", "1000000"], "epochs"),
        ("--epochs", ["0", "-1", "1000000"], "epochs"), ("--seed", ["-1", "x", "99999999999999999999"], "--seed"),
        ("--threads", ["0", "-1", "9999"], "--threads"), ("--progress", ["loud"], "--progress"),
        ("--checkpoint-interval", ["-1", "nan", "1e9"], "--checkpoint-interval"),
        ("--samples", [str(folder / "nosamples")], "--samples"),
        ("--hold-out", ["-0.1", "1", "nan", "x"], "--hold-out"), ("--hold-out", ["0.0001"], "holds no picture out"),
        ("--like", [str(folder / "nobundle")], "no such folder"), ("--flips", ["yes"], "--flips"),
    ]:
        for value in values:
            arguments = training({option: None})
            refuse(f"{option} {value}", [*arguments, f"{option}={value}"], word)
    refuse("groups larger than there are classes", training({"--scopes": "groups", "--group-size": 5}), "groups of 5 of 5")
    refuse("labels to protect with the scope all", training({"--protect": "bag"}), "--protect")
    refuse("one-vs-rest without labels", training({"--scopes": "one-vs-rest"}), "--protect")
    refuse("a label to protect that there is not", training({"--scopes": "one-vs-rest", "--protect": ["bag", "hat"]}),
           "'hat' is no label", "ankle-boot, bag, sandal")


def check_output():
    """A place that is taken, or cannot be written; then one that works, on which `check_bundle` goes on."""
    models.mkdir()
    (models / "file").write_text("")
    refuse("an output that is a file", training(output=models / "file"), "Models/file", "Not a directory",
           left=["file"])
    (models / "file").unlink()
    (models / "m/1").mkdir(parents=True)
    refuse("an output that exists", training(), "m/1 exists already; nothing was changed", left=["m", "m/1"])
    shutil.rmtree(models)
    clothes.succeed(binary, *training(output=folder / "good"))
    before = digests(folder / "good")
    status, _, errors = clothes.run(binary, *training(output=folder / "good"))
    checks.check(status == 1 and "exists already" in errors and digests(folder / "good") == before, f"the same again: {errors.strip()}")


def check_starts():
    """A bundle to start from, or to be like, that is none, or does not fit."""
    good, another = folder / "good", {"--number": 2}
    warm = {"--teacher": None, "--warm-start": good, "--cut": None, **another}
    refuse("a bundle to start from that is not there", training({**warm, "--warm-start": folder / "nobundle"}), "no such folder")
    refuse("a folder to start from that is no bundle", training({**warm, "--warm-start": folder / "train"}), "neither a bundle")
    refuse("a Teacher and a bundle to start from", training({**warm, "--teacher": clothes.TEACHER}), "or --warm-start")
    refuse("a warm start that is to be like another", training({**warm, "--like": good}), "--warm-start implies it")
    refuse("a warm start with a cut", training({**warm, "--cut": "features"}), "keeps its bundle's")
    refuse("a bundle to be like beside a Student", training({"--teacher": None, "--student": clothes.TEACHER, "--like": good}),
           "--like goes with --teacher")
    hats = folder / "hats"
    shutil.copytree(folder / "train", hats)
    (hats / "bag").rename(hats / "hat")
    refuse("a warm start with a label that the bundle has not", training({**warm, "--data": hats}), "not among the 5 expected", "'hat'")
    refuse("a training like a bundle with such a label", training({"--like": good, "--data": hats, **another}), "'hat'")
    shutil.rmtree(hats / "hat")
    refuse("a warm start without pictures of a label", training({**warm, "--data": hats}), "no picture of 'bag'")
    status, _, errors = clothes.run(binary, *training({**warm, "--progress": "json", "--data": folder / "nowhere"}))
    event = json.loads(errors.splitlines()[-1])
    checks.check(status == 1 and event["event"] == "error" and "No such file" in event["text"], f"an error as JSON: {errors.strip()}")
    found = sorted(path.name for path in good.iterdir())
    checks.check(found == ["1", "current"], f"the bundle has no other version: {found}")


def digests(path):
    return {file: file.read_bytes() for file in path.rglob("*") if file.is_file()}


def check_edits():
    """A bundle edited by hand: verify and classify both refuse, and name the file."""
    good, picture = folder / "good/1", next((folder / "train").rglob("*.png"))

    def edit(what, file, change, *words, only_verify=False):
        bad = folder / "bad"
        shutil.rmtree(bad, ignore_errors=True)
        shutil.copytree(good, bad)
        change(bad / file)
        refuse(f"{what}: verify", ["verify", bad], file, *words)
        if not only_verify:
            refuse(f"{what}: classify", ["classify", "--model", bad, picture], file, *words)
            refuse(f"{what}: evaluate", ["evaluate", "--model", bad, "--data", folder / "train", "--pairs", 0], file, *words)
            refuse(f"{what}: calibrate", ["calibrate", "--model", bad, "--alpha", 0.1], file, *words)

    def text(old, new):
        return lambda path: path.write_text(path.read_text().replace(old, new, 1))

    def flip(path):
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)

    threshold = json.loads((good / "calibration.json").read_text())["thresholds"]["bag"]
    edit("a threshold", "calibration.json", text(f'"bag" : {threshold}', '"bag" : 0'), "digest")
    for file in ["student.onnx", "differentiators/d01.onnx", "probes.npz"]:
        edit(f"one bit of {file}", file, flip, "digest")
        edit(f"no {file}", file, pathlib.Path.unlink, "No such file")
    edit("no manifest", "manifest.json", pathlib.Path.unlink)
    edit("half a manifest", "manifest.json", lambda path: path.write_bytes(path.read_bytes()[:300]), "not JSON")
    edit("a manifest of another format", "manifest.json", text('"format" : 1', '"format" : 2'), "its format is 2")
    edit("a label renamed", "manifest.json", text('"bag"', '"sack"'))
    edit("a negative count", "manifest.json", text('"count" : 2', '"count" : -2'), "selection.count is -2")
    edit("a file outside", "manifest.json", text('"file" : "student.onnx"', '"file" : "../student.onnx"'), "../student.onnx")
    edit("a file that nobody named", "extra.txt", lambda path: path.write_text("?"), "does not name", only_verify=True)
    checks.check(clothes.run(binary, "verify", good)[0] == 0, "the bundle itself is sound still")


def check_questions():
    good = ["--model", folder / "good"]
    picture = next((folder / "train").rglob("*.png"))
    refuse("a model that is not there", ["classify", "--model", folder / "nomodel", picture], "nomodel", "no such folder")
    refuse("a folder that is no model", ["classify", "--model", folder / "train", picture], "neither a bundle", "nor a model")
    refuse("no picture", ["classify", *good], "images")
    refuse("a picture that is not there", ["classify", *good, folder / "no.png"], "no.png", "No such file")
    refuse("a picture that is none", ["classify", *good, pathlib.Path(__file__)], "check_wrong_input.py")
    refuse("a short selection key", ["classify", *good, "--selection-key-file", folder / "short", picture], "16")
    refuse("nothing to calibrate", ["calibrate", *good], "Nothing to change")
    for alpha in ["0", "1", "nan"]:
        refuse(f"calibrate --alpha {alpha}", ["calibrate", *good, f"--alpha={alpha}"], "--alpha")
    refuse("an alpha that the scores do not reach", ["calibrate", *good, "--alpha", "1e-9"], "needs 999999999 withheld pictures")
    refuse("a version that exists", ["calibrate", *good, "--alpha", 0.1, "--number", 1], "exists already")
    refuse("pictures of other labels", ["evaluate", *good, "--pairs", 0, "--data", data("names", "bag").rename(folder / "named")
                                        .joinpath("bag").rename(folder / "named/hat").parent], "'hat'")
    for option in ["--pairs=-1", "--steps=0", "--budget=0", "--budget=0.6", "--budget=nan", "--aim=up", "--threads=0"]:
        refuse(f"evaluate {option}", ["evaluate", *good, "--data", folder / "train", option], option.split("=")[0])
    measure = ["evaluate", *good, "--data", folder / "train", "--pairs", 0]
    refuse("pictures held out of nothing", [*measure, "--held-out-of", folder / "nobundle"], "no such folder")
    refuse("a bundle that held nothing out", [*measure, "--held-out-of", folder / "good"], "held no pictures out")
    refuse("adversarial pictures that are not there", [*measure, "--adversarial", folder / "nopictures"], "No such file")
    (folder / "none").mkdir()
    refuse("a folder without adversarial pictures", [*measure, "--adversarial", folder / "none"], "no pictures in it")
    refuse("adversarial pictures in folders", [*measure, "--adversarial", folder / "train"], "has a folder in it")
    (folder / "none/text.png").write_text("no picture")
    refuse("an adversarial picture that is none", [*measure, "--adversarial", folder / "none"], "text.png")
    refuse("a second source with another label", [*measure, "--data", folder / "named"], "'hat'")
    refuse("evaluate --progress loud", [*measure, "--progress", "loud"], "--progress")
    found = sorted(path.name for path in (folder / "good").iterdir())
    checks.check(found == ["1", "current"], f"the model has its version and the link, and nothing else: {found}")


def check_full_disk():
    if os.geteuid():
        checks.skip("a full disk: only root can mount a small one")
        return
    disk = folder / "disk"
    disk.mkdir()

    def mount(options):
        return subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", disk], capture_output=True, text=True)

    # Room for the Student, but not for all that comes behind.
    tried = mount("size=1100k")
    if tried.returncode:
        checks.skip(f"a full disk: {tried.stderr.strip()}")
        return
    try:
        status, _, errors = clothes.run(binary, *training(output=disk / "m"))
        kept = sorted(path.name for path in (disk / "m").iterdir())
        checks.check(status == 1 and "No space left on device" in errors and str(disk) in errors and kept == [".1.training"],
                     f"a full disk: status {status}, {errors.strip()}; {kept} is kept")
        subprocess.run(["mount", "-o", "remount,size=20m", disk], check=True)
        status, _, errors = clothes.run(binary, *training(output=disk / "m"))
        kept = sorted(path.name for path in (disk / "m").iterdir())
        checks.check(status == 0 and kept == ["1", "current"], f"with room again the same command ends: status {status}{errors}")
        same = all((disk / "m/1" / name).read_bytes() == (folder / "good/1" / name).read_bytes()
                   for name in ["student.onnx", "differentiators/d01.onnx", "differentiators/d02.onnx", "calibration.json"])
        checks.check(same, "with the networks and thresholds of a training with room")
    finally:
        subprocess.run(["umount", disk], check=True)


clothes.write_pictures(folder / "train", "train", 100)
(folder / "short").write_bytes(b"fifteen bytes..")
check_pictures()
check_networks()
check_options()
check_output()
check_edits()
check_questions()
check_starts()
check_full_disk()
checks.finish()
