// Verdicts as they are reached: how many were rejected, what each differentiator thinks, the last rejections.
import { get, queryOf } from "./api.js";
import { VerdictChart } from "./chart.js";
import { arrange, make, name, one, paragraph, strong, table, tiles } from "./dom.js";
import { ago, clock, count, counted, percent, score } from "./format.js";
import { bar, reasonText, scored, thumbnail } from "./parts.js";
import { changes, modelNamed, overview } from "./session.js";

const LENGTHS = { minute: 60, hour: 3600, day: 86_400 };
const REFRESH = { minute: 3_000, hour: 15_000, day: 60_000 };
const SHOWN = 8;
const COLUMNS = ["Id", "Mean score", "#Objected", "#Asked", "#Last rejection"];
const chart = new VerdictChart(one("chart"));
const filters = one("live-filters");
let series = null;
let rejections = [];
let timer = null;
let isShown = false;

const chosen = () => ({ model: filters.elements.model.value, window: filters.elements.window.value });

/** The view comes to be seen. */
export async function show() {
  isShown = true;
  await Promise.all([fetchSeries(), fetchRejections()]);
}

/** The view is no longer seen. */
export function hide() {
  isShown = false;
  clearTimeout(timer);
}

/** Something has happened. */
export function receive(kind, value) {
  if (kind === "verdicts" && series) addVerdicts(value);
  if (kind !== "rejection") return;
  rejections = [{ ...value, opinions: value.differentiators }, ...rejections].slice(0, 50);
  showRejections();
  showDifferentiators();
}

async function fetchSeries() {
  clearTimeout(timer);
  const asked = chosen();
  try {
    const answer = await get(`/series${queryOf(asked)}`);
    // Something else may have been chosen meanwhile.
    if (asked.model !== chosen().model || asked.window !== chosen().window) return;
    series = filled(answer);
    showSeries();
    showDifferentiators();
  } finally {
    clearTimeout(timer);
    if (isShown) timer = setTimeout(fetchAgain, REFRESH[asked.window]);
  }
}

/** With slices in which nothing happened from before the gateway's start, so that a window is as long as its name says. */
function filled({ slices, ...more }) {
  const width = more.slice_seconds;
  const first = slices.length ? Date.parse(slices[0].time) : Date.now();
  const missing = Math.max(0, Math.round(LENGTHS[more.window] / width) - slices.length);
  const empty = Array.from({ length: missing }, (_, index) => ({
    time: new Date(first - 1000 * width * (missing - index)).toISOString(), images: 0, rejected: 0, differentiators: [],
  }));
  return { ...more, slices: [...empty, ...slices] };
}

/** The next time that somebody looks. What goes wrong is seen by the connection's state. */
function fetchAgain() {
  if (document.hidden) document.addEventListener("visibilitychange", fetchAgain, { once: true });
  else fetchSeries().catch(() => {});
}

async function fetchRejections() {
  if (!overview.review.keeps && !overview.review.kept) return showRejections();
  rejections = (await get(`/rejections${queryOf({ limit: 50 })}`)).rejections;
  showRejections();
  showDifferentiators();
}

/** Counts verdicts in at once; the next series is exact. */
function addVerdicts({ time, models }) {
  const mine = models.filter(({ model }) => !chosen().model || model === chosen().model);
  const { slices, slice_seconds: seconds } = series;
  if (!slices.length) return;
  while (Date.parse(time) >= Date.parse(slices.at(-1).time) + 1000 * seconds) {
    const start = new Date(Date.parse(slices.at(-1).time) + 1000 * seconds);
    slices.push({ time: start.toISOString(), images: 0, rejected: 0, differentiators: [] });
    slices.shift();
  }
  for (const { images, rejected } of mine) {
    slices.at(-1).images += images;
    slices.at(-1).rejected += rejected;
  }
  if (isShown) showSeries();
}

function showSeries() {
  const { slices, slice_seconds: seconds } = series;
  chart.show(slices, seconds, modelNamed(chosen().model)?.drift.bound ?? null);
  showTiles();
  if (one("series").parentElement.open) showTable();
}

function showTable() {
  const rows = series.slices.filter(({ images }) => images).reverse().map(({ time, images, rejected }) =>
    [clock(new Date(time), true), count(images), count(rejected), percent(rejected / images)]);
  one("series").replaceChildren(rows.length
    ? table("Verdicts and rejection rate, newest first", ["From", "#Pictures", "#Rejected", "#Rate"], rows)
    : paragraph("empty", "No picture came in this time."));
}

function showTiles() {
  if (!series || !overview) return;
  const images = series.slices.reduce((sum, slice) => sum + slice.images, 0);
  const rejected = series.slices.reduce((sum, slice) => sum + slice.rejected, 0);
  const { review, jobs } = overview;
  tiles(one("tiles"), [
    ["Pictures judged", count(images), `in the last ${series.window}`],
    ["Rejection rate", images ? percent(rejected / images) : "–", `${count(rejected)} rejected`],
    ["To review", count(review.unreviewed), review.keeps ? `of ${count(review.kept)} kept` : "none are kept"],
    ["Retraining", jobs.running ? "at work" : "idle", jobs.queued ? `${count(jobs.queued)} waiting` : "none waiting"],
  ]);
}

function showAlerts() {
  const alerts = overview.models.flatMap((model) => alertsOf(model).map((text) => [name(model.name), text]));
  if (!overview.ready) alerts.unshift("The gateway is not ready to classify.");
  one("alerts").replaceChildren(...alerts.map((text) => paragraph("note warning", strong("Look: "), text)));
}

function alertsOf({ current, serving, drift: { is_exceeded: exceeded, rejection_rate: rate, images, bound } }) {
  return [
    exceeded
      && ` rejects ${percent(rate)} of its last ${counted(images, "picture")}: more than ${percent(bound, 0)}, the bound.`,
    !serving && " is not served.",
    serving && current !== null && serving.version !== current
      && ` serves version ${serving.version} although version ${current} is current.`,
  ].filter(Boolean);
}

function showDifferentiators() {
  if (!series) return;
  const sums = new Map();
  for (const one of series.slices.flatMap((slice) => slice.differentiators)) {
    const key = `${one.model} ${one.id}`;
    const sum = sums.get(key) ?? { id: one.id, model: one.model, asked: 0, disagreed: 0, weighted: 0 };
    sum.asked += one.asked;
    sum.disagreed += one.disagreed;
    sum.weighted += one.asked * (one.mean_score ?? 0);
    sums.set(key, sum);
  }
  const all = [...sums.values()].sort((a, b) => a.model.localeCompare(b.model) || a.id.localeCompare(b.id));
  const last = new Map();
  for (const rejection of rejections) if (!last.has(rejection.model)) last.set(rejection.model, rejection);
  const row = ({ id, model, asked, disagreed, weighted }) => {
    const opinion = last.get(model)?.opinions?.find((one) => one.id === id);
    const latest = opinion ? `${opinion.agrees ? "✓" : "✕"} ${score(opinion.score)}` : "–";
    return [name(id), scored(weighted / asked), percent(disagreed / asked), count(asked), latest];
  };
  const models = [...new Set(all.map((one) => one.model))];
  one("differentiators").replaceChildren(...models.flatMap((model) => [
    make("h3", {}, name(model)),
    table(`Differentiators of ${model}`, COLUMNS, all.filter((one) => one.model === model).map(row)),
  ]));
  if (!all.length) one("differentiators").append(paragraph("empty", "No differentiator was asked in this time."));
}

function showRejections() {
  const { model } = chosen();
  const shown = rejections.filter((one) => !model || one.model === model).slice(0, SHOWN);
  if (!shown.length) {
    const text = overview.review.keeps
      ? "Nothing was rejected." : "Nothing was rejected since this page was opened. Pictures are not kept.";
    one("last-rejections").replaceChildren(paragraph("empty", text));
    return;
  }
  let list = one("last-rejections").querySelector("ul");
  if (!list) one("last-rejections").replaceChildren(list = make("ul", { class: "lines" }));
  arrange(list, shown, ({ request_id: request, digest }) => `${request} ${digest}`, line);
}

function line(rejection) {
  const { digest, label, model, version, time, score: number, threshold, reason } = rejection;
  const text = Number.isFinite(threshold) ? `${score(number)} < ${score(threshold)}` : reasonText(reason);
  return make("li", {},
    digest ? thumbnail(rejection) : make("span", { class: "thumbnail" }, "not kept"),
    make("div", {}, paragraph(null, "taken for ", strong(name(label))),
      paragraph("hint", name(model), ` ${version}, `, ago(time))),
    make("div", { class: "measure" }, bar(number, threshold, "rejected"), make("span", {}, text)));
}

filters.addEventListener("submit", (event) => event.preventDefault());
filters.addEventListener("change", () => {
  fetchSeries().catch(() => {});
  showRejections();
});
one("series").parentElement.addEventListener("toggle", () => series && showTable());
changes.addEventListener("change", () => {
  showAlerts();
  showTiles();
});
