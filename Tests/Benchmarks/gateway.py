"""The gateway's speed beside its rivals', with the goals it is held to.

    make bench-gateway   or   /usr/bin/python3 Tests/Benchmarks/gateway.py [--only echo|classify|cost|idle|start]
                                  [--rounds 5] [--seconds 4] [--precision auto] [--json FILE]

Servers and client (wrk, one thread) share the machine's cores. The contestants of a row are started and warmed up once and
run in turn (A B A B ...), those whose turn it is not being stopped by SIGSTOP, so that whatever else the machine does meets
them alike. Figures are medians over the rounds, ratios medians of each round's ratio. Any answer but a 2xx fails the row.

echo      a 10 KiB POST answered by a small JSON: HTTPServer against hummingbird 2, both a release build without router and log
classify  JPEGs of traffic signs: the gateway with the whole defence and its log, against mosec and LitServe with the
          undefended Student on onnxruntime, without log, each set up in the way (SETTINGS) that is best for that number of
          connections, which is found out first; p50 decides at one connection, requests a second at more
cost      the gateway at 64 connections against `distinguo bench pipeline` on as many threads, at its best batch size
idle      memory of 5,000 idle keep-alive connections, and what they cost the others, with the echo and with the gateway
start     from the process's start to the first 200 of /readyz

The rivals are installed from PyPI into .venv-bench (rivals/requirements.txt) and built from HummingbirdEcho/. Exits with 1 if a
row misses its goal, 2 if rows could not be measured.
"""

import argparse
import contextlib
import json
import os
import pathlib
import platform
import re
import resource
import statistics
import subprocess
import sys
import tempfile

from load import Failed, IdleConnections, Server, free_port, wrk

here = pathlib.Path(__file__).resolve().parent
root = here.parents[1]
BUNDLE = root / "Models/traffic-signs/current"
VENV = root / ".venv-bench"
ECHO_BYTES = 10 << 10
IDLE_CONNECTIONS = 5000
CORES = len(os.sched_getaffinity(0))

# What mosec and LitServe are tried with: worker processes, onnxruntime's threads in each, dynamic batching, and what is
# their own. Each was among the best at some number of connections on two cores; what never was is left out.
SETTINGS = {
    "mosec": [
        dict(stages=1, workers=1, threads=1, spins=False, batch=1, wait_ms=1),
        dict(stages=1, workers=1, threads=2, spins=True, batch=1, wait_ms=1),
        dict(stages=1, workers=2, threads=1, spins=False, batch=16, wait_ms=1),
        dict(stages=1, workers=3, threads=1, spins=False, batch=8, wait_ms=1),
        dict(stages=2, decoders=2, workers=1, threads=2, spins=False, batch=16, wait_ms=1),
    ],
    "litserve": [
        dict(servers=1, workers=1, threads=1, spins=False, batch=1, wait_ms=0, fast_queue=False),
        dict(servers=1, workers=2, threads=1, spins=False, batch=1, wait_ms=0, fast_queue=False),
        dict(servers=1, workers=2, threads=1, spins=False, batch=8, wait_ms=1, fast_queue=True),
        dict(servers=1, workers=2, threads=1, spins=False, batch=16, wait_ms=1, fast_queue=False),
        dict(servers=2, workers=2, threads=1, spins=False, batch=16, wait_ms=1, fast_queue=True),
    ],
}

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--binary", type=pathlib.Path, default=root / ".build/release/distinguo")
parser.add_argument("--only", choices=["echo", "classify", "cost", "idle", "start"], action="append",
                    help="only these rows; may be given several times")
parser.add_argument("--rounds", type=int, default=5)
parser.add_argument("--seconds", type=int, default=4, help="how long each measurement of a round takes")
parser.add_argument("--precision", default="auto", choices=["float32", "bfloat16", "auto"],
                    help="what the gateway computes in")
parser.add_argument("--json", type=pathlib.Path, help="write the results there too")
arguments = parser.parse_args()

kept = tempfile.TemporaryDirectory(prefix="distinguo-bench-")
scratch = pathlib.Path(kept.name)
results, failures = [], []


def note(text):
    print(text, file=sys.stderr, flush=True)


def row(work, unit, ours, rival, theirs, ratio, goal, met, **details):
    results.append(dict(work=work, unit=unit, distinguo=ours, rival=rival, rival_value=theirs, ratio=ratio, goal=goal,
                        met=met, **details))


# MARK: What is started

def logged(name):
    return scratch / f"{name}-{len(list(scratch.iterdir()))}.log"


def echo_server(name, binary):
    if not binary.exists():
        raise Failed(f"{binary} is not there; `make bench-gateway` builds it")
    port = free_port()
    return Server(name, [binary, port], port, "/echo", logged(name))


def answers_echo(server):
    status, body = server.request("POST", "/echo", bytes(ECHO_BYTES))
    return status == 200 and json.loads(body) == {"bytes": ECHO_BYTES}


def gateway():
    """The gateway as it is by default, but for the precision, and with no other model than the one measured."""
    models = scratch / "models"
    if not models.exists():
        models.mkdir()
        (models / "traffic-signs").symlink_to(BUNDLE.parent)
    port = free_port()
    return Server("distinguo", [arguments.binary, "serve", "--models", models, "--port", port], port,
                  "/v1/classify", logged("distinguo"), {"DISTINGUO_MODELS_PRECISION": arguments.precision})


def is_ready(server):
    return server.request("GET", "/readyz")[0] == 200


def rival(name, settings):
    port = free_port()
    environment = {
        "RIVAL_BUNDLE": str(BUNDLE), "RIVAL_SETTINGS": json.dumps(settings), "RIVAL_PORT": str(port),
        "MOSEC_PORT": str(port), "MOSEC_ADDRESS": "127.0.0.1", "MOSEC_LOG_LEVEL": "error", "OMP_NUM_THREADS": "1",
    }
    command = [VENV / "bin/python", here / f"rivals/{name}_server.py"]
    return Server(name, command, port, "/inference", logged(name), environment)


def labels(server, files):
    """The Student's label of each picture, which shows that the answers are right."""
    found = {}
    for file in files:
        status, body = server.request("POST", server.path, file.read_bytes(), {"Content-Type": "image/jpeg"})
        if status != 200:
            raise Failed(f"{server.name} answers {file.name} with {status}: {body[:300]!r}")
        answer = json.loads(body)
        found[file.stem] = answer.get("student", answer)["label"]
    return found


def answers_pictures(files):
    return lambda server: len(labels(server, files[:1])) == 1


def prepare_rivals():
    """Makes .venv-bench, unless it is there with these very requirements."""
    requirements, done = here / "rivals/requirements.txt", VENV / "requirements.txt"
    if done.exists() and done.read_text() == requirements.read_text():
        return
    note("installing the rivals into .venv-bench")
    subprocess.run(["/usr/bin/python3", "-m", "venv", "--clear", VENV], check=True)
    subprocess.run([VENV / "bin/pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", requirements],
                   check=True)
    done.write_text(requirements.read_text())


def pictures():
    prepare_rivals()
    folder = scratch / "pictures"
    if not folder.exists():
        folder.mkdir()
        subprocess.run([VENV / "bin/python", here / "rivals/samples.py", BUNDLE, folder], check=True)
    return sorted(folder.iterdir())


def payload():
    file = scratch / "echo.bin"
    file.write_bytes(bytes(index * 7 % 256 for index in range(ECHO_BYTES)))
    return file


# MARK: Taking turns

def in_turn(contestants, measure):
    """Each contestant's measurements, a list of dictionaries, one a round."""
    outcomes = {name: [] for name in contestants}
    for server in contestants.values():
        server.pause()
    for _ in range(arguments.rounds):
        for name, server in contestants.items():
            server.resume()
            outcomes[name].append(measure(server))
            server.pause()
    return outcomes


def median(outcomes, key):
    return statistics.median(outcome[key] for outcome in outcomes)


def ratio(ours, theirs, key):
    return statistics.median(a[key] / b[key] for a, b in zip(ours, theirs))


def compare(work, key, unit, ours, rival_name, theirs, goal, **details):
    """A row: `goal` is a sign, at least or at most, and the ratio."""
    sign, bound = goal
    value = ratio(ours, theirs, key)
    met = value >= bound if sign == ">=" else value <= bound
    row(work, unit, median(ours, key), rival_name, median(theirs, key), value, f"{sign} {bound}", met, **details,
        rounds=[ours, theirs])


# MARK: Rows

def echo():
    files = [payload()]
    with contextlib.ExitStack() as stack:
        contestants = {
            "distinguo": stack.enter_context(echo_server("distinguo", root / ".build/release/EchoServer")),
            "hummingbird": stack.enter_context(
                echo_server("hummingbird", root / ".build-hummingbird/release/HummingbirdEcho")),
        }
        for server in contestants.values():
            server.wait_until(answers_echo)
            wrk(server, 16, 1, "application/octet-stream", files)
        for connections in (16, 256):
            note(f"echo, {connections} connections")
            outcomes = in_turn(contestants, lambda server: wrk(
                server, connections, arguments.seconds, "application/octet-stream", files))
            ours, theirs = outcomes.values()
            work = f"10 KiB POST, {connections} connections"
            compare(work, "rps", "requests/s", ours, "hummingbird", theirs, (">=", 1.0))
            compare(f"{work}, p99", "p99", "ms", ours, "hummingbird", theirs, ("<=", 1.0))


def best_settings(name, files, counts):
    """The settings with which a rival is best at each number of connections: p50 at one, requests a second at more."""
    best = {}
    for settings in SETTINGS[name]:
        with rival(name, settings) as server:
            server.wait_until(answers_pictures(files))
            for connections in counts:
                outcome = wrk(server, connections, 2, "image/jpeg", files)
                score = -outcome["p50"] if connections == 1 else outcome["rps"]
                if connections not in best or score > best[connections][0]:
                    best[connections] = score, settings
    return {connections: settings for connections, (_, settings) in best.items()}


def classify():
    files, counts = pictures(), (1, 16, 64)
    chosen = {}
    for name in SETTINGS:
        note(f"looking for the best settings of {name}")
        chosen[name] = best_settings(name, files, counts)
    with contextlib.ExitStack() as stack:
        ours = stack.enter_context(gateway())
        ours.wait_until(is_ready)
        expected = labels(ours, files)
        ours.pause()
        rivals = {}
        for name, settings in chosen.items():
            for each in settings.values():
                if (name, json.dumps(each)) not in rivals:
                    server = rivals[name, json.dumps(each)] = stack.enter_context(rival(name, each))
                    server.wait_until(answers_pictures(files))
                    found = labels(server, files)
                    if found != expected:
                        raise Failed(f"the labels of {name} are not the gateway's: {found}, {expected}")
                    server.pause()
        for connections in counts:
            note(f"classify, connections: {connections}")
            contestants = {"distinguo": ours}
            for name in chosen:
                contestants[name] = rivals[name, json.dumps(chosen[name][connections])]
            for server in contestants.values():
                server.resume()
                wrk(server, connections, 1, "image/jpeg", files)
                server.pause()
            outcomes = in_turn(contestants, lambda server: wrk(server, connections, arguments.seconds, "image/jpeg", files))
            work = f"classify, {connections} connection{'s' if connections > 1 else ''}"
            for name in chosen:
                details = dict(settings=chosen[name][connections])
                if connections == 1:
                    compare(f"{work}, p50", "p50", "ms", outcomes["distinguo"], name, outcomes[name], ("<=", 1.0), **details)
                else:
                    compare(work, "rps", "requests/s", outcomes["distinguo"], name, outcomes[name], (">=", 2.0), **details)


def pipeline(files, batches):
    """Pictures a second of the bare pipeline at its best batch size, and that size."""
    command = [arguments.binary, "bench", "pipeline", "--model", BUNDLE.parent, "--threads", CORES,
               "--precision", arguments.precision, "--seconds", arguments.seconds, *files, "--batch", *batches]
    output = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    rates = {int(size): float(rate) for size, rate in re.findall(r"batch +(\d+): +([\d.]+) pictures", output.stdout)}
    if output.returncode != 0 or not rates:
        raise Failed(f"distinguo bench pipeline: {output.stdout[-500:]}{output.stderr[-500:]}")
    best = max(rates, key=rates.get)
    return rates[best], best


def cost():
    files = pictures()
    note("the bare pipeline, at each batch size")
    _, batch = pipeline(files, [1, 2, 4, 8, 16, 32])
    note("cost of the gateway")
    ours, theirs = [], []
    with gateway() as server:
        server.wait_until(is_ready)
        wrk(server, 64, 1, "image/jpeg", files)
        for _ in range(arguments.rounds):
            server.resume()
            ours.append(wrk(server, 64, arguments.seconds, "image/jpeg", files)["rps"])
            server.pause()
            theirs.append(pipeline(files, [batch])[0])
    value = statistics.median(a / b for a, b in zip(ours, theirs))
    row("cost of the gateway, 64 connections", "images/s", statistics.median(ours),
        f"bare pipeline, {CORES} threads, batch {batch}", statistics.median(theirs), value, ">= 0.85", value >= 0.85)


def descriptors(count):
    """Raises the limit of open files, for this process and what it starts."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most != resource.RLIM_INFINITY and most < count:
        raise Failed(f"{count} descriptors are needed and `ulimit -Hn` allows {most}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (count, most))


def idle():
    descriptors(IDLE_CONNECTIONS + 1000)
    asks = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"
    echoes = b"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}"
    note("idle connections, echo")
    with echo_server("distinguo", root / ".build/release/EchoServer") as server:
        server.wait_until(answers_echo)
        idle_beside("echo", server, echoes, "application/octet-stream", [payload()])
    note("idle connections, gateway")
    files = pictures()
    with gateway() as server:
        server.wait_until(is_ready)
        idle_beside("classify", server, asks, "image/jpeg", files)


def idle_beside(what, server, request, kind, files):
    """With and without the idle ones in turn; their memory is what the first 5,000 take of a server that is warm."""
    wrk(server, 16, 2, kind, files)
    without, beside, growth = [], [], []
    for _ in range(arguments.rounds):
        without.append(wrk(server, 16, arguments.seconds, kind, files))
        before = server.resident_bytes()
        with IdleConnections(server, IDLE_CONNECTIONS, request) as connections:
            growth.append((server.resident_bytes() - before) / IDLE_CONNECTIONS / 1024)
            beside.append(wrk(server, 16, arguments.seconds, kind, files))
            connections.check()
    work = f"{IDLE_CONNECTIONS:,} idle connections, {what}"
    # Later rounds reuse what the first one took, so its growth counts.
    row(f"{work}, memory of each", "KiB", growth[0], "-", None, None, "<= 16", growth[0] <= 16)
    compare(f"{work}, p99 of 16 others", "p99", "ms", beside, "without them", without, ("<=", 1.3))


def start():
    note("start")
    times = []
    for _ in range(arguments.rounds):
        with gateway() as server:
            times.append(server.wait_until(is_ready, pause=0.005))
    value = statistics.median(times)
    row("start to ready, traffic-signs", "s", value, "-", None, None, "<= 1", value <= 1)


# MARK: The table

def machine():
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    name = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())
    return dict(processor=name, cores=CORES, kernel=platform.release(), load=os.getloadavg()[0],
                rivals=(here / "rivals/requirements.txt").read_text().split("\n")[1:-1])


def figure(value, unit):
    places = 0 if value >= 1000 else 1 if value >= 100 else 2
    return f"{value:,.{places}f} {unit}"


def print_table(about):
    print(f"\n{about['processor']}, {about['cores']} cores, load {about['load']:.1f} at the start; gateway in "
          f"{arguments.precision}; medians of {arguments.rounds} rounds of {arguments.seconds} s\n")
    print(f"{'work':54}{'distinguo':>20}  {'rival':60}{'ratio':>6}  goal")
    for result in results:
        unit, theirs = result["unit"], result["rival"]
        if result["rival_value"] is not None:
            theirs += f" {figure(result['rival_value'], unit)}"
        value = "" if result["ratio"] is None else f"{result['ratio']:.2f}"
        print(f"{result['work']:54}{figure(result['distinguo'], unit):>20}  {theirs:60}{value:>6}  "
              f"{result['goal']} {'met' if result['met'] else 'MISSED'}")
        if "settings" in result:
            print("    " + ", ".join(f"{key} {value}" for key, value in result["settings"].items()))
    for failure in failures:
        print(f"NOT MEASURED: {failure['row']}: {failure['reason']}")


if __name__ == "__main__":
    about = machine()
    if about["load"] > 0.5:
        note(f"the load is {about['load']:.1f}: something else is running, and will be in the figures")
    for measure in (echo, classify, cost, idle, start):
        if arguments.only and measure.__name__ not in arguments.only:
            continue
        try:
            measure()
        except (Failed, OSError, subprocess.CalledProcessError) as error:
            failures.append(dict(row=measure.__name__, reason=str(error)))
            note(f"FAILED: {measure.__name__}: {error}")
    print_table(about)
    if arguments.json:
        arguments.json.write_text(json.dumps(dict(
            machine=about, rounds=arguments.rounds, seconds=arguments.seconds, precision=arguments.precision, rows=results,
            failures=failures), indent=2) + "\n")
    sys.exit(2 if failures else 0 if all(result["met"] for result in results) else 1)
