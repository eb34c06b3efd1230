// Rejected pictures that were kept, and what people say of them.
import { ask, get, pathOf, queryOf, send } from "./api.js";
import {
  arrange, button, confirmed, disclosure, doing, facts, make, name, one, paragraph, say, strong, tiles,
} from "./dom.js";
import { ago, count, counted, date, percent, size } from "./format.js";
import { opinions, reasonText, scoreLine, thumbnail } from "./parts.js";
import { changes, ifMayChange, modelNamed, overview, refreshSoon } from "./session.js";

const PAGE = 24;
const filters = one("review-filters");
let shown = [];
let arrived = 0;

const keyOf = ({ model, digest }) => `${model}/${digest}`;
const pathTo = ({ model, digest }) => pathOf("models", model, "rejections", digest);
const chosen = () => ({ model: filters.elements.model.value, review: filters.elements.review.value });

/** The view comes to be seen. */
export const show = () => load();

/** Something has happened. */
export function receive(kind, value) {
  if (kind === "review") replace(value);
  if (kind === "rejection" && value.digest && belongs(value)) {
    arrived += 1;
    showArrived();
  }
}

function belongs(event) {
  const { model, review } = chosen();
  return ["", "unreviewed"].includes(review) && ["", event.model].includes(model);
}

async function load({ older = false } = {}) {
  const asked = chosen();
  const before = older ? keyOf(shown.at(-1)) : null;
  const { rejections, figures } = await get(`/rejections${queryOf({ ...asked, limit: PAGE, before })}`);
  if (JSON.stringify(asked) !== JSON.stringify(chosen())) return;
  const known = new Set(older ? shown.map(keyOf) : []);
  shown = [...(older ? shown : []), ...rejections.filter((rejection) => !known.has(keyOf(rejection)))];
  if (!older) arrived = 0;
  showFigures(figures);
  showArrived();
  showList();
  one("older-rejections").hidden = rejections.length < PAGE;
}

function showFigures({ kept, unreviewed, confirmed: right, overturned }) {
  const reviewed = right + overturned;
  tiles(one("review-figures"), [
    ["Kept", count(kept), "rejected pictures"],
    ["Unreviewed", count(unreviewed), "nobody has said anything yet"],
    ["Confirmed", count(right), reviewed ? `${percent(right / reviewed, 0)} adversarial` : "made to deceive"],
    ["Overturned", count(overturned), reviewed ? `${percent(overturned / reviewed, 0)} genuine` : "a mistake"],
  ]);
}

function showArrived() {
  one("newer").hidden = arrived === 0;
  one("newer").textContent = `Show ${counted(arrived, "new rejection")}`;
}

function showList() {
  arrange(one("rejections"), shown, keyOf, card, (element, rejection) => {
    const place = element.querySelector(".judgement");
    const text = JSON.stringify(rejection.review);
    if (place.dataset.review !== text) place.replaceWith(judgement(rejection));
    element.querySelector(".count").textContent = times(rejection);
  });
  const { review } = chosen();
  one("no-rejections").hidden = shown.length > 0;
  one("no-rejections").textContent = review === "unreviewed" ? "Nothing waits for a review." : "There are none.";
}

const times = ({ count: number }) => (number > 1 ? `sent ${number} times` : "sent once");

function card(rejection) {
  const { model, version, label, confidence, threshold, time } = rejection;
  return make("li", { class: "card rejection" },
    make("div", { class: "beside" }, thumbnail(rejection), make("div", {},
      make("h2", {}, "Taken for ", name(label)),
      paragraph(null, `by the Student, ${percent(confidence, 0)} sure`),
      scoreLine(rejection),
      paragraph("hint", name(model), ` version ${version}, `, ago(time), ", ",
        make("span", { class: "count" }, times(rejection))))),
    opinions(rejection.opinions, threshold),
    disclosure("More", {}, facts([
      ["First at", date(time)], ["Reason", reasonText(rejection.reason)],
      ["File", `${rejection.media_type}, ${size(rejection.bytes)}`], ["Request", rejection.request_id],
      ["SHA-256", rejection.digest],
    ])),
    judgement(rejection));
}

/** What was said of a rejection, or the buttons to say it. */
function judgement(rejection) {
  const { review, label } = rejection;
  const frame = { class: "judgement", "data-review": JSON.stringify(review) };
  const act = (title, change, kind) => button(title, change, { class: kind, ...ifMayChange() });
  const remove = act("Delete", () => removed(rejection), "quiet");
  if (review) {
    const overturned = ["✓ Genuine, shows ", strong(name(review.label)), ": overturned"];
    const text = review.kind === "genuine" ? overturned : "✕ Adversarial: confirmed";
    return make("div", frame,
      paragraph("verdict", text, make("small", {}, " by ", name(review.actor), ", ", ago(review.time))),
      make("div", { class: "actions" }, act("Undo", (event) => judge(event, rejection, null), "undo"), remove));
  }
  const select = make("select", ifMayChange(),
    labelsOf(rejection).map((text) => make("option", { value: text, selected: text === label }, text)));
  return make("div", { ...frame, role: "group", "aria-label": "What it is" },
    make("label", {}, "It shows ", select),
    make("div", { class: "actions" },
      act("Genuine", (event) => judge(event, rejection, { kind: "genuine", label: select.value })),
      act("Adversarial", (event) => judge(event, rejection, { kind: "adversarial" })), remove));
}

function labelsOf({ model, version, label }) {
  const versions = modelNamed(model)?.versions ?? [];
  const its = versions.find((one) => one.state === "current") ?? versions.find((one) => one.version === version);
  // A version that cannot be read has none.
  return its?.labels ?? [label];
}

/** Says what a rejection is; null takes it back. The card stays where it is, with what can be done next in focus. */
const judge = ({ currentTarget }, rejection, review) => doing(currentTarget, async () => {
  // The event may be faster than the answer, and put another element in the button's place.
  const place = currentTarget.closest("li");
  const answer = review
    ? await send("PUT", `${pathTo(rejection)}/review`, review)
    : await (await ask("DELETE", `${pathTo(rejection)}/review`)).json();
  replace(answer);
  place.querySelector(review ? ".undo" : "select")?.focus();
  say(review ? `Noted as ${review.kind}${review.label ? `: ${review.label}` : ""}.` : "The review is taken back.");
});

async function removed(rejection) {
  const text = paragraph(null, "Picture and review are removed for good. A retraining will not have them.");
  if (!await confirmed("Delete this picture?", text, "Delete", { danger: true })) return;
  await doing(one("rejections"), async () => {
    await send("DELETE", pathTo(rejection));
    const index = shown.findIndex((one) => keyOf(one) === keyOf(rejection));
    shown = shown.filter((one) => keyOf(one) !== keyOf(rejection));
    showList();
    const next = one("rejections").children[Math.min(index, shown.length - 1)];
    (next?.querySelector("select, button:not(:disabled)") ?? one("review-title")).focus();
    say("The picture is deleted.");
    refreshSoon();
  });
}

function replace(rejection) {
  shown = shown.map((one) => (keyOf(one) === keyOf(rejection) ? rejection : one));
  showList();
  refreshSoon();
}

filters.addEventListener("submit", (event) => event.preventDefault());
filters.addEventListener("change", () => doing(filters, load));
one("older-rejections").addEventListener("click", ({ currentTarget }) =>
  doing(currentTarget, () => load({ older: true })));
one("newer").addEventListener("click", ({ currentTarget }) => doing(currentTarget, async () => {
  await load();
  one("review-title").focus();
}));
changes.addEventListener("change", () => {
  one("keeps-not").hidden = overview.review.keeps;
  if (!chosen().model) showFigures(overview.review);
});
