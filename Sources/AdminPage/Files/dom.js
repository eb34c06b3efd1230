// Elements, messages and questions. What comes from the server is only ever put in as text: names of files and labels
// may be hostile.

/** The element with an id. */
export const one = (id) => document.getElementById(id);

/**
 * A new element.
 *
 * @param name its name.
 * @param properties attributes; functions are listeners; what is null, undefined or false is left out.
 * @param children nodes and text, in arrays of arrays if need be; null, undefined and false are left out.
 */
export function make(name, properties = {}, ...children) {
  return dress(document.createElement(name), properties, children);
}

/** A new element of SVG, like `make`. */
export function draw(name, properties = {}, ...children) {
  return dress(document.createElementNS("http://www.w3.org/2000/svg", name), properties, children);
}

function dress(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name, value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => (child ?? false) !== false));
  return element;
}

/** A name from outside, which cannot turn the text around it about (Unicode's bidirectional controls). */
export const name = (text) => (text ? make("bdi", { class: "name" }, text) : "");

/** A button. */
export function button(text, act, properties = {}) {
  return make("button", { type: "button", click: act, ...properties }, text);
}

/** Text that stands out. */
export const strong = (...text) => make("strong", {}, text);

/** A paragraph; without a class if it is null. */
export const paragraph = (kind, ...children) => make("p", { class: kind }, children);

/** What is seen only if one wants to. */
export function disclosure(title, properties, ...children) {
  return make("details", properties, make("summary", {}, title), children);
}

/** Terms with what there is to say of them, `[term, text]` each. */
export function facts(entries) {
  return make("dl", { class: "facts" }, entries.map(([term, text]) => [make("dt", {}, term), make("dd", {}, text)]));
}

/**
 * A table.
 *
 * @param caption what it is, for those who do not see what stands above it.
 * @param titles of the columns; one that begins with # is of numbers.
 * @param rows cells of text or nodes; the first is the row's title.
 */
export function table(caption, titles, rows) {
  // Roles stand there because the style lays tables out as blocks where there is no room.
  const kind = (index) => (titles[index]?.startsWith("#") ? "number" : null);
  const plain = titles.map((title) => title.replace(/^#/, ""));
  return make("table", { role: "table" },
    make("caption", { class: "hidden" }, caption),
    make("thead", { role: "rowgroup" }, make("tr", { role: "row" },
      titles.map((_, index) => make("th", { scope: "col", role: "columnheader", class: kind(index) }, plain[index])))),
    make("tbody", { role: "rowgroup" }, rows.map((row) => make("tr", { role: "row" },
      row.map((cell, index) => index === 0
        ? make("th", { scope: "row", role: "rowheader", class: kind(index) }, cell)
        : make("td", { role: "cell", class: kind(index), "data-title": plain[index] }, cell))))));
}

/**
 * Brings a list's elements into the order of its items. Elements stay themselves, and so does what has the focus.
 *
 * @param key an item's key.
 * @param create makes an item's element.
 * @param update brings an element up to its item; not called for a new one.
 */
export function arrange(list, items, key, create, update = () => {}) {
  const old = new Map([...list.children].map((element) => [element.dataset.key, element]));
  let place = list.firstElementChild;
  for (const item of items) {
    const itsKey = String(key(item));
    let element = old.get(itsKey);
    if (element) {
      old.delete(itsKey);
      update(element, item);
    } else {
      element = create(item);
      element.dataset.key = itsKey;
    }
    if (element === place) place = place.nextElementSibling;
    else list.insertBefore(element, place);
  }
  for (const element of old.values()) element.remove();
}

/** Shows figures: `[term, value, hint]` each. */
export function tiles(list, entries) {
  list.replaceChildren(...entries.map(([term, value, hint]) =>
    make("div", { class: "tile" }, make("dt", {}, term), make("dd", {}, strong(value), make("small", {}, hint)))));
}

/**
 * Says something at the page's foot, to screen readers too, in place of what was said before. What went wrong stays
 * until it is closed or something else is done.
 */
export function say(text, { wrong = false } = {}) {
  const message = make("div", { class: wrong ? "message wrong" : "message" },
    make("span", {}, wrong && strong("Not done: "), text),
    button("×", () => message.remove(), { class: "quiet", "aria-label": "Close this message" }));
  for (const old of document.querySelectorAll(wrong ? ".message" : ".message:not(.wrong)")) old.remove();
  one("messages").append(message);
  if (!wrong) setTimeout(() => message.remove(), 8000);
}

/** Does what a control is for, keeps it from being pressed twice meanwhile, and says what went wrong. */
export async function doing(control, act) {
  if (control.ariaBusy === "true") return;
  control.ariaBusy = "true";
  for (const message of document.querySelectorAll(".message.wrong")) message.remove();
  try {
    return await act();
  } catch (problem) {
    if (problem.status !== 401) say(problem.message, { wrong: true });
  } finally {
    control.ariaBusy = null;
  }
}

/** Asks before something is done. Resolves to whether it is to be. */
export function confirmed(title, contents, yes, { danger = false } = {}) {
  const dialog = one("confirmation");
  one("confirmation-title").textContent = title;
  one("confirmation-text").replaceChildren(...[contents].flat(Infinity));
  one("confirmation-yes").textContent = yes;
  one("confirmation-yes").className = danger ? "danger" : "primary";
  dialog.returnValue = "";
  dialog.showModal();
  one("confirmation-no").focus();
  return new Promise((resolve) =>
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }));
}

one("confirmation-yes").addEventListener("click", () => one("confirmation").close("yes"));
one("confirmation-no").addEventListener("click", () => one("confirmation").close());
