// What every view knows of the gateway: its overview, kept up to date, and who is signed in.
import { get } from "./api.js";
import { make } from "./dom.js";

/** Tells `change` whenever the overview is another. */
export const changes = new EventTarget();

/** The overview; null before it is known. */
export let overview = null;

/** Asks for the overview anew. */
export async function refresh() {
  overview = await get("/overview");
  for (const select of document.querySelectorAll("select[data-models]")) {
    const names = overview.models.map(({ name }) => [name, name]);
    fill(select, select.dataset.models === "all" ? [["", "all models"], ...names] : names);
  }
  changes.dispatchEvent(new Event("change"));
}

let timer = null;

/** Asks for the overview soon, once however often this is called. */
export function refreshSoon() {
  timer ??= setTimeout(() => {
    timer = null;
    if (overview) refresh().catch(() => {});
  }, 300);
}

/** Forgets it. */
export function forget() { overview = null; }

/** Whether who is signed in may change something. */
export const mayChange = () => overview?.role === "full";

/** What switches a control off where nothing may be changed, and says why. */
export function ifMayChange() {
  return mayChange() ? {} : { disabled: true, title: "Your token may only read", "aria-describedby": "read-only" };
}

/** A model by its name. */
export const modelNamed = (name) => overview?.models.find((model) => model.name === name);

/** Gives a select its options, `[value, text]` each, and keeps what is chosen. */
export function fill(select, options) {
  const old = [...select.options];
  if (options.length === old.length && options.every(([value], index) => old[index].value === value)) return;
  const chosen = select.value;
  select.replaceChildren(...options.map(([value, text]) => make("option", { value }, text)));
  if (options.some(([value]) => value === chosen)) select.value = chosen;
}
