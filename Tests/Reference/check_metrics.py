"""Holds a running gateway's metrics against Prometheus' own tools: promtool, and the parsers of its Python client.

    .venv/bin/python Tests/Reference/check_metrics.py http://127.0.0.1:8080/metrics

The gateway may be at work meanwhile. One line for each check and a closing line `N passed, M failed, K skipped`; fails if
anything failed.
"""

import argparse
import math
import pathlib
import subprocess
import sys
import time
import urllib.request

from prometheus_client import parser as prometheus
from prometheus_client.openmetrics import parser as openmetrics

import clothes

PROMTOOL = pathlib.Path(sys.executable).with_name("promtool")
PROMETHEUS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"
OPENMETRICS_ACCEPT = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
PROCESS = ["process_cpu_seconds_total", "process_max_fds", "process_open_fds", "process_resident_memory_bytes",
           "process_start_time_seconds", "process_threads", "process_virtual_memory_bytes"]

options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
options.add_argument("url", help="where the metrics are")
url = options.parse_args().url
checks = clothes.Checks()


def scrape(accept=None):
    """Status, media type and text."""
    request = urllib.request.Request(url, headers={"Accept": accept} if accept else {})
    with urllib.request.urlopen(request, timeout=10) as response:
        return response.status, response.headers["Content-Type"], response.read().decode()


def samples(families):
    """Every sample's value by name and labels."""
    return {(sample.name, tuple(sorted(sample.labels.items()))): sample.value for family in families for sample in family.samples}


def growing(families):
    """The samples that may only grow: of counters, and of histograms whose observations are not negative."""
    return samples(family for family in families if family.type in ("counter", "histogram"))


def check_histogram(family):
    """What is wrong with a histogram, in words; nothing if nothing is."""
    series = {}
    for sample in family.samples:
        labels = {name: value for name, value in sample.labels.items() if name != "le"}
        one = series.setdefault(tuple(sorted(labels.items())), {"buckets": []})
        if sample.name.endswith("_bucket"):
            one["buckets"].append((float(sample.labels["le"]), sample.value))
        else:
            one[sample.name.removeprefix(family.name)] = sample.value
    for labels, one in series.items():
        bounds = [bound for bound, _ in one["buckets"]]
        counts = [count for _, count in one["buckets"]]
        if bounds != sorted(set(bounds)) or not bounds or bounds[-1] != math.inf:
            return f"{labels}: bounds {bounds}"
        if counts != sorted(counts):
            return f"{labels}: buckets are not cumulative: {counts}"
        if one.get("_count") != counts[-1]:
            return f"{labels}: a count of {one.get('_count')}, and {counts[-1]} in the last bucket"
        if not 0 <= one.get("_sum", -1) < math.inf:
            return f"{labels}: a sum of {one.get('_sum')}"
    return None


status, media_type, text = scrape()
checks.check(status == 200 and media_type == PROMETHEUS_TYPE, f"status {status}, {media_type}")

if PROMTOOL.exists():
    run = subprocess.run([PROMTOOL, "check", "metrics"], input=text, capture_output=True, text=True)
    checks.check(run.returncode == 0 and not run.stdout + run.stderr,
                 f"promtool check metrics: {(run.stdout + run.stderr).strip() or 'silent'}")
else:
    checks.skip(f"{PROMTOOL} is not there; `make setup-test` fetches it")

first = list(prometheus.text_string_to_metric_families(text))
lines = [line for line in text.splitlines() if line and not line.startswith("#")]
checks.check(len(samples(first)) == len(lines), f"the Python client reads {len(samples(first))} series in {len(lines)} lines")
names = {name for name, _ in samples(first)}
absent = sorted(set(PROCESS) - names)
checks.check(not absent, f"the process' figures are there{', but for ' if absent else ''}{', '.join(absent)}")
checks.check(all(family.documentation and family.type != "unknown" for family in first),
             f"each of {len(first)} families has help and a type")

histograms = [family for family in first if family.type == "histogram"]
faults = [f"{family.name} {fault}" for family in histograms if (fault := check_histogram(family))]
checks.check(histograms and not faults, f"{len(histograms)} histograms are consistent{': ' if faults else ''}{'; '.join(faults)}")

# The first request is counted once its answer is out, which another thread may see a moment later.
requests = "distinguo_http_requests_total"
for _ in range(20):
    second = list(prometheus.text_string_to_metric_families(scrape()[2]))
    before, after = growing(first), growing(second)
    grown = [sum(value for (name, _), value in numbers.items() if name == requests) for numbers in (before, after)]
    if grown[1] > grown[0]:
        break
    time.sleep(0.1)
checks.check(grown[1] > grown[0], f"{requests} goes from {grown[0]:.0f} to {grown[1]:.0f} by being asked for")
fallen = [f"{key}: {before[key]} to {after.get(key)}" for key in before if not after.get(key, -1) >= before[key]]
checks.check(not fallen, f"none of {len(before)} counters and buckets goes back or away{': ' if fallen else ''}{'; '.join(fallen)}")

status, media_type, text = scrape(OPENMETRICS_ACCEPT)
checks.check(status == 200 and media_type == OPENMETRICS_TYPE, f"OpenMetrics: status {status}, {media_type}")
try:
    strict = list(openmetrics.text_string_to_metric_families(text))
    absent = sorted({name for name, _ in growing(second)} - {name for name, _ in samples(strict)})
    checks.check(not absent, f"OpenMetrics: the strict parser reads {len(strict)} families, those of the other format"
                             f"{', but for ' if absent else ''}{', '.join(absent)}")
except ValueError as error:
    checks.check(False, f"OpenMetrics: {error}")

checks.finish()
