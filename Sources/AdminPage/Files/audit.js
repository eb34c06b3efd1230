// Who did what, when, and how it ended.
import { get, queryOf } from "./api.js";
import { doing, make, name, one, table } from "./dom.js";
import { date } from "./format.js";

const PAGE = 50;
const SIGNS = { succeeded: "✓", refused: "✕", failed: "!" };
let entries = [];

/** The view comes to be seen. */
export const show = () => load();

/** Something has happened. */
export function receive() {}

async function load({ older = false } = {}) {
  const answer = (await get(`/audit${queryOf({ limit: PAGE, before: older ? entries.at(-1)?.number : "" })}`)).entries;
  entries = older ? [...entries, ...answer] : answer;
  one("older-audit").hidden = answer.length < PAGE;
  one("audit-list").replaceChildren(entries.length ? table("Audit, newest first", ["No.", "When", "Who", "What", "To what", "How it ended"], entries.map((entry) => [
    String(entry.number), make("time", { datetime: entry.time }, date(entry.time)), [name(entry.actor), make("small", {}, entry.peer)], name(entry.action), name(entry.target),
    [make("span", { class: entry.outcome === "succeeded" ? "accepted" : "rejected" }, `${SIGNS[entry.outcome] ?? ""} ${entry.outcome}`), entry.detail && make("small", {}, name(entry.detail))],
  ])) : make("p", { class: "empty" }, "Nothing was done yet."));
}

one("refresh-audit").addEventListener("click", ({ currentTarget }) => doing(currentTarget, load));
one("older-audit").addEventListener("click", ({ currentTarget }) => doing(currentTarget, () => load({ older: true })));
