// Looks at a page as those do who cannot see it, or see it badly. An expression: browser.py evaluates it in the page. What
// names things have is looked at there.
(() => {
  const isSeen = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const told = (element) => element.cloneNode(false).outerHTML.slice(0, 100);
  const all = (selector) => [...document.querySelectorAll(selector)].filter(isSeen);

  // MARK: Structure

  function repeatedIds() {
    const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
    return ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `two have the id ${id}`);
  }

  function danglingReferences() {
    return ["for", "aria-labelledby", "aria-describedby", "aria-controls"].flatMap((attribute) =>
      all(`[${attribute}]`)
        .filter((element) => element.getAttribute(attribute).split(/\s+/).some((id) => !document.getElementById(id)))
        .map((element) => `${told(element)} refers to nobody`));
  }

  function wrongHeadings() {
    const levels = all("h1, h2, h3, h4").map((heading) => Number(heading.tagName[1]));
    const first = levels.filter((level) => level === 1).length;
    return [
      ...(first === 1 ? [] : [`there are ${first} first headings`]),
      ...levels.filter((level, index) => index && level > levels[index - 1] + 1).map((level) => `a level above h${level} is left out`),
    ];
  }

  function wrongTables() {
    return all("table").flatMap((table) => [
      ...(table.caption?.textContent ? [] : ["a table has no caption"]),
      ...([...table.querySelectorAll("thead th")].every((cell) => cell.scope === "col") ? [] : ["a column's title has no scope"]),
    ]);
  }

  function wrongElements() {
    const images = all("img:not([alt])").map((image) => `${told(image)} has no alternative`);
    // Custom properties are numbers that the style's own rules use.
    const styled = [...document.querySelectorAll("[style]")]
      .filter((element) => [...element.style].some((name) => !name.startsWith("--")))
      .map((element) => `${told(element)} has a style of its own`);
    const ordered = all("[tabindex]:not([tabindex='0'], [tabindex='-1'])").map((element) => `${told(element)} has a place of its own`);
    return [...images, ...styled, ...ordered];
  }

  function nonsense() {
    const found = document.body.innerText.match(/.*(\bundefined\b|\bNaN\b|\bnull\b|\[object ).*/);
    return found ? [`it says "${found[0]}"`] : [];
  }

  // MARK: Room

  /** WCAG 2.2, 2.5.8: 24 px, but a link in a line of text may be as high as the line. */
  function smallTargets() {
    const controls = "a, button, select, summary, input:not([type=radio], [type=checkbox], [type=file])";
    return all(controls).filter((element) => {
      const { width, height } = element.getBoundingClientRect();
      return Math.min(width, height) < (element.closest("p, .heading") ? 18 : 24);
    }).map((element) => `${told(element)} is hard to hit`);
  }

  /** 1.4.10: nothing is to be looked for to the right. */
  function wideElements() {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const wide = all("main *").find((element) => element.getBoundingClientRect().right > width + 1 && !element.closest(".scroll"));
    return [`wider than the window: ${wide && told(wide)}`];
  }

  // MARK: Contrast

  const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });

  /** A colour of any notation: red, green and blue from 0 to 255, and alpha. */
  function colour(text) {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = text;
    context.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = context.getImageData(0, 0, 1, 1).data;
    return { parts: [red, green, blue], alpha: alpha / 255 };
  }

  function over(front, back) {
    return { parts: front.parts.map((part, index) => part * front.alpha + back.parts[index] * (1 - front.alpha)), alpha: 1 };
  }

  function ground(element) {
    if (!element) return { parts: [255, 255, 255], alpha: 1 };
    const own = colour(getComputedStyle(element).backgroundColor);
    return own.alpha === 1 ? own : over(own, ground(element.parentElement));
  }

  function luminance({ parts }) {
    const linear = parts.map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  }

  /** 1.4.3, AA: 4.5, or 3 for what is large. What cannot be used need not be readable; what is clipped away is not seen. */
  function faintTexts() {
    const faults = new Set();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const text = walker.currentNode.data.trim();
      const element = walker.currentNode.parentElement;
      if (!text || !isSeen(element) || element.closest("option, script, noscript, :disabled, .hidden")) continue;
      const style = getComputedStyle(element);
      const back = ground(element);
      const front = over(colour(element.closest("svg") ? style.fill : style.color), back);
      const [light, dark] = [luminance(front), luminance(back)].sort((a, b) => b - a);
      const contrast = (light + 0.05) / (dark + 0.05);
      const size = parseFloat(style.fontSize);
      const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
      if (contrast < (isLarge ? 3 : 4.5)) faults.add(`"${text.slice(0, 30)}" has a contrast of ${contrast.toFixed(2)}`);
    }
    return [...faults];
  }

  // MARK: Focus

  /** 2.4.7 and 2.4.11: what is wrong with how the focus is seen; null if nothing is. */
  function focusFault() {
    const element = document.activeElement;
    if (!element || element === document.body) return null;
    // A control that is itself not seen has what follows it, or its label, show the focus.
    const candidates = element.checkVisibility({ opacityProperty: true }) ? [element] : [element.nextElementSibling, element.closest("label")];
    const shown = candidates.find((one) => {
      const { outlineStyle, outlineWidth } = getComputedStyle(one ?? document.body);
      return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
    });
    if (!shown) return `${told(element)}: nothing shows the focus`;
    const box = shown.getBoundingClientRect();
    const inside = (number, end) => Math.min(Math.max(number, 1), end - 2);
    const top = document.elementFromPoint(inside(box.left + box.width / 2, innerWidth), inside(box.top + box.height / 2, innerHeight));
    const isOnTop = !top || shown.contains(top) || top.contains(shown) || top.closest("label")?.contains(shown);
    return isOnTop ? null : `${told(element)}: behind ${told(top)}`;
  }

  return {
    focusFault,
    faults: () => [
      ...(document.documentElement.lang ? [] : ["the document has no language"]), ...repeatedIds(), ...danglingReferences(),
      ...wrongHeadings(), ...wrongTables(), ...wrongElements(), ...nonsense(), ...smallTargets(), ...wideElements(), ...faintTexts(),
    ],
  };
})()
