"""Holds what is in Deploy against the tools of those who will read it: systemd, Kubernetes, Debian.

    .venv/bin/python Tests/Deploy/check_units.py [--binary FILE]

One line for each check, and a closing line `N passed, M failed, K skipped`; fails if anything failed.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import yaml

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "Reference"))
from clothes import ROOT, Checks  # noqa: E402
from gateway import Gateway, chosen_binary  # noqa: E402

binary = chosen_binary(__doc__)
DEPLOY = ROOT / "Deploy"
checks = Checks()
scratch = tempfile.TemporaryDirectory()
folder = pathlib.Path(scratch.name)
environment = {name: value for name, value in os.environ.items() if not name.startswith("DISTINGUO_")}

EXPOSURE = 1.3


def run(*command, **variables):
    """Status and output."""
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          env={**environment, **variables}, timeout=300)
    return done.returncode, done.stdout.strip()


def units():
    for name in ["distinguo.service", "distinguo.socket"]:
        # The unit's own binary need not be installed here.
        text = (DEPLOY / name).read_text().replace("/usr/bin/distinguo", str(binary))
        (folder / name).write_text(text)
    status, output = run("systemd-analyze", "verify", "--man=no", folder / "distinguo.service", folder / "distinguo.socket")
    checks.check(status == 0 and not output, f"systemd-analyze verify has nothing to say {output}")
    status, output = run("systemd-analyze", "security", "--offline=true", "--no-pager", DEPLOY / "distinguo.service")
    exposure = re.search(r"Overall exposure level for \S+: ([0-9.]+)", output)
    level = float(exposure.group(1)) if exposure else 10
    checks.check(level <= EXPOSURE, f"systemd-analyze security: exposure {level}, at most {EXPOSURE}")
    gives_way((DEPLOY / "distinguo.service").read_text())


def gives_way(unit):
    """What a retraining needs of the unit to step back behind the gateway."""
    allowed = [set(line.split()) for line in re.findall(r"^SystemCallFilter=([^~@].*)$", unit, re.MULTILINE)]
    needed = {"setpriority", "sched_setscheduler", "ioprio_set"}
    # The rest is in groups that are allowed; these are in one that is not.
    _, resources = run("systemd-analyze", "syscall-filter", "@resources")
    checks.check(needed <= set(resources.split()) and needed <= set().union(*allowed),
                 f"the unit allows a retraining to step back: {' '.join(sorted(needed))}")
    # `stop`, or no word of it without Delegate=, would end the gateway with a retraining that takes too much memory.
    checks.check("\nOOMPolicy=continue\n" in unit and re.search(r"^Delegate=.*\bmemory\b", unit, re.MULTILINE),
                 "a retraining without memory is not the gateway's end")
    group = re.search(r"^ReadWritePaths=-(/sys/fs/cgroup/\S+)$", unit, re.MULTILINE)
    checks.check(group and group.group(1) == "/sys/fs/cgroup/system.slice/%n" and "\nProtectControlGroups=yes\n" in unit,
                 "of all control groups it can change its own alone")


def users_and_folders():
    root = folder / "root"
    (root / "etc").mkdir(parents=True)
    status, output = run("systemd-sysusers", f"--root={root}", DEPLOY / "distinguo.sysusers.conf")
    users = (root / "etc/passwd").read_text() if (root / "etc/passwd").exists() else ""
    found = re.search(r"^distinguo:x:(\d+):\d+:[^:]*:/var/lib/distinguo:/usr/sbin/nologin$", users, re.MULTILINE)
    checks.check(status == 0 and found, f"systemd-sysusers makes the user {output}")
    # What the package brings.
    shipped = root / "usr/share/distinguo/models"
    shutil.copytree(ROOT / "Models", shipped, symlinks=True, ignore=shutil.ignore_patterns("samples", "*.py", "README.md"))
    # Owners can only be given by root.
    if os.geteuid() != 0 or not found:
        return checks.skip("systemd-tmpfiles: only root can give folders to a user")
    status, output = run("systemd-tmpfiles", "--create", f"--root={root}", DEPLOY / "distinguo.tmpfiles.conf")
    made = {path: (root / path).stat() for path in ["var/lib/distinguo", "var/log/distinguo"] if (root / path).is_dir()}
    checks.check(
        status == 0 and len(made) == 2
        and all(s.st_mode & 0o777 == 0o750 and s.st_uid == int(found.group(1)) for s in made.values()),
        f"systemd-tmpfiles makes the folders {output}")
    models = root / "var/lib/distinguo/models"
    found_there, expected = ({path.relative_to(top): path.is_symlink() and os.readlink(path) for path in top.rglob("*")}
                             for top in [models, shipped])
    owners = {path.lstat().st_uid for path in [models, *models.rglob("*")]}
    checks.check(found_there == expected and owners == {int(found.group(1))},
                 "it copies the models that come with the package, and gives them to the user")
    shutil.rmtree(models / "flowers")
    status, output = run("systemd-tmpfiles", "--create", f"--root={root}", DEPLOY / "distinguo.tmpfiles.conf")
    checks.check(status == 0 and not (models / "flowers").exists() and (models / "traffic-signs").exists(),
                 f"it does so once: a model that was removed stays so {output}")


def seconds(text):
    number, unit = re.fullmatch(r"(\d+)(s|min)", str(text)).groups()
    return int(number) * (60 if unit == "min" else 1)


def stops_in_time():
    ending = yaml.safe_load((DEPLOY / "distinguo.yaml").read_text())["ending"]
    needed = sum(map(seconds, ending.values()))
    given = int(re.search(r"^TimeoutStopSec=(\d+)s$", (DEPLOY / "distinguo.service").read_text(), re.MULTILINE).group(1))
    checks.check(given > needed, f"the unit gives {given} s to stop in, the default configuration takes up to {needed} s")


def kubernetes():
    status, output = run(pathlib.Path(sys.executable).parent / "kubernetes-validate", "--strict", DEPLOY / "kubernetes.yaml")
    checks.check(status == 0, "kubernetes-validate --strict: every resource is right" if status == 0 else output)
    resources = {item["kind"]: item for item in yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text())}
    configuration = resources["ConfigMap"]["data"]["distinguo.yaml"]
    (folder / "distinguo.yaml").write_text(configuration)
    (folder / "key").write_bytes(bytes(range(32)))
    (folder / "admin-tokens").write_text(f"alice full {'a' * 32}\n")
    pod = resources["Deployment"]["spec"]["template"]["spec"]
    container = pod["containers"][0]
    checks.check(container["args"][0] == "serve", "the container serves")
    status, output = run(
        binary, *[{"/etc/distinguo/distinguo.yaml": folder / "distinguo.yaml"}.get(part, part) for part in container["args"]],
        "--models", ROOT / "Models", "--set", f"models.selection-key-file={folder / 'key'}",
        "--set", f"admin.token-file={folder / 'admin-tokens'}", "--check",
        **{variable["name"]: "2" for variable in container["env"]})
    checks.check(status == 0, "distinguo takes the configuration and the variables" if status == 0 else output)
    ending = yaml.safe_load(configuration)["ending"]
    needed, given = sum(map(seconds, ending.values())), pod["terminationGracePeriodSeconds"]
    checks.check(given > needed, f"the pod has {given} s to end in, the configuration takes up to {needed} s")
    written = {yaml.safe_load(configuration)[part][name].rsplit("/", depth)[0]
               for part, name, depth in [("models", "directory", 1), ("models", "selection-key-file", 1), ("admin", "token-file", 1)]}
    mounted = {mount["mountPath"] for mount in container["volumeMounts"]}
    checks.check(written <= mounted, f"what the configuration names is mounted: {' '.join(sorted(written))}")
    checks.check(yaml.safe_load(configuration)["admin"]["listen"].startswith("127.0.0.1:"),
                 "the administration listens at the loopback")
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    checks.check(ports["metrics"] == int(yaml.safe_load(configuration)["metrics"]["listen"].rsplit(":")[1]),
                 "the port of the metrics is the configuration's")
    metric = resources["HorizontalPodAutoscaler"]["spec"]["metrics"][0]["pods"]["metric"]["name"]
    probes = {container[probe]["httpGet"]["path"] for probe in ["startupProbe", "readinessProbe", "livenessProbe"]}
    with Gateway("models.served=traffic-signs", binary=binary) as gateway:
        text = gateway.get("/metrics").body.decode()
        checks.check(re.search(rf"^# TYPE {metric} gauge$", text, re.MULTILINE), f"the gateway has the metric {metric}")
        statuses = {path: gateway.get(path).status for path in probes}
        checks.check(set(statuses.values()) == {200}, f"the gateway answers the probes: {statuses}")


def container_image():
    """It cannot be built here; what can be known is whether the libraries are there that the binary needs."""
    text = (DEPLOY / "Containerfile").read_text()
    last = text[text.rindex("FROM "):]
    installed = set(re.search(r"--no-install-recommends \\\n\s+(.*?) \\\n", last).group(1).split())
    _, libraries = run("ldd", binary)
    files = [line.split("=>")[1].split("(")[0].strip() for line in libraries.splitlines() if "=>" in line]
    direct = subprocess.run(["objdump", "-p", binary], stdout=subprocess.PIPE, text=True).stdout
    direct = set(re.findall(r"NEEDED\s+(\S+)", direct))
    needed = set()
    for file in files:
        if pathlib.Path(file).name in direct and "swift" not in file:
            # dpkg knows some libraries by their place before /lib became /usr/lib.
            path = os.path.realpath(file)
            _, owner = run("dpkg", "-S", path, path.removeprefix("/usr"))
            needed |= set(re.findall(r"^(\S+?):\S+: /", owner, re.MULTILINE))
    needed -= {"libc6", "libstdc++6", "libgcc-s1"}
    checks.check(needed and needed <= installed, f"the image has the libraries of {' '.join(sorted(needed))}")


units()
users_and_folders()
stops_in_time()
kubernetes()
container_image()
checks.finish()
