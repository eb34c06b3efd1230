"""A headless Chromium for whoever checks a page: it notes what the page does that it should not, and looks at the page as
those do who cannot see it, or see it badly."""

import contextlib

from playwright.sync_api import sync_playwright

CHROMIUM = "/usr/bin/chromium"

# Playwright's own scripts are not subject to the page's policy.
NOTE_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) =>
    console.error(`policy violated: ${event.violatedDirective} by ${event.blockedURI}`));
"""

# What is wrong with what is seen of a document, a sentence each. Names as the browser computes them are looked at elsewhere.
DOCUMENT_FAULTS = """() => {
    const faults = [];
    const seen = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    const all = (selector) => [...document.querySelectorAll(selector)].filter(seen);
    const told = (element) => element.cloneNode(false).outerHTML.slice(0, 100);
    const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
    for (const id of new Set(ids.filter((id, index) => ids.indexOf(id) !== index))) faults.push(`two have the id ${id}`);
    for (const attribute of ["for", "aria-labelledby", "aria-describedby", "aria-controls"])
        for (const element of all(`[${attribute}]`))
            for (const id of element.getAttribute(attribute).split(/\\s+/))
                if (!document.getElementById(id)) faults.push(`${told(element)} refers to nobody`);
    if (!document.documentElement.lang) faults.push("the document has no language");
    if (all("h1").length !== 1) faults.push(`there are ${all("h1").length} first headings`);
    const levels = all("h1, h2, h3, h4").map((heading) => Number(heading.tagName[1]));
    levels.forEach((level, index) => { if (index && level > levels[index - 1] + 1) faults.push(`heading ${index} leaves a level out`); });
    for (const image of all("img")) if (!image.hasAttribute("alt")) faults.push(`${told(image)} has no alternative`);
    for (const table of all("table")) {
        if (!table.caption?.textContent) faults.push("a table has no caption");
        if (![...table.querySelectorAll("thead th")].every((cell) => cell.scope === "col")) faults.push("a column's title has no scope");
    }
    for (const element of document.querySelectorAll("[style]"))
        if ([...element.style].some((name) => !name.startsWith("--"))) faults.push(`${told(element)} has a style of its own`);
    if (document.querySelector("[tabindex]:not([tabindex='0'], [tabindex='-1'])")) faults.push("an order of its own for the tabulator");
    for (const element of all("a, button, select, summary, input:not([type=radio], [type=checkbox], [type=file])")) {
        const box = element.getBoundingClientRect();
        // A link in a line of text may be as high as the line.
        if (Math.min(box.width, box.height) < (element.closest("p, .heading") ? 18 : 24)) faults.push(`${told(element)} is hard to hit`);
    }
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth > width) {
        const wide = all("main *").find((element) => element.getBoundingClientRect().right > width + 1 && !element.closest(".scroll"));
        faults.push(`wider than the window: ${wide && told(wide)}`);
    }
    return faults;
}"""

# Texts whose contrast is below WCAG 2.2's AA (1.4.3), with the contrast.
CONTRAST_FAULTS = """() => {
    const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    const colour = (text) => {
        context.clearRect(0, 0, 1, 1);
        context.fillStyle = text;
        context.fillRect(0, 0, 1, 1);
        const [red, green, blue, alpha] = context.getImageData(0, 0, 1, 1).data;
        return { parts: [red, green, blue], alpha: alpha / 255 };
    };
    const over = (front, back) => ({ parts: front.parts.map((part, index) => part * front.alpha + back.parts[index] * (1 - front.alpha)), alpha: 1 });
    const ground = (element) => {
        if (!element) return { parts: [255, 255, 255], alpha: 1 };
        const own = colour(getComputedStyle(element).backgroundColor);
        return own.alpha === 1 ? own : over(own, ground(element.parentElement));
    };
    const luminance = ({ parts }) => parts.map((part) => part / 255)
        .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
        .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
    const faults = new Set();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        if (!walker.currentNode.data.trim() || !element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
        // What cannot be used need not be readable (1.4.3); a text that is clipped away is not seen.
        if (element.closest("option, script, noscript, :disabled, .hidden")) continue;
        const style = getComputedStyle(element);
        const back = ground(element);
        const front = over(colour(element.closest("svg") ? style.fill : style.color), back);
        const [light, dark] = [luminance(front), luminance(back)].sort((a, b) => b - a);
        const contrast = (light + 0.05) / (dark + 0.05);
        const size = parseFloat(style.fontSize);
        const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
        if (contrast < (isLarge ? 3 : 4.5)) faults.add(`"${walker.currentNode.data.trim().slice(0, 30)}" ${contrast.toFixed(2)}`);
    }
    return [...faults];
}"""

# Whether what has the focus is seen to have it, and is not behind something.
FOCUS_FAULT = """() => {
    const element = document.activeElement;
    if (!element || element === document.body) return null;
    // A control that is itself not seen has its label, or what follows it, show the focus.
    const isSeen = element.checkVisibility({ opacityProperty: true });
    const shown = isSeen ? element : [element.nextElementSibling, element.closest("label")].find((one) => one && getComputedStyle(one).outlineStyle !== "none");
    if (!shown) return `${element.outerHTML.slice(0, 100)}: nothing shows the focus`;
    const style = getComputedStyle(shown);
    if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) return `${element.outerHTML.slice(0, 100)}: no outline`;
    const box = shown.getBoundingClientRect();
    const x = Math.min(Math.max(box.left + box.width / 2, 1), innerWidth - 2);
    const y = Math.min(Math.max(box.top + box.height / 2, 1), innerHeight - 2);
    const top = document.elementFromPoint(x, y);
    if (top && !shown.contains(top) && !top.contains(shown) && !top.closest("label")?.contains(shown)) return `${element.outerHTML.slice(0, 100)}: behind ${top.outerHTML.slice(0, 60)}`;
    return null;
}"""

# Roles that people must be told the name of.
NAMED = {"button", "link", "textbox", "combobox", "checkbox", "radio", "slider", "progressbar", "table", "navigation",
         "dialog", "region", "img", "image", "spinbutton"}


class Tab:
    """A page in a browser of its own, with what it should not have done in `faults`."""

    def __init__(self, context, address):
        self.address = address
        self.page = context.new_page()
        self.context = context
        self.faults = []
        self.requests = []
        # What a check provokes: an answer that is an error is logged as one.
        self.expected = set()
        self.page.add_init_script(NOTE_VIOLATIONS)
        self.page.on("console", self.note)
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error.stack}"))
        self.page.on("request", self.requested)

    def note(self, message):
        if message.type not in ("error", "warning"):
            return
        if not any(f"status of {status}" in message.text for status in self.expected):
            self.faults.append(f"{message.type}: {message.text}")

    def requested(self, request):
        self.requests.append(request.url)
        if not request.url.startswith((self.address, f"blob:{self.address}")):
            self.faults.append(f"a request to {request.url}")

    def audit(self):
        """What is wrong with what is seen, a sentence each."""
        unnamed = [f"{node['role']['value']} without a name" for node in self.accessible()
                   if node["role"]["value"] in NAMED and not node.get("name", {}).get("value", "").strip()]
        return [*self.page.evaluate(DOCUMENT_FAULTS), *self.page.evaluate(CONTRAST_FAULTS), *unnamed]

    def accessible(self):
        """The nodes of the tree that screen readers are given."""
        session = self.context.new_cdp_session(self.page)
        nodes = session.send("Accessibility.getFullAXTree")["nodes"]
        session.detach()
        parents = {node["nodeId"]: node for node in nodes}

        def is_shown(node):
            return not node["ignored"] and "role" in node

        # A fieldset without a legend groups nothing that has a name of its own: only what is said to be a group is one.
        return [node for node in parents.values() if is_shown(node)]

    def tab_to(self, selector, limit=150):
        """Presses the tabulator until something has the focus; the faults of the focus on the way."""
        faults = []
        for _ in range(limit):
            self.page.keyboard.press("Tab")
            if fault := self.page.evaluate(FOCUS_FAULT):
                faults.append(fault)
            if self.page.evaluate("(selector) => document.activeElement?.matches(selector)", selector):
                return faults
        return [*faults, f"{selector} is not reached"]


@contextlib.contextmanager
def browser():
    """Opens tabs: `open(address, width=…, dark=…)`."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM)

        def open_tab(address, width=1280, height=900, dark=False, **options):
            context = chromium.new_context(viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light",
                                           reduced_motion="reduce", **options)
            context.set_default_timeout(60_000)
            return Tab(context, address)

        yield open_tab
        chromium.close()
