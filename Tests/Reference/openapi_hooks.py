"""What schemathesis sends where openapi.yaml says that a picture belongs: real ones, of each format."""

import gzip
import io
import pathlib
import zlib

import schemathesis
from hypothesis import strategies
from PIL import Image

ROOT = pathlib.Path(__file__).resolve().parents[2]
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
def map_query(context, query):
    """Of the models only those that are served can be asked for, which no schema says."""
    if query and isinstance(query.get("model"), str) and query["model"]:
        query["model"] = "flowers"
    return query


@schemathesis.hook
def before_call(context, case, kwargs):
    """What is said to have a coding gets it."""
    coding = (case.headers or {}).get("Content-Encoding")
    if coding in ("gzip", "deflate"):
        if isinstance(case.body, bytes):
            case.body = (gzip if coding == "gzip" else zlib).compress(case.body)
        else:
            del case.headers["Content-Encoding"]
