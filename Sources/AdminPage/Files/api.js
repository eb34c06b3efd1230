// The administration's HTTP interface, as this page uses it.

const BASE = "admin/v1";
const KEY = "distinguo.token";
let token = sessionStorage.getItem(KEY);

/** An answer that is no success, or that there was none. Its message is for people. */
export class Problem extends Error {
  /**
   * @param status HTTP's; 0 if there was no answer.
   * @param members of the answer's problem document; `error` is for programs.
   * @param retryAfter in how many seconds to try again, if the server says so.
   */
  constructor(message, { status = 0, members = {}, retryAfter = null } = {}) {
    super(message);
    Object.assign(this, { status, members, retryAfter, error: members.error ?? "" });
  }

  /** What an answer says is wrong. */
  static of(status, text, retryAfter) {
    let members = {};
    try { members = JSON.parse(text) ?? {}; } catch { /* Something between here and the gateway has answered. */ }
    const seconds = Number.parseInt(retryAfter, 10);
    const known = {
      401: "The gateway does not know this token.",
      429: members.error === "too_many_attempts" ? "Too many wrong tokens came from this address." : null,
    }[status];
    const detail = members.detail ? members.detail[0].toUpperCase() + members.detail.slice(1) : null;
    let message = known ?? detail ?? members.title ?? `The gateway answered ${status}.`;
    if (!/[.!?]$/.test(message)) message += ".";
    if (status === 429 && seconds) message += ` Try again in ${seconds} s.`;
    return new Problem(message, { status, members, retryAfter: Number.isFinite(seconds) ? seconds : null });
  }
}

/** What is done when the token is refused. */
export const refusal = new EventTarget();

/** The token; null if there is none. */
export const remembered = () => token;

/** Remembers a token until the tab is closed; null forgets it. */
export function remember(value) {
  token = value;
  if (value === null) sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, value);
}

const unreachable = () => new Problem("The gateway cannot be reached.");

function failure(status, text, retryAfter, usedToken) {
  const problem = Problem.of(status, text, retryAfter);
  if (status === 401 && usedToken === token) refusal.dispatchEvent(new CustomEvent("refused", { detail: problem }));
  return problem;
}

/** The response to a request, if it is a success. Throws a Problem, or an AbortError. */
export async function ask(method, path, { body, type, key, signal } = {}) {
  const usedToken = token;
  const headers = { Authorization: `Bearer ${usedToken}` };
  if (type) headers["Content-Type"] = type;
  if (key) headers["Idempotency-Key"] = key;
  let response;
  try {
    response = await fetch(BASE + path, { method, headers, body, signal, cache: "no-store", credentials: "omit" });
  } catch (error) {
    throw error.name === "AbortError" ? error : unreachable();
  }
  if (response.ok) return response;
  throw failure(response.status, await response.text(), response.headers.get("Retry-After"), usedToken);
}

/** What a GET gives. */
export const get = async (path, options) => (await ask("GET", path, options)).json();

/** What a PUT, POST or DELETE gives; null if nothing. */
export async function send(method, path, value, options = {}) {
  const json = value === undefined ? {} : { body: JSON.stringify(value), type: "application/json" };
  const response = await ask(method, path, { ...json, ...options });
  return response.status === 204 ? null : response.json();
}

/** A key that no other request has. (`crypto.randomUUID` is not there without TLS.) */
export function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** POSTs what must not happen twice: where no answer came, the same request is sent once more under the same key. */
export async function sendOnce(path, value) {
  const key = newKey();
  try {
    return await send("POST", path, value, { key });
  } catch (problem) {
    if (problem.status !== 0) throw problem;
    await new Promise((resolve) => setTimeout(resolve, 1000));
    return send("POST", path, value, { key });
  }
}

/**
 * POSTs a form with files; fetch does not tell how much is sent.
 *
 * @param progress is told the share that is sent.
 * @param signal stops it.
 */
export function upload(path, form, progress, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const usedToken = token;
    request.open("POST", BASE + path);
    request.setRequestHeader("Authorization", `Bearer ${usedToken}`);
    request.setRequestHeader("Idempotency-Key", newKey());
    request.upload.addEventListener("progress", ({ lengthComputable, loaded, total }) => {
      if (lengthComputable) progress(loaded / total);
    });
    request.addEventListener("load", () => {
      if (request.status >= 200 && request.status < 300) resolve(JSON.parse(request.responseText));
      else reject(failure(request.status, request.responseText, request.getResponseHeader("Retry-After"), usedToken));
    });
    request.addEventListener("error", () => reject(unreachable()));
    request.addEventListener("abort", () => reject(new Problem("You stopped it; nothing was started.")));
    signal.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}

/** A path from its segments, which may be any names. */
export const pathOf = (...segments) => segments.map((segment) => `/${encodeURIComponent(segment)}`).join("");

/** A query from what is there of its members. */
export function queryOf(members) {
  const there = Object.entries(members).filter(([, value]) => value !== "" && value !== null && value !== undefined);
  return there.length ? `?${new URLSearchParams(there)}` : "";
}
