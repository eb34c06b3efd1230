"""Requests that nobody has thought of: what schemathesis makes of openapi.yaml; part of check_openapi.py."""

import contextlib
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

from openapi_document import DOCUMENT

FOLDER = pathlib.Path(__file__).parent
CONFIGURATION = FOLDER / "schemathesis.toml"
SECONDS = 120
"""How long it may take."""


def check_generated(checks, port, *arguments, **variables):
    """Sends requests to a port of 127.0.0.1. arguments: schemathesis' own; variables: of the environment."""
    command = [pathlib.Path(sys.executable).with_name("schemathesis"), "--config-file", CONFIGURATION, "run", DOCUMENT,
               "--url", f"http://127.0.0.1:{port}", "--phases", "examples,coverage,fuzzing", *arguments]
    environment = {**os.environ, "SCHEMATHESIS_HOOKS": "openapi_hooks", "PYTHONPATH": str(FOLDER), **variables}
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(subprocess.TimeoutExpired):
        run = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, env=environment, cwd=folder)
        if run.returncode:
            print(run.stdout + run.stderr)
        count = re.search(r"(\d+) generated", run.stdout)
        checks.check(run.returncode == 0 and count, f"schemathesis: {count.group(1) if count else 'no'} requests"
                     f" in {time.monotonic() - started:.0f} s, status {run.returncode}")
        return
    checks.check(False, f"schemathesis did not end within {SECONDS} s")
