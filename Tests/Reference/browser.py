"""A headless Chromium for whoever checks a page. It notes what the page does that it should not, and looks at the page as
those do who cannot see it, or see it badly."""

import contextlib
import pathlib

from playwright.sync_api import sync_playwright

CHROMIUM = "/usr/bin/chromium"
LOOKING = pathlib.Path(__file__).with_suffix(".js").read_text()

# Runs before the page's own scripts, and is not subject to its policy.
NOTE_VIOLATIONS = """
addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
    console.error(`policy violated: ${violatedDirective} by ${blockedURI}`));
"""

# What must have a name, by the roles that Chromium gives to assistive technology.
NAMED = {"button", "link", "textbox", "combobox", "checkbox", "radio", "slider", "progressbar", "table", "navigation", "dialog",
         "region", "img", "image", "spinbutton"}


class Tab:
    """A page in a profile of its own; what it should not have done is in `faults`, what it asked for in `requests`."""

    def __init__(self, context, address):
        self.context, self.address = context, address
        self.faults, self.requests = [], []
        # Statuses that a check provokes: the browser logs every answer that is an error.
        self.expected = set()
        self.page = context.new_page()
        self.page.add_init_script(NOTE_VIOLATIONS)
        self.page.on("console", self.note)
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error.stack}"))
        self.page.on("request", self.note_request)

    def note(self, message):
        if message.type in ("error", "warning") and not any(f"status of {status}" in message.text for status in self.expected):
            self.faults.append(f"{message.type}: {message.text}")

    def note_request(self, request):
        self.requests.append(request.url)
        if not request.url.startswith((self.address, f"blob:{self.address}")):
            self.faults.append(f"a request to {request.url}")

    def look(self):
        """What is wrong with what is seen, a sentence each."""
        session = self.context.new_cdp_session(self.page)
        nodes = [node for node in session.send("Accessibility.getFullAXTree")["nodes"] if not node["ignored"]]
        session.detach()
        unnamed = [f"a {node['role']['value']} has no name" for node in nodes
                   if node["role"]["value"] in NAMED and not node["name"]["value"].strip()]
        return [*self.page.evaluate(f"{LOOKING}.faults()"), *unnamed]

    def tab_to(self, selector, limit=150):
        """Presses the tabulator until something has the focus; what is wrong with the focus on the way, a sentence each."""
        faults = []
        for _ in range(limit):
            self.page.keyboard.press("Tab")
            if fault := self.page.evaluate(f"{LOOKING}.focusFault()"):
                faults.append(fault)
            if self.page.evaluate("(selector) => document.activeElement?.matches(selector)", selector):
                return faults
        return [*faults, f"{selector} is not reached"]


@contextlib.contextmanager
def browser():
    """Opens tabs: `open(address, width=…, height=…, dark=…)`."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM)

        def open_tab(address, width=1280, height=900, dark=False):
            context = chromium.new_context(viewport={"width": width, "height": height},
                                           color_scheme="dark" if dark else "light", reduced_motion="reduce")
            # Other work may go on beside.
            context.set_default_timeout(60_000)
            return Tab(context, address)

        yield open_tab
        chromium.close()
