"""Checks an evaluation's report: its figures against its verdicts, and the page in a headless Chromium.

    .venv/bin/python Tests/Reference/check_report.py [REPORT_FOLDER] [--screenshots FOLDER]

Without a folder, of a report that the Swift tests write of made-up verdicts, with labels that try to be markup.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import jsonschema
from playwright.sync_api import sync_playwright

import recompute_report
from browser import CHROMIUM
from clothes import ROOT, Checks

parser = argparse.ArgumentParser()
parser.add_argument("folder", type=pathlib.Path, nargs="?")
parser.add_argument("--screenshots", type=pathlib.Path)
arguments = parser.parse_args()
checks = Checks()
folder = arguments.folder
if folder is None:
    folder = pathlib.Path(tempfile.mkdtemp(prefix="distinguo-report-"))
    subprocess.run(["swift", "test", "--skip-build", "--filter", "ReportTests"], cwd=ROOT, check=True,
                   stdout=subprocess.DEVNULL, env={**os.environ, "DISTINGUO_SAMPLE_REPORT": str(folder)})
page = (folder / "report.html").resolve()
schema = json.loads((ROOT / "Sources/Evaluation/Report/report.schema.json").read_text())
validator = jsonschema.Draft202012Validator(schema)
faults = [fault.message for fault in validator.iter_errors(json.loads((folder / "report.json").read_text()))]
lines = validator.evolve(schema={**schema["$defs"]["verdict"], "$defs": schema["$defs"]})
faults += [fault.message for line in (folder / "verdicts.jsonl").read_text().splitlines() for fault in lines.iter_errors(json.loads(line))]
checks.check(not faults, f"report.json and verdicts.jsonl are as the schema says {faults[:3]}")
differences = recompute_report.check(folder)
checks.check(not differences, f"every figure and check follows from the verdicts {differences[:3]}")

with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
    for width, scheme, scripts in ((1100, "light", True), (1100, "dark", False), (400, "light", False), (400, "dark", True)):
        what = f"{width} px, {scheme}, scripts {'on' if scripts else 'off'}"
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=scripts)
        tab, faults = context.new_page(), []
        tab.on("console", lambda message, faults=faults: faults.append(message.text))
        tab.on("pageerror", lambda error, faults=faults: faults.append(str(error)))
        tab.on("request", lambda request, faults=faults: faults.append(request.url)
               if not request.url.startswith(("file:", "data:")) else None)
        tab.goto(page.as_uri())
        if arguments.screenshots:
            tab.screenshot(path=arguments.screenshots / f"report-{width}-{scheme}.png", full_page=True)
        if scripts:
            overflow = tab.evaluate("document.documentElement.scrollWidth - innerWidth")
            checks.check(overflow <= 0, f"{what}: nothing is wider than the window ({overflow})")
            broken = tab.evaluate("[...document.images].filter(image => !image.naturalWidth || !image.alt).length")
            checks.check(broken == 0, f"{what}: {tab.evaluate('document.images.length')} pictures are there and described")
            dim = tab.evaluate("""() => {
                const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true })
                const light = colour => {
                    canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1)
                    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map(v => v / 255)
                        .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
                        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0)
                }
                const ground = element => {
                    for (; element; element = element.parentElement) {
                        const colour = getComputedStyle(element).backgroundColor
                        if (colour !== "rgba(0, 0, 0, 0)") return colour
                    }
                    return "white"
                }
                return [...document.querySelectorAll("p, li, td, th, caption, figcaption, h1, h2, h3, .light")].filter(element => {
                    const [a, b] = [light(getComputedStyle(element).color), light(ground(element))].sort((x, y) => y - x)
                    return (a + 0.05) / (b + 0.05) < 4.5
                }).map(element => element.textContent.slice(0, 40))
            }""")
            checks.check(not dim, f"{what}: text stands out from its ground 4.5 times {dim[:3]}")
        checks.check(not faults, f"{what}: no request, no message {faults[:3]}")
        headings = tab.locator("h1, h2, h3").all_inner_texts()
        checks.check(len(headings) > 6 and tab.locator("h1").count() == 1, f"{what}: {len(headings)} headings")
        context.close()
    browser.close()
checks.finish()
