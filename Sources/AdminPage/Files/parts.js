// Pieces that several views show.
import { ask, pathOf } from "./api.js";
import { button, make, name, one, table } from "./dom.js";
import { measured, percent, score } from "./format.js";

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
  for (const entry of entries.filter((one) => one.isIntersecting)) {
    near.unobserve(entry.target);
    entry.target.load();
  }
}, { rootMargin: "300px" });

/** A kept picture, which is fetched when it comes near to where it is seen, and enlarged when it is pressed. */
export function thumbnail({ model, digest, label }) {
  const frame = button("", enlarge, { class: "thumbnail", "aria-label": `Enlarge the picture that was taken for ${label}`, disabled: true });
  const path = `${pathOf("models", model, "rejections", digest)}/picture`;
  const description = `rejected picture, taken for ${label}`;
  const load = async () => {
    const blob = await (await ask("GET", path)).blob();
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

/** A bar for a score, beside which the score stands as a number; with a mark for the threshold if there is one. */
export function bar(score, threshold = null, kind = "") {
  const track = make("span", { class: `bar ${kind}`, "aria-hidden": "true" }, make("span", { class: "fill" }));
  track.style.setProperty("--score", Number.isFinite(score) ? score : 0);
  if (Number.isFinite(threshold)) {
    track.append(make("span", { class: "mark" }));
    track.style.setProperty("--threshold", threshold);
  }
  return track;
}

/** A score as a bar and a number. */
export const scored = (number, threshold, kind) => make("span", { class: "scored" }, bar(number, threshold, kind), score(number));

/** A gate's report: the new version beside the current one. */
export function gateTable({ candidate, serving, margins, is_passed: isPassed, reasons }) {
  const rows = [
    ["Student accuracy", "student_accuracy"], ["Accepted and right", "end_to_end_accuracy", margins.accuracy, -1],
    ["Clean rejection rate", "clean_rejection_rate", margins.clean_rejection, 1], ["Defence rate", "defence_rate", margins.defence, -1],
    ["Called adversarial, rejected", "feedback_rejection_rate"],
  ].filter(([, key]) => candidate[key]);
  const cells = rows.map(([title, key, margin, direction]) => {
    const allowed = margin === undefined || !serving ? "–" : `${direction < 0 ? "−" : "+"}${percent(margin, 1).replace(/\s%/, "")} points`;
    return [title, measured(candidate[key]), ...(serving ? [measured(serving[key]), allowed] : [])];
  });
  return make("div", { class: "gate" },
    make("p", { class: isPassed ? "verdict accepted" : "verdict rejected" }, isPassed ? "✓ The gate was passed." : "✕ The gate was not passed."),
    reasons.length > 0 && make("ul", {}, reasons.map((reason) => make("li", {}, reason))),
    make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "The gate's figures" },
      table("The gate's figures", ["Measure", `#Version ${candidate.version}`, ...(serving ? [`#Version ${serving.version}, current then`, "#Allowed"] : [])], cells)),
    make("p", { class: "hint" }, `On ${candidate.student_accuracy.of} pictures that were held out; in brackets the 95 % interval.`));
}

/** What each differentiator that was asked said. */
export function opinions(list, threshold) {
  return table("What the differentiators say", ["Differentiator", "Score", "Opinion"], list.map(({ id, score: number, agrees }) =>
    [name(id), scored(number, threshold, agrees ? "accepted" : "rejected"), agrees ? "✓ agrees" : "✕ objects"]));
}

/** Why something was rejected, in words. */
export const reasonText = (reason) => reason.replaceAll("_", " ");

/** The mean score beside its threshold. */
export function scoreLine({ score: number, threshold, reason = null }) {
  const known = Number.isFinite(number) && Number.isFinite(threshold);
  return make("p", { class: "scores" }, known
    ? ["Score ", make("strong", {}, score(number)), number < threshold ? ", below the threshold " : " reaches the threshold ", make("strong", {}, score(threshold))]
    : [reason ? reasonText(reason) : "", Number.isFinite(number) ? `, score ${score(number)}` : ""]);
}
