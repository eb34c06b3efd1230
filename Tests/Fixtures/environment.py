"""Virtual environments for scripts that need more than the project's own has."""

import importlib.util
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def need(module, folder, requirements):
    """Goes on if a module is there. If not, installs packages into an environment beside the project's, runs the script that asks in
    it, and ends as that does."""
    environment = ROOT / folder
    if importlib.util.find_spec(module):
        return
    if pathlib.Path(sys.prefix) == environment:
        sys.exit(f"{', '.join(requirements)} are installed in {environment}, but {module} is not there; remove that and try again")
    subprocess.run(["/usr/bin/python3", "-m", "venv", environment], check=True)
    subprocess.run([environment / "bin/pip", "install", "--quiet", *requirements], check=True)
    sys.exit(subprocess.run([environment / "bin/python", *sys.argv]).returncode)
