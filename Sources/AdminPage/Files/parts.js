// Pieces that several views show.
import { ask, pathOf } from "./api.js";
import { button, make, name, one, paragraph, strong, table } from "./dom.js";
import { measured, score } from "./format.js";

// MARK: Pictures

const PICTURES = new Set(["image/jpeg", "image/png", "image/webp"]);

/** A picture out of a blob, or a word in its place; its address is given back as soon as it is shown. */
export async function picture(blob, description) {
  const url = URL.createObjectURL(blob);
  const image = make("img", { alt: description, src: url });
  try {
    await image.decode();
    return image;
  } catch {
    return make("span", {}, "no picture");
  } finally {
    URL.revokeObjectURL(url);
  }
}

const near = new IntersectionObserver((entries) => {
  for (const { target } of entries.filter((entry) => entry.isIntersecting)) {
    near.unobserve(target);
    target.load();
  }
}, { rootMargin: "300px" });

/** A kept picture, which is fetched when it comes near to where it is seen, and enlarged when it is pressed. */
export function thumbnail({ model, digest, label }) {
  const description = `rejected picture, taken for ${label}`;
  const frame = button("", enlarge, { class: "thumbnail", "aria-label": `Enlarge: ${description}`, disabled: true });
  const load = async () => {
    const blob = await (await ask("GET", `${pathOf("models", model, "rejections", digest)}/picture`)).blob();
    if (!PICTURES.has(blob.type)) throw new Error("This is no picture.");
    return picture(blob, description);
  };
  frame.load = async () => {
    try {
      frame.replaceChildren(await load());
      frame.disabled = false;
    } catch {
      frame.replaceChildren(make("span", {}, "no picture"));
    }
  };
  async function enlarge() {
    one("enlarged-picture").replaceChildren(await load());
    one("enlarged").showModal();
  }
  near.observe(frame);
  return frame;
}

one("enlarged-close").addEventListener("click", () => one("enlarged").close());
one("enlarged").addEventListener("close", () => one("enlarged-picture").replaceChildren());

// MARK: Scores

/** A bar for a score, with a mark for the threshold if there is one. The number must stand beside it. */
export function bar(number, threshold = null, kind = "") {
  const track = make("span", { class: `bar ${kind}`, "aria-hidden": "true" }, make("span", { class: "fill" }));
  track.style.setProperty("--score", Number.isFinite(number) ? number : 0);
  if (Number.isFinite(threshold)) {
    track.append(make("span", { class: "mark" }));
    track.style.setProperty("--threshold", threshold);
  }
  return track;
}

/** A score as a bar and a number. */
export function scored(number, threshold, kind) {
  return make("span", { class: "scored" }, bar(number, threshold, kind), score(number));
}

/** What each differentiator that was asked said. */
export function opinions(list, threshold) {
  const rows = list.map(({ id, score: number, agrees }) =>
    [name(id), scored(number, threshold, agrees ? "accepted" : "rejected"), agrees ? "✓ agrees" : "✕ objects"]);
  return table("What the differentiators say", ["Differentiator", "Score", "Opinion"], rows);
}

/** Why something was rejected, in words. */
export const reasonText = (reason) => reason.replaceAll("_", " ");

/** The score beside its threshold; the reason where there is no threshold. */
export function scoreLine({ score: number, threshold, reason }) {
  const text = Number.isFinite(number) && ["Score ", strong(score(number))];
  if (text && Number.isFinite(threshold)) {
    const comparison = number < threshold ? ", below the threshold " : ", threshold ";
    return paragraph(null, text, comparison, strong(score(threshold)));
  }
  return paragraph(null, reason && reasonText(reason), reason && text && ". ", text);
}

// MARK: The gate

const MEASURES = [
  ["Student accuracy", "student_accuracy"],
  ["Accepted and right", "end_to_end_accuracy", "accuracy", "−"],
  ["Clean rejection rate", "clean_rejection_rate", "clean_rejection", "+"],
  ["Defence rate", "defence_rate", "defence", "−"],
  ["Called adversarial, rejected", "feedback_rejection_rate"],
];

/** A margin in points, such as "1 point". */
export function points(margin) {
  const number = Number((100 * margin).toFixed(2));
  return `${number} point${number === 1 ? "" : "s"}`;
}

/** A gate's report: the new version beside the one that was current then. */
export function gateTable({ candidate, serving, margins, is_passed: isPassed, reasons }) {
  const titles = ["Measure", `#Version ${candidate.version}`];
  if (serving) titles.push(`#Version ${serving.version}, current then`, "#Allowed");
  const rows = MEASURES.filter(([, key]) => candidate[key]).map(([title, key, margin, sign]) => {
    const row = [title, measured(candidate[key])];
    if (serving) row.push(measured(serving[key]), margin ? `${sign}${points(margins[margin])}` : "–");
    return row;
  });
  return make("div", { class: "gate" },
    paragraph(`verdict ${isPassed ? "accepted" : "rejected"}`,
      isPassed ? "✓ The gate was passed." : "✕ The gate was not passed."),
    reasons.length > 0 && make("ul", {}, reasons.map((reason) => make("li", {}, reason))),
    make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "The gate's figures" },
      table("The gate's figures", titles, rows)),
    paragraph("hint", `On ${candidate.student_accuracy.of} held-out pictures; in brackets the 95 % interval.`));
}
