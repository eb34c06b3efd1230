// A picture against a model.
import { ask, pathOf } from "./api.js";
import { make, name, one } from "./dom.js";
import { clock, percent, size } from "./format.js";
import { opinions, picture, scoreLine } from "./parts.js";

const MOST = 12;
const drop = one("drop");
const file = one("try-file");
const model = () => one("try-filters").elements.model.value;

/** The view comes to be seen. */
export const show = async () => {};

/** Something has happened. */
export function receive() {}

/** Judges one after the other; the cards stand in the files' order. */
async function judge(files) {
  const of = model();
  const trials = files.slice(0, MOST).map((chosen) => ({ chosen, ...placed(chosen) }));
  one("trials").prepend(...trials.map(({ card }) => card));
  while (one("trials").children.length > MOST) one("trials").lastElementChild.remove();
  for (const trial of trials) await judgeOne(trial, of);
}

function placed(chosen) {
  const result = make("div", { "aria-live": "polite" }, make("p", { class: "hint" }, "Being judged…"));
  const preview = make("div", { class: "thumbnail" });
  picture(chosen, `the picture ${chosen.name}`).then((image) => preview.replaceChildren(image));
  const card = make("li", { class: "card trial" },
    make("div", { class: "beside" }, preview,
      make("div", {}, make("h2", {}, name(chosen.name)), make("p", { class: "hint" }, `${size(chosen.size)}, at ${clock(new Date(), true)}`), result)));
  return { card, result };
}

async function judgeOne({ chosen, card, result }, of) {
  try {
    const verdict = await (await ask("POST", `${pathOf("models", of)}/classify`, { body: chosen, type: chosen.type || "application/octet-stream" })).json();
    const isAccepted = verdict.outcome === "accepted";
    result.replaceChildren(
      make("p", { class: `verdict ${verdict.outcome}` }, isAccepted ? ["✓ Accepted: ", make("strong", {}, name(verdict.label))] : "✕ Rejected"),
      make("p", {}, "The Student says ", make("strong", {}, name(verdict.student.label)), `, ${percent(verdict.student.confidence, 0)} sure.`),
      scoreLine(verdict),
      make("p", { class: "hint" }, name(verdict.model.name), ` version ${verdict.model.version}, in ${verdict.elapsed_ms} ms`));
    card.append(opinions(verdict.differentiators ?? [], verdict.threshold));
  } catch (problem) {
    result.replaceChildren(make("p", { class: "problem" }, problem.message));
  }
}

file.addEventListener("change", async () => {
  await judge([...file.files]);
  file.value = "";
});
for (const kind of ["dragenter", "dragover"]) {
  drop.addEventListener(kind, (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
}
drop.addEventListener("dragleave", () => drop.classList.remove("over"));
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  judge([...event.dataTransfer.files]);
});
// A picture that misses the zone would take the page's place.
for (const kind of ["dragover", "drop"]) addEventListener(kind, (event) => event.preventDefault());
one("try-filters").addEventListener("submit", (event) => event.preventDefault());
