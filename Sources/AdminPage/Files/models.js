// Models and their versions: what is current, what could be, and what was.
import { get, pathOf, send, sendOnce } from "./api.js";
import { button, confirmed, disclosure, doing, facts, make, name, one, paragraph, say, strong, table } from "./dom.js";
import { ago, counted, duration, measured, percent, size } from "./format.js";
import { gateTable } from "./parts.js";
import { changes, ifMayChange, overview, refresh } from "./session.js";

const COLUMNS = ["Version", "State", "Made", "Trained with", "Gate", "Change"];
const STATES = { current: "● current", candidate: "○ candidate", retired: "– retired", unsound: "✕ unsound" };
const KINDS = {
  activate: "chosen", roll_back: "rolled back", gate: "passed the gate", drift: "rolled back: the one before drifted",
  outside: "found so",
};
let shown = "";

/** The view comes to be seen. */
export const show = () => refresh();

/** Something has happened. */
export function receive() {}

function showModels() {
  const list = one("model-list");
  // What has not changed stays as it is, with its focus and what is open; the drift changes all the time.
  const now = JSON.stringify([overview.models.map(({ drift, ...model }) => model), overview.role]);
  if (now === shown) {
    for (const model of overview.models) find(list, `drift ${model.name}`)?.replaceChildren(...driftLine(model));
    return;
  }
  shown = now;
  const focus = document.activeElement?.dataset.key;
  const open = new Set([...list.querySelectorAll("details[open]")].map((details) => details.dataset.key));
  list.replaceChildren(...overview.models.map(card));
  if (!overview.models.length) list.append(paragraph("empty", "There is no model."));
  for (const details of list.querySelectorAll("details")) details.open = open.has(details.dataset.key);
  if (focus) (find(list, focus) ?? one("models-title")).focus();
}

function find(list, key) {
  return [...list.querySelectorAll("[data-key]")].find((element) => element.dataset.key === key && !element.disabled);
}

// MARK: What is shown of a model

function card(model) {
  const { name: title, roll_back_to: back } = model;
  const ifBack = back === null ? { disabled: true, title: "No other version was current before" } : ifMayChange();
  const text = back === null ? "Roll back" : `Roll back to version ${back}`;
  return make("article", { class: "card", "aria-label": title },
    make("div", { class: "heading" }, make("h2", {}, name(title)),
      button(text, (event) => rollBack(event, model), { "data-key": `back ${title}`, ...ifBack })),
    servingLine(model), make("p", { "data-key": `drift ${title}`, class: "hint" }, driftLine(model)),
    versionTable(model), history(title));
}

function servingLine({ serving, current }) {
  if (!serving) return paragraph(null, strong("Not served."));
  const other = serving.version !== current && strong(` Version ${current} is current, but not served.`);
  const version = strong(String(serving.version));
  return paragraph(null, "Serves version ", version, ", since ", ago(serving.served_since), ".", other);
}

function driftLine({ drift: { rejection_rate: rate, images, bound, is_exceeded: isExceeded } }) {
  const limit = bound === null ? "no bound is set (drift.bound)" : `the bound is ${percent(bound, 0)}`;
  const text = images ? `${percent(rate)} of the last ${counted(images, "picture")} rejected` : "No picture was judged lately";
  return [`${text}; ${limit}.`, isExceeded ? make("strong", { class: "problem" }, " More than the bound.") : ""];
}

/** A row for each version, and one below it with all that is known of it. */
function versionTable(model) {
  const list = table(`Versions of ${model.name}`, COLUMNS, model.versions.map((version) => row(model, version)));
  for (const [index, element] of [...list.tBodies[0].rows].entries()) {
    const version = model.versions[index];
    if (version.fault) continue;
    element.classList.add("above");
    const cell = make("td", { role: "cell", colspan: COLUMNS.length }, everything(model, version));
    element.after(make("tr", { role: "row" }, cell));
  }
  return list;
}

function row(model, version) {
  const { version: number, state, created, training, gate, fault } = version;
  const passed = gate?.is_passed;
  const change = (title, act, kind) => button(title, (event) => act(event, model, version), {
    class: kind, "aria-label": `${title} version ${number} of ${model.name}`,
    "data-key": `${title} ${model.name} ${number}`, ...ifMayChange(),
  });
  return [
    `Version ${number}`, make("span", { class: `chip ${state}` }, STATES[state] ?? state), created && ago(created),
    fault ? name(fault) : [name(training.data), make("small", {}, counted(training.training_pictures, "picture"))],
    gate ? make("span", { class: passed ? "accepted" : "rejected" }, passed ? "✓ passed" : "✕ not passed") : "–",
    state !== "current" && make("div", { class: "actions" },
      state !== "unsound" && change("Activate", activate), change("Delete", remove, "quiet")),
  ];
}

function everything(model, version) {
  const { version: number, digest, bytes, labels, differentiators, asked, policy, aggregation, alpha, job, gate } = version;
  const { seconds, seed, withheld_pictures: withheld } = version.training;
  const keys = ["student_accuracy", "end_to_end_accuracy", "clean_rejection_rate"];
  const clean = version.measured.map((one) => [name(one.data), ...keys.map((key) => measured(one[key]))]);
  return disclosure(`All about version ${number}`, { "data-key": `all ${model.name} ${number}` },
    facts([
      ["Digest", digest], ["Size", size(bytes)], ["Labels", `${labels.length}: ${labels.join(", ")}`],
      ["Differentiators", `${differentiators}, of which ${asked} are asked`],
      ["Policy", `${policy}, ${aggregation}, α = ${percent(alpha)}`],
      ["Trained", `in ${duration(seconds)}, seed ${seed}, ${counted(withheld, "picture")} kept for calibration`],
      ...(job ? [["Job", job]] : []),
    ]),
    clean.length > 0 && table("Measured on clean pictures",
      ["Pictures", "#Student accuracy", "#Accepted and right", "#Clean rejection rate"], clean),
    gate && gateTable(gate));
}

function history(model) {
  const title = "Which version was current when";
  const place = make("div", {}, paragraph("hint", "…"));
  const load = async ({ currentTarget }) => {
    if (!currentTarget.open) return;
    try {
      const { activations } = await get(pathOf("models", model, "activations"));
      const rows = activations.map(({ time, version, previous, kind, actor }) =>
        [ago(time), previous ? `${version}, before ${previous}` : String(version), KINDS[kind] ?? kind, name(actor)]);
      place.replaceChildren(table(title, ["When", "Version", "How", "Who"], rows));
    } catch (problem) {
      place.replaceChildren(paragraph("problem", problem.message));
    }
  };
  return disclosure(title, { "data-key": `history ${model}`, toggle: load }, place);
}

// MARK: What is changed of it

/** What somebody else has done meanwhile is told, not undone. */
const changing = (control, act) => doing(control, async () => {
  try {
    await act();
  } catch (problem) {
    if (problem.error !== "not_current") throw problem;
    const { current } = problem.members;
    throw new Error(`Somebody else was faster: version ${current} is current by now. Look again, and decide anew.`);
  } finally {
    await refresh();
    // The button may have gone while its question was open.
    const next = find(one("model-list"), control.dataset.key) ?? one("models-title");
    if (document.activeElement === document.body) next.focus();
  }
});

async function activate({ currentTarget }, { name: model, current }, { version, gate, state }) {
  const untested = state === "retired" ? "It was current before." : "It has not been through the gate.";
  const question = [
    paragraph(null, "It takes the place of version ", strong(String(current ?? "–")), ". No request is lost by that."),
    gate ? gateTable(gate) : paragraph(null, untested),
  ];
  if (!await confirmed(`Activate version ${version} of ${model}?`, question, "Activate")) return;
  await changing(currentTarget, async () => {
    await sendOnce(`${pathOf("models", model)}/activate`, { version, if_current: current ?? undefined });
    say(`Version ${version} of ${model} is current.`);
  });
}

async function rollBack({ currentTarget }, { name: model, current, roll_back_to: back }) {
  const question = paragraph(null, "Version ", strong(String(back)), ", which was current before, takes the place of ",
    "version ", strong(String(current)), ". No request is lost by that.");
  if (!await confirmed(`Roll ${model} back?`, question, "Roll back")) return;
  await changing(currentTarget, async () => {
    const { version } = await sendOnce(`${pathOf("models", model)}/roll-back`, { if_current: current });
    say(`Version ${version} of ${model} is current again.`);
  });
}

async function remove({ currentTarget }, { name: model }, { version, bytes }) {
  const question = paragraph(null, `Its ${size(bytes)} are removed for good.`);
  if (!await confirmed(`Delete version ${version} of ${model}?`, question, "Delete", { danger: true })) return;
  await changing(currentTarget, async () => {
    await send("DELETE", pathOf("models", model, "versions", version));
    say(`Version ${version} of ${model} is deleted.`);
  });
}

changes.addEventListener("change", showModels);
