// Models and their versions: what is current, what could be, and what was.
import { get, pathOf, send, sendOnce } from "./api.js";
import { button, confirmed, doing, make, name, one, say, table } from "./dom.js";
import { ago, counted, duration, measured, percent, size } from "./format.js";
import { gateTable } from "./parts.js";
import { changes, ifMayChange, overview, refresh } from "./session.js";

const KINDS = {
  activate: "chosen", roll_back: "rolled back", gate: "passed the gate", drift: "rolled back: the one before drifted", outside: "found so",
};
const STATES = { current: "● current", candidate: "○ candidate", retired: "– retired" };
let text = "";

/** The view comes to be seen. */
export async function show() {
  await refresh();
}

/** Something has happened. */
export function receive() {}

function showModels() {
  // What has not changed stays as it is, with its focus and what is open.
  const now = JSON.stringify([overview.models.map(({ drift, ...model }) => model), overview.role]);
  if (now === text) {
    for (const model of overview.models) document.getElementById(`drift ${model.name}`)?.replaceChildren(...driftLine(model));
    return;
  }
  text = now;
  const list = one("model-list");
  const focus = document.activeElement?.dataset.focus;
  const open = new Set([...list.querySelectorAll("details[open]")].map((details) => details.dataset.focus));
  list.replaceChildren(...overview.models.map(card));
  if (!overview.models.length) list.append(make("p", { class: "empty" }, "There is no model."));
  for (const details of list.querySelectorAll("details")) details.open = open.has(details.dataset.focus);
  if (focus) (find(list, focus) ?? one("models-title")).focus();
}

const find = (list, key) => [...list.querySelectorAll("[data-focus]")].find((element) => element.dataset.focus === key && !element.disabled);

function card(model) {
  const { name: title, current, serving, versions, roll_back_to: back } = model;
  return make("article", { class: "card", "aria-label": title },
    make("div", { class: "heading" }, make("h2", {}, name(title)),
      button(back === null ? "Roll back" : `Roll back to version ${back}`, (event) => rollBack(event, model), {
        "data-focus": `back ${title}`, ...(back === null ? { disabled: true, title: "No other version was current before" } : ifMayChange()),
      })),
    make("p", {}, serving
      ? ["Serves version ", make("strong", {}, String(serving.version)), ", since ", ago(serving.served_since), "."]
      : make("strong", {}, "Not served."),
      serving && serving.version !== current && make("strong", {}, ` Version ${current} is current, but not served.`)),
    make("p", { id: `drift ${title}`, class: "hint" }, driftLine(model)),
    versionTable(model),
    history(title));
}

/** A row for each version, and one below it with all that is known of it. */
function versionTable(model) {
  const list = table(`Versions of ${model.name}`, ["Version", "State", "Made", "Trained with", "Gate", "Change"], model.versions.map((version) => row(model, version)));
  for (const [index, element] of [...list.tBodies[0].rows].entries()) {
    element.classList.add("above");
    element.after(make("tr", { role: "row" }, make("td", { role: "cell", colspan: 6 }, facts(model, model.versions[index]))));
  }
  return list;
}

function driftLine({ drift }) {
  const bound = drift.bound === null ? "no bound is set (drift.bound)" : `the bound is ${percent(drift.bound, 0)}`;
  return [`${percent(drift.rejection_rate)} of the last ${counted(drift.images, "picture")} rejected; ${bound}.`,
    drift.is_exceeded && make("strong", { class: "problem" }, " More than the bound.")].filter(Boolean);
}

function row(model, version) {
  const { version: number, state, created, training, gate } = version;
  const isCurrent = state === "current";
  return [
    `Version ${number}`, make("span", { class: `chip ${state}` }, STATES[state] ?? state), ago(created),
    [training.data, make("small", {}, `${counted(training.training_pictures, "picture")}${training.preset ? `, ${training.preset}` : ""}`)],
    gate ? make("span", { class: gate.is_passed ? "accepted" : "rejected" }, gate.is_passed ? "✓ passed" : "✕ not passed") : "–",
    isCurrent ? "" : make("div", { class: "actions" },
      button("Activate", (event) => activate(event, model, version), { "aria-label": `Activate version ${number} of ${model.name}`, "data-focus": `activate ${model.name} ${number}`, ...ifMayChange() }),
      button("Delete", (event) => remove(event, model, version), { class: "quiet", "aria-label": `Delete version ${number} of ${model.name}`, "data-focus": `delete ${model.name} ${number}`, ...ifMayChange() })),
  ];
}

function facts(model, version) {
  const { training } = version;
  const terms = [
    ["Digest", version.digest], ["Size", size(version.bytes)], ["Labels", `${version.labels.length}: ${version.labels.join(", ")}`],
    ["Differentiators", `${version.differentiators}, of which ${version.asked} are asked`], ["Policy", `${version.policy}, α = ${percent(version.alpha)}`],
    ["Trained", `in ${duration(training.seconds)}, seed ${training.seed}, ${counted(training.withheld_pictures, "picture")} kept for calibration`],
    ...(version.job ? [["Job", version.job]] : []),
  ];
  return make("details", { "data-focus": `facts ${model.name} ${version.version}` }, make("summary", {}, ["All about version ", String(version.version)]),
    make("dl", { class: "facts" }, terms.flatMap(([term, value]) => [make("dt", {}, term), make("dd", {}, value)])),
    version.measured.length > 0 && table("Measured on clean pictures", ["Pictures", "#Student accuracy", "#Accepted and right", "#Clean rejection rate"],
      version.measured.map((one) => [name(one.data), measured(one.student_accuracy), measured(one.end_to_end_accuracy), measured(one.clean_rejection_rate)])),
    version.gate && gateTable(version.gate));
}

function history(model) {
  const place = make("div", {}, make("p", { class: "hint" }, "…"));
  const load = async ({ currentTarget }) => {
    if (!currentTarget.open) return;
    const { activations } = await get(`${pathOf("models", model, "activations")}`).catch((problem) => {
      place.textContent = problem.message;
      return {};
    });
    if (activations) place.replaceChildren(table("Which version was current when", ["When", "Version", "How", "Who"], activations.map(({ time, version, previous, kind, actor }) =>
      [ago(time), `${version}${previous === null ? "" : `, before ${previous}`}`, KINDS[kind] ?? kind, name(actor)])));
  };
  return make("details", { "data-focus": `history ${model}`, toggle: load }, make("summary", {}, "Which version was current when"), place);
}

/** What somebody else has done meanwhile is told, not undone. */
const changing = ({ currentTarget }, act) => doing(currentTarget, async () => {
  try {
    await act();
  } catch (problem) {
    if (problem.error !== "not_current") throw problem;
    throw new Error(`Somebody else was faster: version ${problem.members.current} is current by now. Nothing was changed; look again and decide anew.`);
  } finally {
    await refresh();
  }
});

async function activate(event, { name: model, current }, { version, gate, state }) {
  const doubt = gate ? gateTable(gate) : make("p", {}, state === "retired" ? "It was current before." : "It has not been through the gate.");
  const question = [make("p", {}, "It takes the place of version ", make("strong", {}, String(current ?? "–")), ". No request is lost meanwhile."), doubt];
  const { currentTarget } = event;
  if (!await confirmed(`Activate version ${version} of ${model}?`, question, "Activate")) return;
  await changing({ currentTarget }, async () => {
    await sendOnce(`${pathOf("models", model)}/activate`, { version, ...(current === null ? {} : { if_current: current }) });
    say(`Version ${version} of ${model} is current.`);
  });
}

async function rollBack({ currentTarget }, { name: model, current, roll_back_to: back }) {
  const question = make("p", {}, "Version ", make("strong", {}, String(back)), ", which was current before, takes the place of version ", make("strong", {}, String(current)), ". No request is lost meanwhile.");
  if (!await confirmed(`Roll ${model} back?`, question, "Roll back")) return;
  await changing({ currentTarget }, async () => {
    const { version } = await sendOnce(`${pathOf("models", model)}/roll-back`, { if_current: current });
    say(`Version ${version} of ${model} is current again.`);
  });
}

async function remove({ currentTarget }, { name: model }, { version, bytes }) {
  const question = make("p", {}, `Its ${size(bytes)} are removed for good.`);
  if (!await confirmed(`Delete version ${version} of ${model}?`, question, "Delete", { danger: true })) return;
  await changing({ currentTarget }, async () => {
    await send("DELETE", pathOf("models", model, "versions", version));
    say(`Version ${version} of ${model} is deleted.`);
  });
}

changes.addEventListener("change", showModels);
