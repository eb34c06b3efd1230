// New versions: what is asked for, and how far it is.
import { get, pathOf, queryOf, send, sendOnce, upload } from "./api.js";
import {
  arrange, button, confirmed, disclosure, doing, make, name, one, paragraph, say, strong,
} from "./dom.js";
import { ago, count, duration, percent, roughly, size } from "./format.js";
import { gateTable, points } from "./parts.js";
import { changes, ifMayChange, mayChange, overview, refreshSoon } from "./session.js";

const PAGE = 20;
const STEPS = [
  ["preparing", "Pictures"], ["training", "Training"], ["measuring", "Gate"], ["activating", "Activation"],
];
const STATES = {
  queued: "… waits", running: "▶ at work", cancelling: "■ being cancelled",
  succeeded: "✓ succeeded", failed: "✕ failed", cancelled: "■ cancelled",
};
const ENDS = { succeeded: "has succeeded", failed: "has failed", cancelled: "was cancelled" };
const form = one("retraining-form");
const fields = form.elements;
let jobs = [];

/** The view comes to be seen. */
export const show = () => load();

/** Something has happened. */
export function receive(kind, job) {
  if (kind !== "job") return;
  const known = jobs.find(({ id }) => id === job.id);
  jobs = known ? jobs.map((one) => (one.id === job.id ? job : one)) : [job, ...jobs];
  jobs.sort((a, b) => Date.parse(b.created) - Date.parse(a.created));
  showJobs();
  if (known?.state === job.state) return;
  refreshSoon();
  if (job.state in ENDS) say(`The retraining of ${job.model} ${ENDS[job.state]}.`);
}

async function load({ older = false } = {}) {
  const answer = (await get(`/retraining-jobs${queryOf({ limit: PAGE, before: older ? jobs.at(-1)?.id : "" })}`)).jobs;
  jobs = older ? [...jobs, ...answer] : answer;
  one("older-jobs").hidden = answer.length < PAGE;
  showJobs();
}

function showJobs() {
  one("no-jobs").hidden = jobs.length > 0;
  arrange(one("jobs"), jobs, ({ id }) => id, card, update);
}

function card(job) {
  const log = make("pre", { class: "log", tabindex: 0, role: "region", "aria-label": "The log's end" });
  const element = make("li", { class: "card job" }, make("div", { class: "now" }), make("div", { class: "gate-place" }),
    disclosure("Log", {}, log), make("div", { class: "actions" }));
  update(element, job);
  return element;
}

/** Brings a job's card up to date. What can have the focus stays the same element. */
function update(element, job) {
  element.querySelector(".now").replaceChildren(...now(job).flat().filter(Boolean));
  const place = element.querySelector(".gate-place");
  if (job.gate && !place.firstChild) {
    place.append(disclosure(job.gate.is_passed ? "Gate: ✓ passed" : "Gate: ✕ not passed", {}, gateTable(job.gate)));
  }
  const log = element.querySelector(".log");
  const text = job.log.join("\n");
  if (log.textContent !== text) {
    const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 30;
    log.textContent = text;
    if (isAtEnd) log.scrollTop = log.scrollHeight;
  }
  log.parentElement.hidden = !text;
  const actions = element.querySelector(".actions");
  const canBeCancelled = ["queued", "running"].includes(job.state);
  if (!canBeCancelled) actions.replaceChildren();
  else if (!actions.firstChild) {
    const properties = { "aria-label": `Cancel the retraining of ${job.model}`, ...ifMayChange() };
    actions.append(button("Cancel", (event) => cancel(event, job), properties));
  }
}

/** How it is with a job. */
function now(job) {
  const { model, version, state, actor, created, started, finished, reason, request, step, progress, attempts } = job;
  // Not a number if it has not ended yet.
  const seconds = (Date.parse(finished) - Date.parse(started)) / 1000;
  const isRunning = ["running", "cancelling"].includes(state);
  return [
    make("div", { class: "heading" }, make("h3", {}, name(model), version !== null && ` version ${version}`),
      make("span", { class: `chip ${state}` }, STATES[state])),
    paragraph("hint", asked(request), "; by ", name(actor), ", ", ago(created),
      seconds >= 0 && `, took ${duration(seconds)}`),
    isRunning && make("ol", { class: "steps" }, STEPS.filter(([key]) => key !== "activating" || request.activate).map(
      ([key, title]) => make("li", { "aria-current": key === step ? "step" : null }, title))),
    isRunning && progress && progressLines(progress),
    isRunning && attempts > 1 && paragraph("hint", `Attempt ${attempts} at this step.`),
    reason && paragraph(state === "failed" ? "problem" : null, reason),
    state === "succeeded" && paragraph(null, job.is_activated
      ? "It was made current." : "It is a candidate; Models has a button to activate it."),
  ];
}

function progressLines(progress) {
  const { fraction, seconds_left: left, network, number, count: of, epoch, epochs, loss, accuracy } = progress;
  const rate = progress.images_per_second;
  const details = [
    network && `${network}${of ? ` (network ${number} of ${of})` : ""}`, epochs && `epoch ${epoch ?? 1} of ${epochs}`,
    Number.isFinite(loss) && `loss ${loss.toFixed(3)}`, Number.isFinite(accuracy) && `accuracy ${percent(accuracy)}`,
    Number.isFinite(rate) && `${count(Math.round(rate))} pictures/s`,
  ];
  return [
    make("progress", { max: 1, value: fraction, "aria-label": "How far the retraining is" }),
    paragraph(null, strong(percent(fraction, 0)), Number.isFinite(left) && `, about ${roughly(left)} left`),
    paragraph("hint", details.filter(Boolean).join(", ")),
  ];
}

function asked({ data, feedback, preset, start, seed }) {
  const from = [data?.upload ?? data?.path, feedback && "reviewed pictures"].filter(Boolean).join(" and ");
  const beginning = start === "teacher" ? "a Teacher" : "the current version";
  return `${preset}, from ${from}, starting from ${beginning}, seed ${seed}`;
}

async function cancel({ currentTarget }, { id, model }) {
  const text = paragraph(null, "What it has done so far is lost. What is served stays as it is.");
  if (!await confirmed(`Cancel the retraining of ${model}?`, text, "Cancel it", { danger: true })) return;
  await doing(currentTarget, async () => receive("job", await send("DELETE", pathOf("retraining-jobs", id))));
}

// MARK: What is asked for

function showFields() {
  const source = fields.source.value;
  const start = fields.start.value;
  for (const element of form.querySelectorAll("[data-for]")) {
    element.hidden = !element.dataset.for.split(" ").some((key) => key === source || key === start);
  }
  fields.archive.required = source === "upload";
  fields.path.required = source === "path";
  fields.teacher.required = start === "teacher";
}

function requested() {
  const source = fields.source.value;
  const start = fields.start.value;
  // What is undefined is left out of the JSON.
  return {
    model: fields.model.value, preset: fields.preset.value, seed: Number(fields.seed.value), start,
    feedback: source === "feedback" || fields.feedback.checked, activate: fields.activate.checked,
    data: source === "path" ? { path: fields.path.value } : undefined,
    teacher: start === "teacher" ? fields.teacher.value : undefined,
    label_by: fields.label_by.value || undefined, group_by: fields.group_by.value || undefined,
    flips: { yes: true, no: false }[fields.flips.value],
  };
}

async function sendArchive(request) {
  const [archive] = fields.archive.files;
  const most = overview.retraining.upload_bytes;
  if (archive.size > most) throw new Error(`The archive has ${size(archive.size)}; ${size(most)} may be sent.`);
  const data = new FormData();
  data.append("request", JSON.stringify(request));
  data.append("archive", archive);
  const place = one("upload-progress");
  const progress = (share) => { place.querySelector("progress").value = share; };
  const stop = new AbortController();
  const end = () => stop.abort();
  one("stop-upload").addEventListener("click", end);
  place.hidden = false;
  try {
    return await upload("/retraining-jobs", data, progress, stop.signal);
  } finally {
    place.hidden = true;
    one("stop-upload").removeEventListener("click", end);
  }
}

form.addEventListener("change", showFields);
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const submit = event.submitter ?? form.querySelector("button.primary");
  if (submit.disabled) return;
  one("retraining-problem").textContent = "";
  submit.disabled = true;
  try {
    const request = requested();
    const isUpload = fields.source.value === "upload";
    const job = isUpload ? await sendArchive(request) : await sendOnce("/retraining-jobs", request);
    receive("job", job);
    say(`The retraining of ${job.model} is accepted.`);
  } catch (problem) {
    one("retraining-problem").textContent = problem.message;
  } finally {
    submit.disabled = !mayChange();
    submit.focus();
  }
});
one("older-jobs").addEventListener("click", ({ currentTarget }) => doing(currentTarget, () => load({ older: true })));
changes.addEventListener("change", () => {
  const { gate, retraining: { data, upload_bytes: most }, review } = overview;
  form.querySelector("[data-changes]").disabled = !mayChange();
  one("margins").textContent = `It passes if it is at most ${points(gate.accuracy)} less accurate than the current `
    + `version, rejects at most ${points(gate.clean_rejection)} more of the clean pictures, and at most `
    + `${points(gate.defence)} less of the attacks.`;
  one("most").textContent = `; ${size(most)} at most`;
  one("roots").replaceChildren(...data.map((value) => make("option", { value })));
  one("roots-hint").textContent = data.length
    ? `Below one of: ${data.join(", ")}` : "No folder is allowed yet; retraining.data names those that are.";
  one("feedback-counts").textContent = `${count(review.overturned)} genuine, ${count(review.confirmed)} adversarial`;
});
showFields();
