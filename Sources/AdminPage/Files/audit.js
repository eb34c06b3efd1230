// Who did what, when, and how it ended.
import { get, queryOf } from "./api.js";
import { doing, make, name, one, paragraph, table } from "./dom.js";
import { date } from "./format.js";

const PAGE = 50;
const TITLES = ["No.", "When", "Who", "What", "To what", "How it ended"];
const SIGNS = { succeeded: "✓", refused: "✕", failed: "!" };
let entries = [];

/** The view comes to be seen. */
export const show = () => load();

/** Something has happened. */
export function receive() {}

async function load({ older = false } = {}) {
  const before = older ? entries.at(-1)?.number : null;
  const answer = (await get(`/audit${queryOf({ limit: PAGE, before })}`)).entries;
  entries = older ? [...entries, ...answer] : answer;
  one("older-audit").hidden = answer.length < PAGE;
  one("audit-list").replaceChildren(entries.length
    ? table("Audit, newest first", TITLES, entries.map(row)) : paragraph("empty", "Nothing was done yet."));
}

function row({ number, time, actor, peer, action, target, outcome, detail }) {
  const kind = outcome === "succeeded" ? "accepted" : "rejected";
  return [
    String(number), make("time", { datetime: time }, date(time)), [name(actor), peer && make("small", {}, peer)],
    name(action), name(target),
    [make("span", { class: kind }, `${SIGNS[outcome] ?? ""} ${outcome}`), detail && make("small", {}, name(detail))],
  ];
}

one("refresh-audit").addEventListener("click", ({ currentTarget }) => doing(currentTarget, load));
one("older-audit").addEventListener("click", ({ currentTarget }) => doing(currentTarget, () => load({ older: true })));
