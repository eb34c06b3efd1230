// Numbers, times and sizes as people read them.
import { make } from "./dom.js";

const whole = new Intl.NumberFormat("en");

/** A count, such as 1,370. */
export const count = (number) => whole.format(number);

/** A count with its noun, such as "1 picture" and "2 pictures". */
export const counted = (number, noun) => `${count(number)} ${noun}${number === 1 ? "" : "s"}`;

/** A share in per cent, such as 1.3 %; a dash for none. */
export function percent(share, digits = 1) {
  return Number.isFinite(share) ? `${(100 * share).toFixed(digits)}\u00a0%` : "–";
}

/** A share that was measured, with its interval: 1.28 % (0.80–2.03); a dash for none. */
export function measured(share) {
  return share ? `${percent(share.share, 2)} (${(100 * share.low).toFixed(2)}–${(100 * share.high).toFixed(2)})` : "–";
}

/** A probability in three digits; a dash for none. */
export const score = (number) => (Number.isFinite(number) ? number.toFixed(3) : "–");

/** A size in bytes, such as 34.5 MB. */
export function size(bytes) {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
  return `${power ? (bytes / 1000 ** power).toFixed(1) : bytes}\u00a0${units[power]}`;
}

/** A length of time in its two largest units, such as 2 h 5 min. */
export function duration(seconds) {
  const units = [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]];
  const index = Math.max(0, units.findIndex(([, length]) => seconds >= length));
  if (seconds < 1) return "0\u00a0s";
  let rest = Math.round(seconds);
  return units.slice(index, index + 2).map(([unit, length]) => {
    const number = Math.floor(rest / length);
    rest -= number * length;
    return number ? `${number}\u00a0${unit}` : "";
  }).filter(Boolean).join(" ");
}

/** About how long, such as 10 min. */
export const roughly = (seconds) => (seconds < 3600 ? duration(seconds).split(" ")[0] : duration(seconds));

const two = (number) => String(number).padStart(2, "0");

/** The time of day, here. */
export function clock(date, withSeconds = false) {
  return [date.getHours(), date.getMinutes(), ...(withSeconds ? [date.getSeconds()] : [])].map(two).join(":");
}

/** Date and time, here. */
export function date(text) {
  const time = new Date(text);
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${clock(time, true)}`;
}

function distance(text) {
  const seconds = (Date.now() - Date.parse(text)) / 1000;
  return seconds < 5 ? "just now" : `${duration(seconds).split(" ")[0]} ago`;
}

/** How long ago something was; the time itself is shown where one points at it. */
export const ago = (text) => make("time", { datetime: text, title: date(text), "data-ago": true }, distance(text));

setInterval(() => {
  for (const time of document.querySelectorAll("time[data-ago]")) time.textContent = distance(time.dateTime);
}, 20_000);
