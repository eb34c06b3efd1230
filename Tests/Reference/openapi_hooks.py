"""What schemathesis sends where openapi.yaml says that a picture belongs: real ones, of each format."""

import io
import os
import pathlib
import uuid

import schemathesis
from hypothesis import strategies
from PIL import Image

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODEL = os.environ.get("CHECKED_MODEL", "flowers")
SAMPLES = sorted(ROOT.glob("Models/*/current/samples/*"))


def written(path, media_type):
    """A sample's bytes as another format."""
    buffer = io.BytesIO()
    Image.open(path).convert("RGB").save(buffer, media_type.removeprefix("image/"))
    return buffer.getvalue()


for media_type in ["image/jpeg", "image/png", "image/webp"]:
    pictures = [written(path, media_type) for path in SAMPLES[::3]]
    schemathesis.openapi.media_type(media_type, strategies.sampled_from(pictures))
schemathesis.openapi.media_type("application/octet-stream",
                                strategies.sampled_from([path.read_bytes() for path in SAMPLES]))


@schemathesis.hook
def before_call(context, case, kwargs):
    """What no schema says: only models that are served can be asked for, and a body has the coding that it is said to have."""
    if case.meta is None or case.meta.generation.mode.is_negative:
        return
    for place in (case.query, case.path_parameters, case.body):
        for name in ("model", "name"):
            if isinstance(place, dict) and place.get(name):
                place[name] = MODEL
    headers = case.headers or {}
    if headers.get("Content-Encoding"):
        headers["Content-Encoding"] = "identity"
    # The same key twice is for the same request.
    if headers.get("Idempotency-Key"):
        headers["Idempotency-Key"] = str(uuid.uuid4())
