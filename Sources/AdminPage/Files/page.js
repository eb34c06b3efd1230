// The administration's page: who is signed in, and which of its views is seen.
import { refusal, remember, remembered } from "./api.js";
import * as audit from "./audit.js";
import { make, one, say } from "./dom.js";
import { Feed } from "./feed.js";
import * as live from "./live.js";
import * as models from "./models.js";
import * as retraining from "./retraining.js";
import * as review from "./review.js";
import { changes, forget, mayChange, overview, refresh, refreshSoon } from "./session.js";
import * as trial from "./try.js";

const views = { live, review, models, retraining, try: trial, audit };
let seen = null;
let isLost = false;

// MARK: Views

const wanted = () => (location.hash.slice(1) in views ? location.hash.slice(1) : "live");

async function showView(key, { focus = false } = {}) {
  if (seen && seen !== key) views[seen].hide?.();
  seen = key;
  for (const section of document.querySelectorAll("main > section")) section.hidden = section.id !== key;
  for (const link of one("views").children) link.ariaCurrent = link.hash === `#${key}` ? "page" : null;
  document.title = `${one(`${key}-title`).textContent} · Distinguo`;
  scrollTo(0, 0);
  if (focus) one(`${key}-title`).focus({ preventScroll: true });
  try {
    await views[key].show();
  } catch (problem) {
    if (problem.status !== 401) say(problem.message, { wrong: true });
  }
}

addEventListener("hashchange", () => overview && showView(wanted(), { focus: true }));
one("skip").addEventListener("click", (event) => {
  event.preventDefault();
  one("main").focus();
});

// MARK: What happens at the gateway

const feed = new Feed((kind, value) => {
  for (const view of Object.values(views)) view.receive(kind, value);
  if (["activation", "review", "rejection"].includes(kind)) refreshSoon();
  if (kind === "activation" && value.actor !== overview?.actor) {
    say(`Version ${value.version} of ${value.model} is current, by ${value.actor}.`);
  }
}, (state, seconds) => {
  const isLive = state === "live";
  one("feed").textContent = isLive ? "● live" : `○ no connection, next try in ${seconds} s`;
  one("feed").className = isLive ? "feed" : "feed lost";
  if (isLive && isLost) {
    refreshSoon();
    if (seen) showView(seen);
    say("The gateway is back.");
  } else if (!isLive && !isLost) {
    say("The connection to the gateway is lost. It is tried again and again.");
  }
  isLost = !isLive;
});

changes.addEventListener("change", () => {
  one("actor").textContent = `${overview.actor}, ${overview.role}`;
  one("actor").title = `Distinguo ${overview.version}`;
  one("read-only").hidden = mayChange();
  const { review: { unreviewed }, jobs } = overview;
  badge("unreviewed", unreviewed);
  const unfinished = jobs.queued + (jobs.running ? 1 : 0);
  badge("unfinished", unfinished);
});

function badge(id, number) {
  one(id).hidden = number === 0;
  one(id).replaceChildren(number > 999 ? "999+" : String(number), make("span", { class: "hidden" }, ` ${id}`));
}

setInterval(() => overview && !document.hidden && refreshSoon(), 30_000);

// MARK: Signing in and out

/** Back to where a token is asked for. One that was not refused stays in the field, to be tried again. */
function signedOut(text = "", kept = "") {
  feed.stop();
  if (seen) views[seen].hide?.();
  seen = null;
  remember(null);
  forget();
  for (const id of ["views", "feed", "actor", "sign-out", "read-only"]) one(id).hidden = true;
  for (const section of document.querySelectorAll("main > section")) section.hidden = section.id !== "sign-in";
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  document.title = "Sign in · Distinguo";
  one("sign-in-problem").textContent = text;
  one("token").value = kept;
  one("token").focus();
}

async function signIn() {
  await refresh();
  for (const id of ["views", "feed", "actor", "sign-out"]) one(id).hidden = false;
  one("feed").textContent = "○ connecting";
  one("sign-in-problem").textContent = "";
  isLost = false;
  feed.start();
  await showView(wanted(), { focus: true });
}

one("sign-in-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const value = one("token").value.trim();
  const submit = event.submitter;
  // Header fields have visible ASCII only; fetch would not say what is wrong.
  if (!/^[!-~]+$/.test(value)) return signedOut("A token consists of letters, digits and signs without spaces.");
  submit.ariaBusy = "true";
  remember(value);
  try {
    await signIn();
  } catch (problem) {
    signedOut(problem.message, problem.status === 401 ? "" : value);
  } finally {
    submit.ariaBusy = null;
  }
});
one("sign-out").addEventListener("click", () => signedOut());
refusal.addEventListener("refused", ({ detail: { message } }) => {
  if (overview) signedOut(`${message} Perhaps it was taken out of the token file.`);
});

// MARK: Light and dark

const THEMES = { system: "◐ Auto", light: "○ Light", dark: "● Dark" };

function showTheme(theme) {
  document.documentElement.dataset.theme = theme;
  one("theme").replaceChildren(make("span", { class: "hidden" }, "Theme: "), THEMES[theme]);
}

one("theme").addEventListener("click", () => {
  const all = Object.keys(THEMES);
  const next = all[(all.indexOf(document.documentElement.dataset.theme) + 1) % all.length];
  localStorage.setItem("distinguo.theme", next);
  showTheme(next);
});
const theme = localStorage.getItem("distinguo.theme");
showTheme(theme in THEMES ? theme : "system");

const kept = remembered();
if (kept) signIn().catch((problem) => signedOut(problem.message, problem.status === 401 ? "" : kept));
else signedOut();
