// New versions: what is asked for, and how far it is.
import { get, pathOf, queryOf, send, sendOnce, upload } from "./api.js";
import { arrange, button, confirmed, doing, make, name, one, say } from "./dom.js";
import { ago, count, duration, percent, roughly } from "./format.js";
import { gateTable } from "./parts.js";
import { changes, ifMayChange, mayChange, overview, refreshSoon } from "./session.js";

const PAGE = 20;
const STEPS = [["preparing", "Pictures"], ["training", "Training"], ["measuring", "Gate"], ["activating", "Activation"]];
const STATES = { queued: "… waits", running: "▶ at work", cancelling: "■ being cancelled", succeeded: "✓ succeeded", failed: "✕ failed", cancelled: "■ cancelled" };
const form = one("retraining-form");
const fields = form.elements;
let jobs = [];

const isFinal = ({ state }) => ["succeeded", "failed", "cancelled"].includes(state);

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
  if (isFinal(job)) say(`The retraining of ${job.model} ${{ succeeded: "has succeeded", failed: "has failed", cancelled: "was cancelled" }[job.state]}.`);
}

async function load({ older = false } = {}) {
  const answer = (await get(`/retraining-jobs${queryOf({ limit: PAGE, before: older ? jobs.at(-1)?.id : "" })}`)).jobs;
  jobs = older ? [...jobs, ...answer] : answer;
  one("older-jobs").hidden = answer.length < PAGE;
  showJobs();
}

function showJobs() {
  one("no-jobs").hidden = jobs.length > 0;
  arrange(one("jobs"), jobs, ({ id }) => id, (job) => {
    const element = make("li", { class: "card job" }, make("div", { class: "now" }), make("div", { class: "gate-place" }),
      make("details", {}, make("summary", {}, "Log"), make("pre", { class: "log", tabindex: 0, role: "region", "aria-label": "The log's end" })), make("div", { class: "actions" }));
    update(element, job);
    return element;
  }, update);
}

/** Brings a job's card up to date. What can have the focus stays the same element. */
function update(element, job) {
  const { model, state, step, actor, created, started, finished, version, gate, reason, progress, attempts } = job;
  const isRunning = state === "running" || state === "cancelling";
  const seconds = (Date.parse(finished) - Date.parse(started)) / 1000;
  element.querySelector(".now").replaceChildren(...[
    make("div", { class: "heading" }, make("h3", {}, name(model), version !== null && ` version ${version}`), make("span", { class: `chip ${state}` }, STATES[state])),
    make("p", { class: "hint" }, asked(job), "; by ", name(actor), ", ", ago(created), finished && started && `, took ${duration(seconds)}`),
    isRunning && make("ol", { class: "steps" }, STEPS.filter(([key]) => key !== "activating" || job.request.activate).map(([key, title]) =>
      make("li", { "aria-current": key === step ? "step" : null }, title))),
    isRunning && progress && [
      make("progress", { max: 1, value: progress.fraction, "aria-label": "How far the retraining is" }),
      make("p", {}, make("strong", {}, percent(progress.fraction, 0)), Number.isFinite(progress.seconds_left) && `, about ${roughly(progress.seconds_left)} left`),
      make("p", { class: "hint" }, details(progress)),
    ],
    isRunning && attempts > 1 && make("p", { class: "hint" }, `Attempt ${attempts} at this step.`),
    reason && make("p", { class: state === "failed" ? "problem" : "" }, reason),
    state === "succeeded" && make("p", {}, job.is_activated ? "It was made current." : "It is a candidate; Models has a button to activate it."),
  ].flat().filter(Boolean));
  const place = element.querySelector(".gate-place");
  if (gate && !place.firstChild) place.append(make("details", {}, make("summary", {}, gate.is_passed ? "Gate: ✓ passed" : "Gate: ✕ not passed"), gateTable(gate)));
  const log = element.querySelector(".log");
  const text = job.log.join("\n");
  if (log.textContent !== text) {
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 30;
    log.textContent = text;
    if (atEnd) log.scrollTop = log.scrollHeight;
  }
  log.parentElement.hidden = !text;
  const actions = element.querySelector(".actions");
  const canCancel = state === "queued" || state === "running";
  if (canCancel && !actions.firstChild) actions.append(button("Cancel", (event) => cancel(event, job), { "aria-label": `Cancel the retraining of ${model}`, ...ifMayChange() }));
  if (!canCancel) actions.replaceChildren();
}

function asked({ request: { data, feedback, preset, start, seed } }) {
  const pictures = data?.upload ?? data?.path;
  const from = [pictures, feedback && "reviewed pictures"].filter(Boolean).join(" and ");
  return `${preset}, from ${from}, starting from ${start === "teacher" ? "a Teacher" : "the current version"}, seed ${seed}`;
}

function details({ network, number, count: of, epoch, epochs, loss, accuracy, images_per_second: rate }) {
  return [
    network && `${network}${of ? ` (network ${number} of ${of})` : ""}`, epochs && `epoch ${epoch ?? 1} of ${epochs}`, Number.isFinite(loss) && `loss ${loss.toFixed(3)}`,
    Number.isFinite(accuracy) && `accuracy ${percent(accuracy)}`, Number.isFinite(rate) && `${count(Math.round(rate))} pictures/s`,
  ].filter(Boolean).join(", ");
}

async function cancel({ currentTarget }, { id, model }) {
  if (!await confirmed(`Cancel the retraining of ${model}?`, make("p", {}, "What it has done so far is lost. What is served stays as it is."), "Cancel the retraining", { danger: true })) return;
  await doing(currentTarget, async () => receive("job", await send("DELETE", pathOf("retraining-jobs", id))));
}

function showFields() {
  const source = fields.source.value;
  const states = { upload: source === "upload", path: source === "path", feedback: source === "feedback", teacher: fields.start.value === "teacher" };
  for (const element of form.querySelectorAll("[data-for]")) element.hidden = !element.dataset.for.split(" ").some((key) => states[key]);
  fields.archive.required = states.upload;
  fields.path.required = states.path;
  fields.teacher.required = states.teacher;
}

function requested() {
  const source = fields.source.value;
  const optional = { teacher: fields.start.value === "teacher" && fields.teacher.value, label_by: fields.label_by.value, group_by: fields.group_by.value };
  return {
    model: fields.model.value, preset: fields.preset.value, seed: Number(fields.seed.value), start: fields.start.value,
    feedback: source === "feedback" || fields.feedback.checked, activate: fields.activate.checked,
    ...(source === "path" ? { data: { path: fields.path.value } } : {}),
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value)),
    ...(fields.flips.value ? { flips: fields.flips.value === "yes" } : {}),
  };
}

async function sendArchive(request) {
  const data = new FormData();
  data.append("request", JSON.stringify(request));
  data.append("archive", fields.archive.files[0]);
  const place = one("upload-progress");
  const stop = new AbortController();
  const end = () => stop.abort();
  one("stop-upload").addEventListener("click", end);
  place.hidden = false;
  try {
    return await upload("/retraining-jobs", data, (share) => { place.querySelector("progress").value = share; }, stop.signal);
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
    const job = fields.source.value === "upload" ? await sendArchive(request) : await sendOnce("/retraining-jobs", request);
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
  form.querySelector("[data-changes]").disabled = !mayChange();
  const { gate, retraining, review } = overview;
  const points = (share) => `${(100 * share).toFixed(1).replace(/\.0$/, "")} point${share === 0.01 ? "" : "s"}`;
  one("margins").textContent = `It passes if it is at most ${points(gate.accuracy)} less accurate than the current version, rejects at most ${points(gate.clean_rejection)} more of the clean pictures, and at most ${points(gate.defence)} less of the attacks.`;
  one("roots").replaceChildren(...retraining.data.map((value) => make("option", { value })));
  one("roots-hint").textContent = retraining.data.length ? `Below one of: ${retraining.data.join(", ")}` : "No folder is allowed yet; the setting retraining.data names those that are.";
  fields.feedback.parentElement.lastChild.textContent = `Add the reviewed pictures: ${count(review.overturned)} genuine, ${count(review.confirmed)} adversarial`;
});
showFields();
