// A picture against a model.
import { ask, pathOf } from "./api.js";
import { make, name, one, paragraph, strong } from "./dom.js";
import { clock, percent, size } from "./format.js";
import { opinions, picture, scoreLine } from "./parts.js";

const MOST = 12;
const drop = one("drop");
const file = one("try-file");
const chosenModel = () => one("try-filters").elements.model.value;

/** The view comes to be seen. */
export async function show() {}

/** Something has happened. */
export function receive() {}

/** Judges one after the other; the cards stand in the files' order. */
async function judge(files) {
  const model = chosenModel();
  const trials = files.slice(0, MOST).map((chosen) => ({ chosen, ...placed(chosen) }));
  one("trials").prepend(...trials.map(({ card }) => card));
  while (one("trials").children.length > MOST) one("trials").lastElementChild.remove();
  for (const trial of trials) await judgeOne(trial, model);
}

function placed(chosen) {
  const preview = make("div", { class: "thumbnail" });
  picture(chosen, `the picture ${chosen.name}`).then((image) => preview.replaceChildren(image));
  const result = make("div", { "aria-live": "polite" }, paragraph("hint", "Being judged…"));
  const about = paragraph("hint", `${size(chosen.size)}, at ${clock(new Date(), true)}`);
  const card = make("li", { class: "card trial" },
    make("div", { class: "beside" }, preview, make("div", {}, make("h2", {}, name(chosen.name)), about, result)));
  return { card, result };
}

async function judgeOne({ chosen, card, result }, of) {
  try {
    const type = chosen.type || "application/octet-stream";
    const response = await ask("POST", `${pathOf("models", of)}/classify`, { body: chosen, type });
    const verdict = await response.json();
    const { outcome, label, student, model, elapsed_ms: elapsed, differentiators = [], threshold } = verdict;
    const isAccepted = outcome === "accepted";
    result.replaceChildren(
      paragraph(`verdict ${outcome}`, isAccepted ? ["✓ Accepted: ", strong(name(label))] : "✕ Rejected"),
      paragraph(null, "The Student says ", strong(name(student.label)), `, ${percent(student.confidence, 0)} sure.`),
      scoreLine(verdict), paragraph("hint", name(model.name), ` version ${model.version}, in ${elapsed}\u00a0ms`));
    card.append(opinions(differentiators, threshold));
  } catch (problem) {
    result.replaceChildren(paragraph("problem", problem.message));
  }
}

file.addEventListener("change", async () => {
  await judge([...file.files]);
  file.value = "";
});
for (const kind of ["dragenter", "dragover"]) drop.addEventListener(kind, () => drop.classList.add("over"));
for (const kind of ["dragleave", "drop"]) drop.addEventListener(kind, () => drop.classList.remove("over"));
drop.addEventListener("drop", (event) => judge([...event.dataTransfer.files]));
// A picture that misses the zone would take the page's place.
for (const kind of ["dragenter", "dragover", "drop"]) addEventListener(kind, (event) => event.preventDefault());
one("try-filters").addEventListener("submit", (event) => event.preventDefault());
