"""Administers running gateways from the command line: distinguo models, jobs and token.

    .venv/bin/python Tests/Reference/check_commands.py [--binary FILE]

One line for each check and a closing line `N passed, M failed, K skipped`; fails if anything failed.
"""

import json
import pathlib
import shutil
import signal
import ssl
import subprocess
import tarfile
import tempfile

import clothes
from gateway import ROOT, Gateway, chosen_binary, environment, settled, shipped

binary = chosen_binary(__doc__)
checks = clothes.Checks()
scratch = tempfile.TemporaryDirectory()
folder = pathlib.Path(scratch.name)


def start(gateway, *arguments, name="alice", **variables):
    """A command against a gateway, as someone whose token its file has."""
    where = {"DISTINGUO_URL": f"http://127.0.0.1:{gateway.admin_port}", "DISTINGUO_TOKEN": gateway.tokens[name]}
    return subprocess.Popen([binary, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            env={**environment(), **where, **variables})


def run(gateway, *arguments, **how):
    """Exit status, standard output and standard error."""
    process = start(gateway, *arguments, **how)
    output, errors = process.communicate(timeout=300)
    return process.returncode, output, errors


def expect(what, outcome, status, *words, without=()):
    """The status, and words in what was printed where it belongs: to standard error if it failed."""
    found, output, errors = outcome
    text = errors if status else output
    missing = [word for word in words if word not in text] + [word for word in without if word in text]
    checks.check(found == status and not missing, f"{what}: {found}{f', {missing} in {output}{errors}' if found != status or missing else ''}")
    return output


# MARK: Models

def check_models(gateway):
    old, new = shipped("flowers")[-2:]
    expect("models list", run(gateway, "models", "list"), 0, "flowers", f"{new} {old}")
    expect("models show", run(gateway, "models", "show", "flowers"), 0, f"version {new} answers since", "candidate", "96.7 %", "23.9 MiB")
    expect("models activate", run(gateway, "models", "activate", "flowers", old, "--if-current", new), 0,
           f"version {old} is current now; it was version {new}")
    expect("the version that answers is another", run(gateway, "models", "show", "flowers"), 0, f"version {old} answers since",
           f"a roll back leads to version {new}")
    expect("models activate, too late", run(gateway, "models", "activate", "flowers", old, "--if-current", new), 1, f"is {old}, not {new} (409 not_current)")
    activation = json.loads(expect("models roll-back --json", run(gateway, "models", "roll-back", "flowers", "--json"), 0))
    checks.check(activation["version"] == new and activation["kind"] == "roll_back", "--json is the gateway's")
    expect("models activations", run(gateway, "models", "activations", "flowers"), 0, "rolled back", "activated", "found so", "alice", "gateway")
    expect("models delete, the current one", run(gateway, "models", "delete", "flowers", new), 1, "it is the current one (409 version_in_use)")
    expect("models delete", run(gateway, "models", "delete", "flowers", old), 0, f"flowers: version {old} is gone")
    expect("a version that is gone", run(gateway, "models", "activate", "flowers", old), 1,
           f"flowers has no version {old}; it has: {new} (404 unknown_version)")
    expect("a model that there is not", run(gateway, "models", "show", "roses"), 1, "there are: flowers (404 unknown_model)")


# MARK: Who may, and where

def check_access(gateway):
    expect("rita may look", run(gateway, "models", "list", name="rita"), 0, "flowers")
    expect("and no more", run(gateway, "models", "roll-back", "flowers", name="rita"), 1, "'rita' may only look", "(403 forbidden)")
    file = ["models", "list", "--token-file", gateway.token_file]
    expect("a gateway's token file", run(gateway, *file, "--name", "rita"), 0, "flowers")
    expect("which of its tokens?", run(gateway, *file), 64, "there are tokens of alice, rita; choose one with --name")
    public = f"http://127.0.0.1:{gateway.port}"
    expect("the public address", run(gateway, "models", "list", "--url", public), 1, "--url must name what the gateway has in admin.listen")
    wrong = {"DISTINGUO_TOKEN": "x" * 40}
    expect("a wrong token", run(gateway, "models", "list", **wrong), 1, "the token is not known; give a token", "(401 unauthorized)", without=["xxx"])
    for _ in range(2):
        run(gateway, "models", "list", **wrong)
    expect("too many wrong tokens", run(gateway, "models", "list"), 1, "try again in", "(429 too_many_attempts)")


def check_tokens():
    """A token that the command makes, its line in the gateway's file."""
    made = subprocess.run([binary, "token", "--name", "carol", "--role", "full"], capture_output=True, text=True, check=True)
    tokens = folder / "tokens"
    tokens.write_text(made.stderr)
    token = folder / "carol.token"
    token.write_text(made.stdout)
    socket = folder / "admin.sock"
    with Gateway(f"admin.token-file={tokens}", f"admin.listen=unix:{socket}", binary=binary, models="Models/flowers", admin=True) as gateway:
        options = ["--url", f"unix:{socket}", "--token-file", token]
        expect("a new token, by a Unix-domain socket", run(gateway, "models", "list", *options, DISTINGUO_TOKEN=""), 0, "flowers")
        entries = run(gateway, "models", "activate", "flowers", 9, *options, DISTINGUO_TOKEN="")
        expect("it may do everything", entries, 1, "(404 unknown_version)")
    expect("a gateway that has ended", run(gateway, "models", "list", *options, DISTINGUO_TOKEN=""), 1, f"nothing answers at unix:{socket}: ", "admin.listen")


def check_tls():
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-keyout", key,
                    "-out", certificate, "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"], check=True, capture_output=True)
    context = ssl.create_default_context(cafile=certificate)
    with Gateway(f"tls.certificate={certificate}", f"tls.key={key}", "admin.tls=true", binary=binary, models="Models/flowers", admin=True,
                 tls=context) as gateway:
        url = f"https://localhost:{gateway.admin_port}"
        expect("TLS", run(gateway, "models", "list", "--url", url, "--ca", certificate), 0, "flowers")
        expect("TLS: nobody vouches", run(gateway, "models", "list", "--url", url), 1, "no trusted connection", "self-signed", "--ca names a file")
        expect("TLS: another name", run(gateway, "models", "list", "--url", url.replace("localhost", "127.0.0.1"), "--ca", certificate), 1,
               "no trusted connection", "127.0.0.1")
        expect("TLS: no certificates", run(gateway, "models", "list", "--url", url, "--ca", key.with_name("nothing")), 1, "is no readable file of certificates")
        expect("TLS: without it", run(gateway, "models", "list", "--url", url.replace("https", "http")), 1, "if TLS is spoken there, it is https://")
    with Gateway(binary=binary, models="Models/flowers", admin=True) as gateway:
        url = f"https://127.0.0.1:{gateway.admin_port}"
        expect("TLS where there is none", run(gateway, "models", "list", "--url", url), 1, "no trusted connection", "http://")


# MARK: Retraining

def check_jobs():
    data, models, state = folder / "data", folder / "models", folder / "state"
    clothes.write_pictures(data / "more", "train", 40)
    clothes.succeed(binary, "train", "--teacher", clothes.TEACHER, "--data", data / "more", "--output", models / "clothes", "--size", 32,
                    "--cut", "block3", "--student-epochs", 3, "--epochs", 3, "--differentiators", 3, "--asked", 2, "--alpha", 0.05,
                    "--threads", 2, "--progress", "none")
    archive = folder / "more.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(data / "more", arcname=".")
    settings = [f"retraining.data={data}", "gate.pairs=2", "gate.steps=5", *(f"gate.{margin}=1" for margin in ["accuracy", "clean-rejection", "defence"])]

    def serve(port=True):
        return Gateway(*settings, binary=binary, models=models, admin=port, state=state)
    with serve() as gateway:
        outcome = run(gateway, "jobs", "start", "clothes", "--upload", archive, "--preset", "quick", "--activate", "--watch")
        output = expect("jobs start --upload --watch", outcome, 0, "succeeded: version 2 is current now", "end to end accuracy", "version 1")
        first = output.split("\n")[0]
        checks.check("training" in outcome[2] and "measuring" in outcome[2], f"it tells how it goes: {outcome[2].splitlines()[0] if outcome[2] else ''}")
        expect("jobs show", run(gateway, "jobs", "show", first), 0, "succeeded, finished", "more.tar.gz (sent along)", "2, activated")
        expect("jobs log", run(gateway, "jobs", "log", first), 0, "distinguo train", "distinguo evaluate")
        expect("models show", run(gateway, "models", "show", "clothes"), 0, "version 2 answers since", "passed")
        expect("jobs cancel, too late", run(gateway, "jobs", "cancel", first), 1, "has ended (409 job_finished)")
        expect("jobs start, a path outside", run(gateway, "jobs", "start", "clothes", "--path", "/etc"), 1, "'/etc' is not allowed", "(422 path_not_allowed)")
        large = folder / "large.tar"
        with open(large, "wb") as file:
            file.truncate(100 << 20)
        expect("jobs start, 100 MiB that are no archive", run(gateway, "jobs", "start", "clothes", "--upload", large), 1, "(422 bad_data)")
        expect("jobs show, no such", run(gateway, "jobs", "show", "nothing"), 1, "there is no job 'nothing' (404 unknown_job)")
        expect("jobs watch, no such", run(gateway, "jobs", "watch", "nothing"), 1, "there is no job 'nothing' (404 unknown_job)")

        identity = expect("jobs start --path", run(gateway, "jobs", "start", "clothes", "--path", "more", "--preset", "quick"), 0).strip()
        watching = start(gateway, "jobs", "watch", identity)
        settled(lambda: gateway.admin("GET", f"/admin/v1/retraining-jobs/{identity}").value["step"] == "training", 30)
        interrupted = start(gateway, "jobs", "watch", identity)
        settled(lambda: interrupted.stderr.readline(), 10)
        interrupted.send_signal(signal.SIGINT)
        _, errors = interrupted.communicate(timeout=20)
        checks.check(interrupted.returncode == 130 and "the retraining goes on" in errors, f"Ctrl-C stops watching alone: {interrupted.returncode}, {errors.strip()}")
        gateway.process.kill()
        gateway.process.wait()
    with serve(gateway.admin_port) as gateway:
        output, errors = watching.communicate(timeout=300)
        checks.check(watching.returncode == 0 and "trying again" in errors and "succeeded: version 3 is a candidate" in output,
                     f"jobs watch goes on when a killed gateway is there again: {watching.returncode}, {output.splitlines()[:1]}, {errors.splitlines()[-1:]}")
        identity = expect("jobs start", run(gateway, "jobs", "start", "clothes", "--path", "more"), 0).strip()
        watching = start(gateway, "jobs", "watch", identity, "--json")
        settled(lambda: gateway.admin("GET", f"/admin/v1/retraining-jobs/{identity}").value["state"] == "running", 30)
        expect("jobs cancel", run(gateway, "jobs", "cancel", identity), 0, "cancel")
        output, errors = watching.communicate(timeout=60)
        lines = [json.loads(line) for line in output.splitlines()]
        checks.check(watching.returncode == 1 and lines and lines[-1]["state"] == "cancelled",
                     f"jobs watch --json tells that it was cancelled, by {len(lines)} lines and its status: {watching.returncode}")
        expect("jobs list", run(gateway, "jobs", "list", "--model", "clothes"), 0, "succeeded", "cancelled", "passed, activated")
        listed = json.loads(expect("jobs list --json", run(gateway, "jobs", "list", "--state", "cancelled", "--json"), 0))
        checks.check([job["id"] for job in listed["jobs"]] == [identity], "jobs list --state")


shutil.copytree(ROOT / "Models/flowers", folder / "copy/flowers", symlinks=True)
with Gateway("admin.failures=3", binary=binary, models=folder / "copy/flowers", admin=True) as gateway:
    check_models(gateway)
    check_access(gateway)
check_tokens()
check_tls()
check_jobs()
checks.finish()
