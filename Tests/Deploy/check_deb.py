"""Installs the Debian package, runs it as its unit would, and removes it; nothing may be left.

    .venv/bin/python Tests/Deploy/check_deb.py PACKAGE

For root, on a machine that does not have the package yet. systemd need not run; where it does not, the unit's command is
run as its user, with what the unit says of its environment.
One line for each check, and a closing line `N passed, M failed, K skipped`; fails if anything failed.
"""

import argparse
import grp
import os
import pathlib
import pwd
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import http.client

from manager import Manager

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "Reference"))
from clothes import ROOT, Checks  # noqa: E402
from gateway import free_port  # noqa: E402

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("package", type=pathlib.Path)
package = parser.parse_args().package.resolve()
if not package.exists():
    sys.exit(f"{package} is not there; `make deb` makes it")
if os.geteuid() != 0:
    sys.exit("only root can install a package")
checks = Checks()
CONFIGURATION = pathlib.Path("/etc/distinguo/distinguo.yaml")
KEY = pathlib.Path("/etc/distinguo/selection-key")
TOKENS = pathlib.Path("/etc/distinguo/admin-tokens")
MODELS = pathlib.Path("/var/lib/distinguo/models")
UNIT = pathlib.Path("/lib/systemd/system/distinguo.service")
ENABLED = pathlib.Path("/etc/systemd/system/multi-user.target.wants/distinguo.service")
environment = {name: value for name, value in os.environ.items()
               if not name.startswith(("DISTINGUO_", "NOTIFY_", "LISTEN_", "WATCHDOG_"))}
environment |= {"DEBIAN_FRONTEND": "noninteractive", "SWIFT_BACKTRACE": "enable=no"}


def run(*command):
    """Status and output."""
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          env=environment, timeout=600)
    return done.returncode, done.stdout.strip()


def files():
    """Every file that a package may put somewhere; not dpkg's own records, nor what others write at any time."""
    found = set()
    for top in ["/etc", "/lib", "/usr", "/var", "/run", "/opt", "/srv"]:
        for folder, folders, names in os.walk(top):
            folders[:] = [name for name in folders if os.path.join(folder, name) not in {
                "/var/lib/dpkg", "/var/cache", "/var/tmp", "/usr/src", "/run/lock"} and not os.path.ismount(
                    os.path.join(folder, name))]
            found |= {os.path.join(folder, name) for name in names + folders}
    # Backups that are made whenever a user is.
    return found - {"/etc/passwd-", "/etc/group-", "/etc/shadow-", "/etc/gshadow-", "/etc/subuid-", "/etc/subgid-"}


def user():
    try:
        return pwd.getpwnam("distinguo")
    except KeyError:
        return None


def installed():
    return run("dpkg-query", "-W", "-f", "${db:Status-Status}", "distinguo")[1]


if user() or CONFIGURATION.exists() or installed() in ("installed", "config-files"):
    sys.exit("distinguo is installed already, or parts of it are left; `dpkg --purge distinguo` first")


def describes_itself():
    if shutil.which("lintian"):
        status, output = run("lintian", "--fail-on", "error", "--no-tag-display-limit", "--suppress-tags",
                             "bad-distribution-in-changes-file", package)
        errors = [line for line in output.splitlines() if line.startswith("E: ")]
        checks.check(status == 0 and not errors, f"lintian finds no error {' '.join(errors)}")
    else:
        checks.skip("lintian is not installed")
    _, depends = run("dpkg-deb", "--field", package, "Depends")
    checks.check(all(f"{name} " in depends for name in ["libdnnl2", "libc6", "libssl3", "libturbojpeg0"]),
                 f"the libraries are depended on: {depends}")


def installs():
    status, output = run("dpkg", "--install", package)
    checks.check(status == 0 and installed() == "installed", f"dpkg --install {output if status else ''}")
    account = user()
    checks.check(account and account.pw_shell == "/usr/sbin/nologin" and account.pw_uid < 1000, "the user is there, and cannot log in")
    mode = KEY.stat()
    checks.check(mode.st_mode & 0o777 == 0o600 and mode.st_uid == 0 and mode.st_size == 32,
                 "the selection key is made, for root only")
    mode = TOKENS.stat()
    checks.check(mode.st_mode & 0o777 == 0o640 and mode.st_uid == 0 and account and mode.st_gid == account.pw_gid
                 and re.search(r"^admin full [A-Za-z0-9_-]{43}$", TOKENS.read_text(), re.MULTILINE),
                 "a token for the administration is made, for root and the service only")
    status, output = run("systemd-analyze", "verify", "--man=no", UNIT)
    checks.check(status == 0 and not output, f"systemd-analyze verify has nothing to say {output}")
    checks.check(ENABLED.is_symlink(), "the service is enabled")
    status, output = run("dpkg", "--verify", "distinguo")
    checks.check(status == 0 and not output, f"dpkg --verify finds every file as it was packed {output}")
    status, output = run("ldd", "/usr/bin/distinguo")
    checks.check("not found" not in output and "swift" not in output, "the binary finds its libraries, and needs no Swift's")
    for model in ["traffic-signs", "flowers"]:
        status, output = run("distinguo", "verify", MODELS / model)
        checks.check(status == 0, output)
    checks.check(account and {path.lstat().st_uid for path in MODELS.rglob("*")} == {account.pw_uid},
                 "the models are copied to where the service can change them")


def serves():
    """The unit's ExecStart as the unit's user, with its environment and credential, and no privilege."""
    text = UNIT.read_text()
    command = shlex.split(re.search(r"^ExecStart=(.*)$", text, re.MULTILINE).group(1))
    name, source = re.search(r"^LoadCredential=([^:]+):(.*)$", text, re.MULTILINE).groups()
    variables = dict(re.findall(r"^Environment=([A-Z_]+)=(.*)$", text, re.MULTILINE))
    account = user()
    port, admin = free_port(), free_port()
    with Manager() as manager, tempfile.TemporaryDirectory() as credentials, tempfile.NamedTemporaryFile() as log:
        shutil.copy(source, f"{credentials}/{name}")
        for path, mode in [(f"{credentials}/{name}", 0o400), (credentials, 0o500)]:
            os.chown(path, account.pw_uid, account.pw_gid)
            os.chmod(path, mode)
        process = subprocess.Popen(
            ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups", "--no-new-privs",
             "--bounding-set=-all", "--inh-caps=-all", *command],
            stdout=log, stderr=log, cwd="/", umask=0o077,
            env={"PATH": "/usr/bin:/bin", "NOTIFY_SOCKET": manager.address, "DISTINGUO_SERVER_PORT": f"{port}",
                 "DISTINGUO_ADMIN_LISTEN": f"127.0.0.1:{admin}",
                 **{key: value.replace("%d", credentials) for key, value in variables.items()}})
        ready = manager.wait("READY=1")
        output = pathlib.Path(log.name).read_text()
        checks.check(ready, "the service becomes ready" if ready else output)
        if ready:
            checks.check("selection key" not in output, "it has its selection key")
            for model in ["traffic-signs", "flowers"]:
                sample = next(pathlib.Path(f"/usr/share/distinguo/models/{model}/current/samples").iterdir())
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
                connection.request("POST", f"/v1/models/{model}/classify", sample.read_bytes())
                response = connection.getresponse()
                body = response.read().decode()
                connection.close()
                checks.check(response.status == 200 and '"outcome"' in body, f"{model} answers: {response.status} {body[:80]}")
            status, output = run("distinguo", "models", "list", "--url", f"http://127.0.0.1:{admin}", "--token-file", TOKENS)
            checks.check(status == 0 and "traffic-signs" in output and "flowers" in output,
                         f"root administrates by the token that was made: {output}")
            status, output = run("distinguo", "models", "list", "--url", f"http://127.0.0.1:{admin}", "--token-file", KEY)
            checks.check(status != 0, f"and by nothing else: {output}")
            kept = {path.name: path.stat().st_mode & 0o777 for path in MODELS.parent.glob("state.sqlite*")}
            checks.check(kept and set(kept.values()) == {0o600}, f"its state is its own: {kept}")
        process.send_signal(signal.SIGTERM)
        checks.check(process.wait(60) == 0, "it ends with status 0")
    wrong = CONFIGURATION.read_text().replace("port: 8080", "port: eighty")
    with tempfile.NamedTemporaryFile("w") as file:
        file.write(wrong)
        file.flush()
        status, output = run("distinguo", "serve", "--config", file.name, "--check")
        checks.check(status == 78 and "server.port is 'eighty'" in output, f"a wrong configuration is refused: {output}")
    status, output = run("distinguo", "serve", "--config", CONFIGURATION, "--check")
    checks.check(status == 0, "the configuration that comes with it is right" if status == 0 else output)


def upgrades():
    key, tokens = KEY.read_bytes(), TOKENS.read_bytes()
    shutil.rmtree(MODELS / "flowers")
    changed = CONFIGURATION.read_text().replace("port: 8080", "port: 8090")
    CONFIGURATION.write_text(changed)
    status, output = run("dpkg", "--install", "--force-confdef", "--force-confold", package)
    checks.check(status == 0, f"installed once more {output if status else ''}")
    checks.check(KEY.read_bytes() == key and CONFIGURATION.read_text() == changed,
                 "the selection key and the changed configuration stay as they were")
    checks.check(TOKENS.read_bytes() == tokens and not (MODELS / "flowers").exists() and (MODELS / "traffic-signs").exists(),
                 "so do the token and the models")


def goes():
    pathlib.Path("/var/lib/distinguo/something").write_text("kept until the purge")
    status, output = run("dpkg", "--remove", "distinguo")
    checks.check(status == 0 and not pathlib.Path("/usr/bin/distinguo").exists() and not UNIT.exists(),
                 f"removed {output if status else ''}")
    checks.check(CONFIGURATION.exists() and KEY.exists() and TOKENS.exists() and pathlib.Path("/var/lib/distinguo/something").exists(),
                 "the configuration and the state stay until the purge")
    status, output = run("dpkg", "--purge", "distinguo")
    checks.check(status == 0 and installed() not in ("installed", "config-files"), f"purged {output if status else ''}")
    checks.check(not user() and "distinguo" not in {group.gr_name for group in grp.getgrall()}, "the user and the group are gone")


before = files()
describes_itself()
try:
    installs()
    serves()
    upgrades()
    goes()
finally:
    if installed() in ("installed", "config-files"):
        run("dpkg", "--purge", "distinguo")
left = sorted(files() - before)
mine = [path for path in left if "distinguo" in path]
checks.check(not mine, f"nothing is left {' '.join(mine)}")
checks.finish()
