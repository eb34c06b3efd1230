"""Makes happen what openapi.yaml shows of the administration; part of check_openapi.py."""

import contextlib
import hashlib
import pathlib
import shutil
import tempfile
import threading
import time

import clothes
from gateway import ROOT, Gateway, head, settled, shipped
from openapi_document import METHODS, conformance, document, fault, is_administration
from openapi_generated import check_generated

ADMIN = "/admin/v1"
FLOWERS = f"{ADMIN}/models/flowers"
OLD, NEW = shipped("flowers")[-2:]
JOBS = f"{ADMIN}/retraining-jobs"
DAISY = (ROOT / "Models/flowers/current/samples/daisy-1.jpg").read_bytes()
ATTACK = (ROOT / "Models/samples/adversarial/stop-as-yield-1.png").read_bytes()
SIGNS = f"{ADMIN}/models/traffic-signs/rejections"
REJECTION = f"{SIGNS}/{hashlib.sha256(ATTACK).hexdigest()}"
OF_A_JOB = ("id", "created", "started", "finished", "progress", "log")
"""Members of a retraining that are others each time."""
FIGURES = ("attempts", "count", "of", "share", "low", "high", "accuracy", "clean_rejection", "defence")
"""What is measured a little differently elsewhere, and margins by which anything passes."""
BOUNDARY = "boundary-of-the-form"


class Watching:
    """What a stream tells, from now until the end of a `with` block."""

    def __init__(self, gateway, target):
        self.gateway, self.target = gateway, target
        self.events = []
        self.thread = threading.Thread(target=self.watch, daemon=True)

    def __enter__(self):
        self.thread.start()
        # Nothing is told when it begins.
        time.sleep(0.3)
        return self

    def __exit__(self, *_):
        pass

    def watch(self):
        for event in self.gateway.events(self.target):
            self.events.append(event)

    def faults(self):
        """What is wrong with the events by the document."""
        content = document["paths"][self.target]["get"]["responses"]["200"]["content"]["text/event-stream"]
        known = content["x-events"]
        for name, value in self.events:
            if name not in known or (wrong := fault(value, known[name])):
                yield f"{name}: {wrong if name in known else 'there is no such event'}"


class AdministrationExamples:
    """Asks gateways that can be administered, each with models of its own."""

    def __init__(self, examples, binary):
        self.examples, self.checks, self.binary = examples, examples.checks, binary
        self.scratch = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.scratch.name)

    def gateway(self, models, *settings):
        return Gateway("models.precision=float32", *settings, binary=self.binary, models=models, admin=True)

    def expect(self, name, answer, method, target, *volatile):
        """The answer's value; see Examples.expect."""
        return self.examples.expect(name, answer, method, target, volatile)

    def get(self, name, gateway, target, *volatile, **how):
        return self.expect(name, gateway.admin("GET", target, **how), "GET", target, *volatile)

    def post(self, name, gateway, target, body, *volatile, **how):
        return self.expect(name, gateway.admin("POST", target, body, **how), "POST", target, *volatile)

    def conforms(self, gateway, target, holds=lambda value: True):
        """An answer that the document has no example of."""
        answer = gateway.admin("GET", target)
        wrong = conformance(answer, "GET", target) or (None if answer.status == 200 and holds(answer.value) else answer.value)
        self.checks.check(not wrong, f"GET {target}: {answer.status}{f', {wrong}' if wrong else ''}")

    def changes(self, method, gateway, target, status=204):
        """Something that the document has no example of is done."""
        answer = gateway.admin(method, target)
        wrong = conformance(answer, method, target) or (None if answer.status == status else answer.value)
        self.checks.check(not wrong, f"{method} {target}: {answer.status}{f', {wrong}' if wrong else ''}")

    def check_events(self, watching, *names):
        """These have come, and all that has come is as documented."""
        settled(lambda: set(names) <= {name for name, _ in watching.events})
        told = sorted({name for name, _ in watching.events})
        wrong = "; ".join(set(watching.faults()))
        self.checks.check(set(names) <= set(told) and not wrong, f"events: {', '.join(told)}{f'; {wrong}' if wrong else ''}")

    def check(self):
        models = self.folder / "models"
        shutil.copytree(ROOT / "Models/flowers", models / "flowers", symlinks=True)
        self.damage(models / "flowers")
        with self.gateway(models / "flowers", "admin.failures=3") as gateway:
            with Watching(gateway, f"{ADMIN}/events") as watching:
                self.check_models(gateway)
                self.check_events(watching, "activation")
            self.check_idempotency(gateway)
            self.check_watchers(gateway)
            self.check_tokens(gateway)
        shutil.move(models / f"flowers/{NEW}", self.folder / "bundle")
        with self.gateway(self.folder / "bundle") as gateway:
            self.get("unversioned-model", gateway, FLOWERS, "detail")
        with self.gateway(ROOT / "Models/traffic-signs", "review.keep=true") as gateway, Watching(gateway, f"{ADMIN}/events") as watching:
            self.check_review(gateway)
            self.check_events(watching, "rejection", "review", "verdicts")
        self.check_retraining()
        with self.gateway(ROOT / "Models/flowers", "state.directory=/dev/null/state") as gateway:
            self.get("state-unavailable", gateway, f"{ADMIN}/models")

    # MARK: Models and their versions

    def damage(self, flowers):
        """Two more versions: one whose networks are not as its manifest says, one that has no manifest that could be read."""
        shutil.copytree(flowers / f"{OLD}", flowers / f"{NEW + 1}")
        (flowers / f"{NEW + 1}/student.onnx").write_bytes(b"no network")
        (flowers / f"{NEW + 2}").mkdir()
        (flowers / f"{NEW + 2}/manifest.json").write_text("{}")

    def check_models(self, gateway):
        self.get("unsound-version-told", gateway, f"{FLOWERS}/versions/{NEW + 2}", "fault")
        self.post("unsound-version", gateway, f"{FLOWERS}/activate", {"version": NEW + 1}, "detail")
        for version in (NEW + 1, NEW + 2):
            self.changes("DELETE", gateway, f"{FLOWERS}/versions/{version}")
        self.get("administered-model", gateway, FLOWERS)
        self.get("version", gateway, f"{FLOWERS}/versions/{OLD}")
        self.post("activated", gateway, f"{FLOWERS}/activate", {"version": OLD, "if_current": NEW})
        self.post("not-current", gateway, f"{FLOWERS}/activate", {"version": OLD, "if_current": NEW})
        self.post("rolled-back", gateway, f"{FLOWERS}/roll-back", None)
        self.post("nothing-to-roll-back-to", gateway, f"{FLOWERS}/roll-back", {"if_current": NEW})
        self.get("activations", gateway, f"{FLOWERS}/activations?limit=2")
        self.get("audit", gateway, f"{ADMIN}/audit?limit=3")
        self.get("overview", gateway, f"{ADMIN}/overview", "started")
        self.conforms(gateway, f"{ADMIN}/models", lambda value: [model["name"] for model in value["models"]] == ["flowers"])
        target = f"{FLOWERS}/classify"
        self.expect("flower", gateway.admin("POST", target, DAISY), "POST", target)
        self.conforms(gateway, f"{ADMIN}/series?window=minute", lambda value: not any(slice["images"] for slice in value["slices"]))

        target = f"{FLOWERS}/versions/{NEW}"
        self.expect("version-in-use", gateway.admin("DELETE", target), "DELETE", target)
        self.get("unknown-version", gateway, f"{FLOWERS}/versions/{NEW + 3}")
        self.get("unknown-administered-model", gateway, f"{ADMIN}/models/roses")
        self.post("unknown-member", gateway, f"{FLOWERS}/activate", {"number": 1})
        self.post("missing-member", gateway, f"{FLOWERS}/activate", {})
        self.get("unknown-parameter", gateway, f"{ADMIN}/series?hours=1")
        for file in ["", "page.css", "page.js", "icon.svg"]:
            self.conforms(gateway, f"/{file}")

    def check_idempotency(self, gateway):
        target = f"{FLOWERS}/activate"
        first, again = [gateway.admin("POST", target, {"version": OLD}, {"Idempotency-Key": "one"}) for _ in range(2)]
        self.checks.check(first.status == again.status == 200 and first.body == again.body and "Idempotent-Replayed" not in first.fields
                          and again.fields["Idempotent-Replayed"] == "true" and not conformance(again, "POST", target),
                          "an Idempotency-Key: what was done is answered again")
        self.post("idempotency-key-reused", gateway, target, {"version": NEW}, fields={"Idempotency-Key": "one"})
        # A version takes a while to be loaded.
        for number in range(20):
            fields = {"Idempotency-Key": f"two-{number}"}
            body = {"version": OLD if number % 2 else NEW}
            slow = threading.Thread(target=gateway.admin, args=("POST", target, body, fields))
            slow.start()
            answer = gateway.admin("POST", target, body, fields)
            slow.join()
            if answer.status == 409:
                break
        self.expect("idempotency-key-in-use", answer, "POST", target)

    def check_watchers(self, gateway):
        target = f"{ADMIN}/events"
        with contextlib.ExitStack() as stack:
            for _ in range(70):
                connection = stack.enter_context(gateway.connect(port=gateway.admin_port))
                connection.sendall(head("GET", target, None, gateway.credentials("alice")))
                # A stream begins with its head, and goes on.
                if not connection.recv(12).endswith(b"200"):
                    break
            self.get("too-many-watchers", gateway, target)

    def check_tokens(self, gateway):
        target = f"{ADMIN}/models"
        self.get("no-token", gateway, target, token=None)
        self.post("forbidden", gateway, f"{FLOWERS}/roll-back", None, token="rita")
        for _ in range(3):
            self.get("unknown-token", gateway, target, token=None, fields={"Authorization": f"Bearer {32 * 'x'}"})
        self.get("too-many-attempts", gateway, target, "detail")

    # MARK: Rejected pictures

    def check_review(self, gateway):
        gateway.post(ATTACK, {"Content-Type": "image/png"})
        # It is kept once it is answered.
        settled(lambda: gateway.admin("GET", REJECTION).status == 200)
        self.get("kept-rejections", gateway, f"{ADMIN}/rejections?model=traffic-signs&review=unreviewed&limit=10")
        self.conforms(gateway, REJECTION, lambda value: value["count"] == 1)
        answer = gateway.admin("GET", f"{REJECTION}/picture")
        self.checks.check(answer.body == ATTACK and not conformance(answer, "GET", f"{REJECTION}/picture"), "its picture is the file")
        target = f"{REJECTION}/review"

        def review(name, body):
            self.expect(name, gateway.admin("PUT", target, body), "PUT", target)
        review("unknown-label", {"kind": "genuine", "label": "rose"})
        review("reviewed", {"kind": "genuine", "label": "stop"})
        self.expect("review-withdrawn", gateway.admin("DELETE", target), "DELETE", target)
        self.changes("DELETE", gateway, REJECTION)
        self.get("unknown-rejection", gateway, REJECTION)

    # MARK: Retraining

    def check_retraining(self):
        data, models = self.folder / "data", self.folder / "clothes"
        clothes.write_pictures(data / "more", "train", 40)
        clothes.write_pictures(data / "gone", "train", 10, first=100)
        (data / "strange/hats").mkdir(parents=True)
        shutil.copy(next((data / "gone").rglob("*.png")), data / "strange/hats")
        clothes.succeed(self.binary, "train", "--teacher", clothes.TEACHER, "--data", data / "more", "--output", models / "clothes",
                        "--size", 32, "--cut", "block3", "--student-epochs", 3, "--epochs", 3, "--differentiators", 3, "--asked", 2,
                        "--alpha", 0.05, "--threads", 2, "--progress", "none")
        # Whoever tries wrong tokens all the time is not to be locked out.
        settings = f"retraining.data={data}", "admin.failures=1000000", "retraining.queue=2", "gate.pairs=2", "gate.steps=5", *(
            f"gate.{margin}=1" for margin in ["accuracy", "clean-rejection", "defence"])
        with self.gateway(models, *settings) as gateway, Watching(gateway, f"{ADMIN}/events") as watching:
            self.check_refusals(gateway)
            self.check_jobs(gateway, data)
            self.check_events(watching, "job")
            self.check_methods(gateway)
            # Streams do not end.
            check_generated(self.checks, gateway.admin_port, "--include-path-regex", "^/admin/", "--exclude-path-regex", "/events$",
                            "--max-examples", "20", "--header", f"Authorization: Bearer {gateway.tokens['alice']}",
                            CHECKED_MODEL="clothes")
            self.checks.check(gateway.stop() == 0, "the gateway is still there, and ends as it should")

    def check_refusals(self, gateway):
        def start(name, data, *volatile):
            self.post(name, gateway, JOBS, {"model": "clothes", "data": {"path": data}}, *volatile)
        start("path-not-allowed", "/etc", "detail")
        start("bad-data", "strange")
        self.get("unknown-job", gateway, f"{JOBS}/019ab8f2-6c3e-7d4b-9a51-3f0e7c1d2b4a")
        form = f'''--{BOUNDARY}\r
Content-Disposition: form-data; name="request"\r
\r
{{"model": "clothes"}}\r
--{BOUNDARY}\r
Content-Disposition: form-data; name="archive"; filename="pictures.tar"\r
\r
no archive\r
--{BOUNDARY}--\r
'''
        answer = gateway.admin("POST", JOBS, form.encode(), {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"})
        wrong = conformance(answer, "POST", JOBS) or (None if answer.status == 422 else answer.value)
        self.checks.check(not wrong, f"an archive that is none: {answer.status}{f', {wrong}' if wrong else ''}")

    def check_jobs(self, gateway, data):
        def start(path):
            return gateway.admin("POST", JOBS, {"model": "clothes", "data": {"path": path}, "preset": "quick", "activate": True})
        answer = start("more")
        first = self.expect("job-queued", answer, "POST", JOBS, *OF_A_JOB)["id"]
        self.checks.check(answer.fields["Location"] == f"{JOBS}/{first}", f"Location: {answer.fields['Location']}")
        settled(lambda: gateway.admin("GET", f"{JOBS}/{first}").value["state"] == "running", 30)
        second, third = start("more").value["id"], start("gone").value["id"]
        self.expect("too-many-jobs", start("more"), "POST", JOBS)
        target = f"{JOBS}/{second}"
        self.expect("job-cancelled", gateway.admin("DELETE", target), "DELETE", target, *OF_A_JOB)
        self.expect("job-finished", gateway.admin("DELETE", target), "DELETE", target, "detail")
        shutil.rmtree(data / "gone")
        states = [value["state"] for name, value in gateway.events(f"{JOBS}/{first}/events") if name == "job"]
        self.checks.check(states and states[-1] == "succeeded", f"a stream of a retraining ends when it has: {len(states)} events")
        self.get("job-succeeded", gateway, f"{JOBS}/{first}", *OF_A_JOB, *FIGURES)
        list(gateway.events(f"{JOBS}/{third}/events"))
        self.get("job-failed", gateway, f"{JOBS}/{third}", *OF_A_JOB)
        self.conforms(gateway, f"{JOBS}?model=clothes&state=succeeded&limit=10", lambda value: [job["id"] for job in value["jobs"]] == [first])

        # A process takes a moment to end.
        for _ in range(10):
            target = f"{JOBS}/{start('more').value['id']}"
            settled(lambda: gateway.admin("GET", target).value["step"] == "training", 30)
            gateway.admin("DELETE", target)
            answer = gateway.admin("DELETE", target)
            if answer.value["error"] == "already_cancelling":
                break
        self.expect("already-cancelling", answer, "DELETE", target, "detail")

    def check_methods(self, gateway):
        """OPTIONS, wherever there is something; it needs no token."""
        wrong = []
        for path, item in document["paths"].items():
            if is_administration(path) and path != "/{file}":
                allowed = {"OPTIONS", *(method.upper() for method in METHODS if method in item), *(["HEAD"] if "get" in item else [])}
                answer = gateway.admin("OPTIONS", path.replace("{", "").replace("}", ""), token=None)
                if answer.status != 204 or set(answer.fields["Allow"].split(", ")) != allowed:
                    wrong.append(f"{path}: {answer.status}, {answer.fields['Allow']}")
        self.checks.check(not wrong, f"OPTIONS of the administration{': ' if wrong else ''}{'; '.join(wrong)}")
