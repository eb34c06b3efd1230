"""The administration's web page, served by a running gateway to a headless Chromium, and used as people use it.

    .venv/bin/python Tests/Reference/check_page.py [--binary FILE] [--screenshots FOLDER]

Needs Debian's chromium. One line for each check and a closing line `N passed, M failed, K skipped`; fails if anything
failed.
"""

import argparse
import pathlib
import re
import shutil
import sys
import tempfile

from PIL import Image
from playwright.sync_api import TimeoutError as Late

import browser
import clothes
from gateway import BINARY, ROOT, Gateway, settled, shipped

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--binary", type=pathlib.Path, default=BINARY)
parser.add_argument("--screenshots", type=pathlib.Path, help="a folder for pictures of every view")
options = parser.parse_args()
binary = options.binary.resolve()
if not binary.exists():
    sys.exit(f"{binary} is not there; `make build` makes it")
if not pathlib.Path(browser.CHROMIUM).exists():
    sys.exit(f"{browser.CHROMIUM} is not there; `make setup-test` installs it")

checks = clothes.Checks()
scratch = tempfile.TemporaryDirectory()
folder = pathlib.Path(scratch.name).resolve()

SAMPLES = ROOT / "Models/samples"
STOP = SAMPLES / "traffic-signs/stop-1.png"
DAISY = SAMPLES / "flowers/daisy-1.jpg"
ADVERSARIAL = SAMPLES / "adversarial/stop-as-yield-1.png"
POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
          "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'")
# The token of somebody who comes later.
BOB = "b" * 40
# The signs' version after those that there are: it is no good.
UNSOUND = shipped("traffic-signs")[-1] + 1
# Where one is sure that a view has what it shows.
VIEWS = {"live": "#differentiators table", "review": "#rejections img", "models": "#model-list article",
         "retraining": "#jobs li", "try": "#drop", "audit": "#audit-list table"}


def make_models():
    """The committed models, to be changed: the flowers in two versions, and the signs with one more that is no good."""
    models = folder / "models"
    for name in ("flowers", "traffic-signs"):
        shutil.copytree(ROOT / "Models" / name, models / name, symlinks=True)
    broken = shutil.copytree(models / f"traffic-signs/{UNSOUND - 1}", models / f"traffic-signs/{UNSOUND}")
    (broken / "calibration.json").write_text("{}")
    return models


def make_pictures():
    """Pictures that a retraining takes a while with, and that nothing would come of."""
    labels = ["bluebell", "buttercup", "colts-foot", "daisy", "dandelion", "fritillary", "iris", "lily-valley", "pansy",
              "sunflower", "tigerlily", "windflower"]
    for number, label in enumerate(labels):
        place = folder / "data/pictures" / label
        place.mkdir(parents=True)
        for picture in range(30):
            Image.new("RGB", (160, 160), (number * 20, picture * 8, 128)).save(place / f"{picture}.png")


# MARK: What is seen

def shows(tab, selector, text=None, seconds=20):
    """Whether something comes to be seen, with a text in it if one is given."""
    try:
        tab.page.locator(selector, has_text=text).first.wait_for(timeout=1000 * seconds)
        return True
    except Late:
        return False


def says(tab, text):
    """Whether the page says something at its foot."""
    return shows(tab, "#messages", text)


def text(tab, selector):
    return tab.page.locator(selector).first.inner_text()


def number(tab, term):
    """The figure beneath a term."""
    value = tab.page.locator(f".tile:has(dt:text-is('{term}')) strong:visible").inner_text()
    return float(re.sub("[^0-9.]", "", value))


def sign_in(tab, token, view="live"):
    tab.page.goto(f"{tab.address}#{view}")
    tab.page.fill("#token", token)
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_selector(f"#{view}:visible")


def go(tab, view):
    tab.page.click(f"#views a[href='#{view}']")
    tab.page.wait_for_selector(f"{VIEWS[view]}:visible")


def confirm(tab):
    tab.page.wait_for_selector("#confirmation[open]")
    tab.page.click("#confirmation-yes")


def end(tab, name):
    """Nothing happened beside."""
    checks.check(not tab.faults, f"{name}: no request elsewhere, no violation of the policy, no error {tab.faults or ''}")
    tab.context.close()


# MARK: The checks

def check_files(gateway):
    answer = gateway.admin("GET", "/", token=None)
    checks.check(answer.fields["Content-Security-Policy"] == POLICY, "the page's policy allows it nothing but its own server")
    page = answer.body.decode()
    inline = re.findall(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|javascript:|https?://(?!www\.w3\.org)", page)
    checks.check(not inline, f"the document has no script and no style of its own {inline or ''}")
    scripts = [path.read_text() for path in (ROOT / "Sources/AdminPage/Files").glob("*.js")]
    found = [word for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function")
             if any(word in script for script in scripts)]
    checks.check(scripts and not found, f"no script makes markup or code out of text {found or ''}")


def check_sign_in(tab, gateway):
    page = tab.page
    tab.expected = {401}
    page.goto(tab.address)
    page.fill("#token", "not-a-token-" * 3)
    page.keyboard.press("Enter")
    checks.check(shows(tab, "#sign-in-problem", "does not know this token"), "a wrong token is said to be unknown")
    checks.check(page.locator("#views").is_hidden(), "and lets nobody in")
    page.fill("#token", "ein Schlüssel mit Leerzeichen, der keiner ist")
    page.keyboard.press("Enter")
    checks.check(shows(tab, "#sign-in-problem", "without spaces"), "what cannot be a token is not even sent")
    page.fill("#token", gateway.tokens["alice"])
    page.keyboard.press("Enter")
    checks.check(shows(tab, "#live") and shows(tab, "#actor", "alice, full"), "the right one lets in, and says who one is")
    tab.expected = set()
    stored = page.evaluate("[JSON.stringify(sessionStorage), JSON.stringify(localStorage), document.cookie]")
    checks.check(gateway.tokens["alice"] in stored[0] and gateway.tokens["alice"] not in stored[1] + stored[2],
                 "the token is kept for this tab alone")
    checks.check(gateway.tokens["alice"] not in "".join(tab.requests), "and stands in no address")
    page.reload()
    checks.check(shows(tab, "#live"), "loaded anew, the tab is still signed in")
    page.click("#sign-out")
    checks.check(shows(tab, "#sign-in") and page.evaluate("sessionStorage.length") == 0, "signing out forgets the token")


def check_live(tab, gateway):
    checks.check(shows(tab, "#feed", "● live"), "the page listens to the gateway")
    before = number(tab, "Pictures judged")
    for _ in range(5):
        gateway.post(STOP.read_bytes())
    gateway.post(DAISY.read_bytes(), target="/v1/models/flowers/classify")
    gateway.post(ADVERSARIAL.read_bytes())
    checks.check(settled(lambda: number(tab, "Pictures judged") == before + 7), "verdicts appear as they are reached")
    checks.check(settled(lambda: number(tab, "Rejection rate") == round(100 / (before + 7), 1)), "and so does the rate of rejections")
    page = tab.page
    checks.check(shows(tab, "#last-rejections li", "taken for yield"), "a rejection appears by itself")
    picture = page.locator("#last-rejections li img").first
    checks.check(settled(lambda: picture.evaluate("(image) => image.complete && image.naturalWidth > 0")), "with its picture")
    checks.check(picture.get_attribute("src").startswith("blob:"), "which was fetched with the token")
    gone = page.evaluate("""(url) => new Promise((resolve) => {
        const image = new Image();
        image.onload = () => resolve(false);
        image.onerror = () => resolve(true);
        image.src = url;
    })""", picture.get_attribute("src"))
    checks.check(gone, "and whose address is given back")
    # That it is gone is an error to the browser.
    tab.faults = [fault for fault in tab.faults if "ERR_FILE_NOT_FOUND" not in fault]
    page.click("#live summary")
    checks.check(shows(tab, "#series td", f"{round(before) + 7}"), "the same is there as a table")
    page.click("#live summary")
    page.focus(".chart")
    page.keyboard.press("End")
    told = page.get_attribute(".chart", "aria-valuetext")
    checks.check(f"{round(before) + 7} pictures, 1 rejected" in told, f"arrow keys tell a moment's figures: {told}")
    page.select_option("#live-filters select", "flowers")
    checks.check(settled(lambda: number(tab, "Pictures judged") == 1), "a model can be looked at by itself")
    checks.check(shows(tab, "#differentiators h3", "flowers") and not page.is_visible("#differentiators h3:text('signs')"),
                 "with its differentiators")
    for window in ("minute", "day"):
        page.click(f"#live-filters label:has([value={window}])")
        checks.check(shows(tab, "#tiles", f"in the last {window}"), f"over a {window}, too")
    page.select_option("#live-filters select", "")
    page.click("#live-filters label:has([value=hour])")
    checks.check(settled(lambda: number(tab, "Pictures judged") == before + 7), "and all are again")


def check_review(tab, gateway):
    def record():
        return gateway.admin("GET", "/admin/v1/rejections").value["rejections"][0]

    go(tab, "review")
    page = tab.page
    card = page.locator("#rejections li").first
    checks.check("Taken for yield" in card.inner_text(), "a kept rejection is there to be reviewed")
    objections = card.locator("td:text('✕ objects')").count()
    checks.check(objections == sum(not opinion["agrees"] for opinion in record()["opinions"]), "with what each differentiator said")
    checks.check(record()["digest"] in card.locator(".facts").text_content(), "and the file's digest")
    card.locator("text=Adversarial").click()
    checks.check(says(tab, "Noted as adversarial"), "it is called adversarial")
    review = record()["review"]
    checks.check((review["kind"], review["actor"]) == ("adversarial", "alice"), "which the gateway has noted, with who said so")
    checks.check(settled(lambda: number(tab, "Confirmed") == 1 and number(tab, "Unreviewed") == 0), "and counts as confirmed")
    card.locator("text=Undo").click()
    checks.check(says(tab, "taken back") and record()["review"] is None, "that can be taken back")
    card.locator("select").select_option("stop")
    card.locator("text=Genuine").click()
    checks.check(says(tab, "genuine: stop") and record()["review"]["label"] == "stop", "it is called genuine, with what it shows")
    checks.check(settled(lambda: number(tab, "Overturned") == 1), "and counts as overturned")
    page.select_option("#review-filters [name=review]", "adversarial")
    checks.check(shows(tab, "#no-rejections", "There are none"), "what is looked for can be chosen")
    page.select_option("#review-filters [name=review]", "genuine")
    checks.check(shows(tab, "#rejections .verdict", "Genuine, shows stop"), "by what was said of it")
    page.select_option("#review-filters [name=review]", "unreviewed")
    checks.check(shows(tab, "#no-rejections", "Nothing waits"), "and nothing is left to do")
    # A sunflower is no traffic sign.
    gateway.post((SAMPLES / "flowers/sunflower-1.jpg").read_bytes())
    checks.check(shows(tab, "#newer", "Show 1 new rejection"), "a rejection that comes meanwhile does not push itself in")
    page.click("#newer")
    checks.check(shows(tab, "#rejections li", "Taken for"), "but is shown if one wants")
    card.locator(".thumbnail").click()
    checks.check(shows(tab, "#enlarged img"), "a picture is enlarged when it is pressed")
    page.keyboard.press("Escape")
    card.locator("text=Delete").click()
    page.keyboard.press("Escape")
    checks.check(len(gateway.admin("GET", "/admin/v1/rejections").value["rejections"]) == 2, "nothing is deleted unless one says so twice")
    card.locator("text=Delete").click()
    confirm(tab)
    checks.check(says(tab, "deleted") and len(gateway.admin("GET", "/admin/v1/rejections").value["rejections"]) == 1,
                 "a picture is deleted")


def check_trial(tab, gateway):
    def total():
        return gateway.get("/v1/metrics/rejections").value["totals"]["images"]

    go(tab, "try")
    page, before = tab.page, total()
    page.select_option("#try-filters select", "traffic-signs")
    page.set_input_files("#try-file", [STOP, ADVERSARIAL])
    checks.check(shows(tab, "#trials li:nth-child(1)", "✓ Accepted: stop"), "a picture that is tried gets a label")
    checks.check(shows(tab, "#trials li:nth-child(2)", "✕ Rejected"), "or is rejected")
    rows = page.locator("#trials li:nth-child(2) tbody tr")
    checks.check(rows.count() == 5 and rows.locator(".bar .mark").count() == 5, "with each score as a bar beside the threshold")
    # A file's name may be anything.
    name = "<img src=x onerror=alert(1)>\u202egnp.png"
    dropped = page.evaluate_handle("""async ([name, bytes]) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([new Uint8Array(bytes)], name, { type: "image/png" }));
        return transfer;
    }""", [name, list(STOP.read_bytes())])
    page.dispatch_event("#drop", "drop", {"dataTransfer": dropped})
    checks.check(shows(tab, "#trials li:nth-child(1) .verdict", "Accepted"), "a picture can be dropped")
    checks.check(page.locator("#trials h2").first.text_content() == name, "its name is text, whatever is in it")
    tab.expected = {415}
    page.set_input_files("#try-file", [ROOT / "README.md"])
    checks.check(shows(tab, "#trials li:nth-child(1) .problem", "JPEG, PNG or WebP"), "what is no picture is said to be none")
    tab.expected = set()
    checks.check(total() == before, "none of them is counted")


def check_models(tab, gateway):
    def serving():
        return gateway.post(DAISY.read_bytes(), target="/v1/models/flowers/classify").value["model"]["version"]

    go(tab, "models")
    page = tab.page
    old, new = shipped("flowers")[-2:]
    activate, back = f"[aria-label='Activate version {old} of flowers']", "[data-key='back flowers']"
    page.click(activate)
    checks.check(shows(tab, "#confirmation", f"takes the place of version {new}"), "before a version is activated one is asked")
    page.keyboard.press("Escape")
    checks.check(serving() == new, "and may change one's mind")
    page.click(activate)
    confirm(tab)
    checks.check(says(tab, f"Version {old} of flowers is current") and serving() == old, "a version is activated, and serves")
    checks.check(shows(tab, "article[aria-label=flowers]", f"Serves version {old}"), "the page shows so")
    page.click(back)
    confirm(tab)
    checks.check(says(tab, f"Version {new} of flowers is current again") and serving() == new, "it is rolled back")

    page.click(activate)
    page.wait_for_selector("#confirmation[open]")
    gateway.admin("POST", "/admin/v1/models/flowers/activate", {"version": old})
    tab.expected = {409}
    page.click("#confirmation-yes")
    checks.check(says(tab, f"Somebody else was faster: version {old} is current"), "who comes second is told so")
    tab.expected = set()
    gateway.admin("POST", "/admin/v1/models/flowers/activate", {"version": new})
    checks.check(shows(tab, "article[aria-label=flowers]", f"Serves version {new}"), "what somebody else activates is seen at once")
    page.click("[data-key='history flowers'] summary")
    checks.check(shows(tab, "[data-key='history flowers'] td", "rolled back"), "there is a history")
    page.click(f"[data-key='all flowers {old}'] summary")
    checks.check(shows(tab, f"[data-key='all flowers {old}'] table", "96.67"), "and all that is known of a version")
    checks.check(shows(tab, "article[aria-label=traffic-signs]", "✕ unsound"), "a version that cannot be used is said to be unsound")
    checks.check(not page.is_visible(f"[aria-label='Activate version {UNSOUND} of traffic-signs']"), "and cannot be activated")
    page.click(f"[aria-label='Delete version {UNSOUND} of traffic-signs']")
    confirm(tab)
    checks.check(says(tab, f"Version {UNSOUND} of traffic-signs is deleted") and not (folder / f"models/traffic-signs/{UNSOUND}").exists(),
                 "a version is deleted")


def check_retraining(tab, gateway):
    page = tab.page
    page.click("#views a[href='#retraining']")
    page.wait_for_selector("#retraining:visible")
    page.select_option("#retraining-form [name=model]", "flowers")
    page.check("#retraining-form [value=path]")
    page.fill("#retraining-form [name=path]", "/etc")
    tab.expected = {422}
    page.click("#retraining-form .primary")
    checks.check(shows(tab, "#retraining-problem", "/etc"), "pictures from elsewhere are refused, and why")
    page.check("#retraining-form [value=upload]")
    page.set_input_files("#retraining-form [name=archive]", [STOP])
    page.click("#retraining-form .primary")
    checks.check(shows(tab, "#retraining-problem", STOP.name), "and so is an archive that is none")
    tab.expected = set()
    page.check("#retraining-form [value=path]")
    page.fill("#retraining-form [name=path]", "pictures")
    page.select_option("#retraining-form [name=preset]", "quick")
    page.click("#retraining-form .primary")
    checks.check(says(tab, "accepted") and shows(tab, "#jobs li", "from pictures"), "a retraining is begun")
    checks.check(shows(tab, "#jobs .chip", "▶ at work", 60) and shows(tab, "#jobs progress", seconds=60), "its progress is seen")
    checks.check(shows(tab, "#jobs [aria-current=step]"), "and what it is doing")
    checks.check(shows(tab, "#unfinished", "1"), "everywhere on the page, too")
    page.click("#jobs button:text-is('Cancel')")
    confirm(tab)
    checks.check(shows(tab, "#jobs .chip", "■ cancelled", 60), "it is cancelled")
    job = gateway.admin("GET", "/admin/v1/retraining-jobs").value["jobs"][0]
    checks.check(job["state"] == "cancelled", f"and the gateway says so, too {job['reason'] or ''}")


def check_audit(tab):
    go(tab, "audit")
    told = text(tab, "#audit-list table")
    for action in ("rejection.review", "rejection.delete", "model.activate", "model.roll_back", "model.delete", "job.start", "job.cancel"):
        checks.check(action in told, f"the audit tells of {action}")


def check_keyboard(tab, gateway):
    """Nothing but keys, from the page's beginning to a review."""
    page = tab.page
    faults = []
    gateway.post((SAMPLES / "flowers/pansy-1.jpg").read_bytes())
    page.goto(tab.address)
    page.wait_for_selector("#token:focus")
    page.keyboard.type(gateway.tokens["alice"])
    page.keyboard.press("Enter")
    page.wait_for_selector("#live-title:focus")
    faults += tab.tab_to("#last-rejections button.thumbnail")
    # Past the end of the page it begins anew.
    faults += tab.tab_to("#skip")
    page.keyboard.press("Enter")
    checks.check(page.evaluate("document.activeElement.id") == "main", "the keyboard can skip what is on every view")
    faults += tab.tab_to("#live-filters select")
    faults += tab.tab_to("#skip")
    faults += tab.tab_to("#views a[href='#review']")
    page.keyboard.press("Enter")
    page.wait_for_selector("#review-title:focus")
    page.wait_for_selector("#rejections img")
    faults += tab.tab_to("#rejections li .judgement select")
    faults += tab.tab_to("#rejections li .judgement .actions button:nth-child(2)")
    page.keyboard.press("Enter")
    checks.check(says(tab, "Noted as adversarial"), "a rejection is reviewed with keys alone")
    checks.check(page.evaluate("document.activeElement.matches('.undo')"), "the focus is where it can be undone")
    page.keyboard.press("Enter")
    checks.check(says(tab, "taken back"), "and is undone with keys, too")
    checks.check(not faults, f"whatever has the focus shows it, and is seen {faults or ''}")


def check_reading(tab, gateway):
    """Who may only look."""
    page = tab.page
    sign_in(tab, gateway.tokens["rita"])
    checks.check(shows(tab, "#read-only", "switched off"), "who may only look is told so")
    for view, controls in (("review", "#rejections .judgement button, #rejections select"), ("models", "#model-list button"),
                           ("retraining", "#retraining-form :is(input, select, button), #jobs button")):
        go(tab, view)
        enabled = page.locator(f":is({controls}):visible:not(:disabled)").count()
        checks.check(page.locator(controls).count() > 0 and enabled == 0, f"nothing can be changed in {view}")
    go(tab, "try")
    page.set_input_files("#try-file", [STOP])
    checks.check(shows(tab, "#trials .verdict"), "but a picture can be tried")


def check_looks(open_tab, gateway, address):
    """Every view, narrow and wide, light and dark, as it is and as it is for those who do not see it."""
    for width, dark in ((1280, False), (1280, True), (400, False), (400, True), (320, False)):
        name = f"{width}-{'dark' if dark else 'light'}"
        tab = open_tab(address, width=width, dark=dark)
        tab.page.goto(address)
        faults = {"sign-in": tab.look()}
        picture(tab, f"sign-in-{name}")
        sign_in(tab, gateway.tokens["alice"])
        for view in VIEWS:
            go(tab, view)
            if view == "try":
                tab.page.set_input_files("#try-file", [STOP, ADVERSARIAL])
                tab.page.locator("#trials .verdict").nth(1).wait_for()
            tab.page.evaluate("for (const details of document.querySelectorAll('details')) details.open = true")
            faults[view] = tab.look()
            picture(tab, f"{view}-{name}")
        faults = {view: wrong for view, wrong in faults.items() if wrong}
        checks.check(not faults, f"{name}: names, headings, contrast, sizes, nothing wider than the window {faults or ''}")
        end(tab, name)


def picture(tab, name):
    if options.screenshots:
        options.screenshots.mkdir(parents=True, exist_ok=True)
        tab.page.screenshot(path=options.screenshots / f"{name}.png", full_page=True)


def check_theme(tab):
    page = tab.page

    def ground():
        return page.evaluate("getComputedStyle(document.body).backgroundColor")

    before = ground()
    page.click("#theme")
    light = ground()
    page.click("#theme")
    checks.check(before == light != ground(), "light and dark are as the system has them, or as one wants them")
    page.reload()
    checks.check(shows(tab, "#live") and ground() != light, "which is remembered")


def check_loss(tab, gateway):
    """The gateway goes, and comes back; then its tokens are others."""
    sign_in(tab, gateway.tokens["alice"])
    shows(tab, "#feed", "● live")
    # On its way out a gateway answers 503.
    tab.expected = {401, 429, 503}
    gateway.stop()
    checks.check(shows(tab, "#feed", "no connection"), "that the gateway is gone is said")
    checks.check(tab.page.is_visible("#live"), "and what was seen stays")
    # The later of two settings holds.
    port = gateway.admin_port
    with started(f"admin.listen=127.0.0.1:{port}") as gateway:
        gateway.admin_port = port
        checks.check(shows(tab, "#feed", "● live", 60), "when it is back, the page listens again by itself")
        gateway.token_file.write_text(f"# name role token\nbob full {BOB}\n")
        gateway.process.send_signal(1)
        checks.check(shows(tab, "#sign-in-problem", "does not know this token", 60), "a token that no longer holds signs out")
        wrong = {"Authorization": "Bearer " + "x" * 40}
        statuses = [gateway.admin("GET", "/admin/v1/overview", None, wrong, token=None).status for _ in range(12)]
        tab.page.fill("#token", BOB)
        tab.page.keyboard.press("Enter")
        checks.check(statuses[-1] == 429 and shows(tab, "#sign-in-problem", "Try again in"), "after too many wrong tokens one is told to wait")
        checks.check(tab.page.input_value("#token") == BOB, "and need not type the token again")
    # The network's errors are meant.
    tab.faults = [fault for fault in tab.faults if "ERR_" not in fault]
    end(tab, "a gateway that goes and comes back")


def started(*settings):
    """The gateway, always with the same models and the same state."""
    return Gateway("models.default=traffic-signs", "review.keep=true", f"retraining.data={folder / 'data'}", *settings,
                   binary=binary, models=models, admin=True, state=folder / "state")


models = make_models()
make_pictures()
with browser.browser() as open_tab, started() as gateway:
    address = f"http://127.0.0.1:{gateway.admin_port}/"
    check_files(gateway)
    tab = open_tab(address)
    check_sign_in(tab, gateway)
    sign_in(tab, gateway.tokens["alice"])
    check_live(tab, gateway)
    check_review(tab, gateway)
    check_trial(tab, gateway)
    check_models(tab, gateway)
    check_retraining(tab, gateway)
    check_audit(tab)
    end(tab, "who may do everything")
    tab = open_tab(address)
    check_keyboard(tab, gateway)
    end(tab, "keys alone")
    tab = open_tab(address)
    check_reading(tab, gateway)
    end(tab, "who may only look")
    tab = open_tab(address)
    sign_in(tab, gateway.tokens["alice"])
    check_theme(tab)
    end(tab, "light and dark")
    check_looks(open_tab, gateway, address)
    check_loss(open_tab(address), gateway)
    with started("review.keep=false") as gateway:
        tab = open_tab(f"http://127.0.0.1:{gateway.admin_port}/")
        sign_in(tab, BOB, "review")
        checks.check(shows(tab, "#keeps-not", "review.keep"), "where no pictures are kept the page says how they would be")
        end(tab, "nothing kept")
checks.finish()
