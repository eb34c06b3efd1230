// Verdicts and the rejection rate over time, drawn as SVG.
import { draw, make } from "./dom.js";
import { clock, count, counted, percent } from "./format.js";

const [LEFT, RIGHT, TOP, COUNTS, GAP, RATES, BOTTOM] = [46, 6, 10, 150, 30, 76, 24];
const HEIGHT = TOP + COUNTS + GAP + RATES + BOTTOM;

/** The least of 1, 2, 5, 10, 20, 50, … that is no less. */
function ceiling(number) {
  const power = 10 ** Math.floor(Math.log10(number));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= number * 0.9999);
}

/**
 * Bars of what was accepted and rejected, and below them the rate. Arrow keys, or a pointer, choose a slice of time
 * whose figures are then told above; a screen reader hears it as a slider's value.
 */
export class VerdictChart {
  #slices = [];
  #seconds = 60;
  #bound = null;
  #chosen = null;
  #readout = make("p", { class: "readout" });
  #svg = draw("svg", { height: HEIGHT, "aria-hidden": "true" });
  #slider;

  /** @param container is filled. */
  constructor(container) {
    this.#slider = make("div", {
      class: "chart", tabindex: 0, role: "slider", "aria-label": "Moment of the verdicts", "aria-valuemin": 0,
      keydown: (event) => this.#key(event), blur: () => this.#choose(null), pointerleave: () => this.#choose(null),
      pointermove: (event) => this.#point(event), pointerdown: (event) => this.#point(event),
    }, this.#svg);
    container.append(this.#readout, this.#slider);
    new ResizeObserver(() => this.#draw()).observe(this.#slider);
  }

  /**
   * Shows something else.
   *
   * @param slices `{time, images, rejected}`, oldest first.
   * @param seconds the length of each.
   * @param bound the rejection rate that is not to be exceeded, or null.
   */
  show(slices, seconds, bound) {
    [this.#slices, this.#seconds, this.#bound] = [slices, seconds, bound];
    this.#draw();
  }

  /** What a slice tells, in words. */
  static words({ time, images, rejected }, seconds) {
    const start = new Date(time);
    const end = new Date(start.getTime() + 1000 * seconds);
    const when = seconds < 60 ? clock(start, true) : `${clock(start)}–${clock(end)}`;
    return `${when}: ${VerdictChart.sum(images, rejected)}`;
  }

  /** How many were rejected of how many, in words. */
  static sum(images, rejected) {
    return counted(images, "picture") + (images ? `, ${count(rejected)} rejected (${percent(rejected / images)})` : "");
  }

  #key(event) {
    const last = this.#slices.length - 1;
    const from = this.#chosen ?? last;
    const to = {
      ArrowLeft: from - 1, ArrowDown: from - 1, PageDown: from - 10, Home: 0,
      ArrowRight: from + 1, ArrowUp: from + 1, PageUp: from + 10, End: last,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.#choose(Math.max(0, Math.min(last, to)));
  }

  #point(event) {
    const box = this.#svg.getBoundingClientRect();
    const index = Math.floor((event.clientX - box.left - LEFT) / this.#step);
    this.#choose(index >= 0 && index < this.#slices.length ? index : null);
  }

  #choose(index) {
    if (index === this.#chosen) return;
    this.#chosen = index;
    this.#draw();
  }

  get #step() { return (this.#slider.clientWidth - LEFT - RIGHT) / Math.max(1, this.#slices.length); }

  #draw() {
    const width = this.#slider.clientWidth;
    if (!width || !this.#slices.length) return;
    if (this.#chosen >= this.#slices.length) this.#chosen = null;
    this.#tell();
    this.#svg.setAttribute("width", width);
    this.#svg.replaceChildren(VerdictChart.#hatch(), this.#counts(width), this.#rates(width), this.#times());
  }

  static #hatch() {
    const size = { width: 4, height: 4 };
    const pattern = { id: "hatch", ...size, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" };
    return draw("defs", {}, draw("pattern", pattern,
      draw("rect", { class: "rejected", ...size }), draw("rect", { class: "gap", ...size, width: 1.2 })));
  }

  #tell() {
    const last = this.#slices.length - 1;
    const sum = (key) => this.#slices.reduce((total, slice) => total + slice[key], 0);
    this.#readout.textContent = this.#chosen === null
      ? `Altogether: ${VerdictChart.sum(sum("images"), sum("rejected"))}`
      : VerdictChart.words(this.#slices[this.#chosen], this.#seconds);
    this.#slider.ariaValueMax = last;
    this.#slider.ariaValueNow = this.#chosen ?? last;
    this.#slider.ariaValueText = this.#readout.textContent;
  }

  #axis(width, top, height, most, text) {
    return [0, 0.5, 1].map((part) => {
      const y = Math.round(top + height * (1 - part)) + 0.5;
      return draw("g", { class: "axis" }, draw("line", { x1: LEFT, x2: width - RIGHT, y1: y, y2: y }),
        draw("text", { x: LEFT - 8, y: y + 4, "text-anchor": "end" }, text(most * part)));
    });
  }

  #bar(index, from, to, shape) {
    const gap = this.#step > 4 ? 1 : 0;
    const [x, width] = [LEFT + index * this.#step, Math.max(0.5, this.#step - gap)];
    return draw("rect", { ...shape, x, width, y: from, height: Math.max(0, to - from) });
  }

  #counts(width) {
    const most = Math.max(2, ceiling(Math.max(1, ...this.#slices.map(({ images }) => images))));
    const base = TOP + COUNTS;
    return draw("g", {}, this.#axis(width, TOP, COUNTS, most, count),
      this.#slices.map(({ images, rejected }, index) => {
        // A single rejection among thousands is seen, too.
        const red = rejected ? Math.max(2, COUNTS * rejected / most) : 0;
        const all = Math.max(red, COUNTS * images / most);
        return [
          this.#chosen === index && this.#bar(index, TOP, base, { class: "chosen" }),
          this.#bar(index, base - all + red, base, { class: "accepted" }),
          red > 0 && this.#bar(index, base - all, base - all + red, { fill: "url(#hatch)" }),
        ];
      }));
  }

  #rates(width) {
    const top = TOP + COUNTS + GAP;
    const rates = this.#slices.map(({ images, rejected }) => (images ? rejected / images : null));
    const most = ceiling(Math.max(0.02, (this.#bound ?? 0) * 1.1, ...rates));
    const y = (rate) => top + RATES * (1 - Math.min(1, rate / most));
    const x = (index) => LEFT + (index + 0.5) * this.#step;
    // A line for each run of slices with pictures; a run of one is a dot.
    const runs = rates.reduce((all, rate, index) => {
      if (rate === null) all.push([]);
      else all.at(-1).push([x(index), y(rate)]);
      return all;
    }, [[]]).filter((run) => run.length);
    return draw("g", {}, draw("text", { class: "title", x: LEFT, y: top - 9 }, "Rejection rate"),
      this.#axis(width, top, RATES, Math.min(1, most), (rate) => percent(rate, most < 0.05 ? 1 : 0)),
      this.#bound !== null && this.#limit(width, y(this.#bound)),
      runs.map((run) => (run.length === 1
        ? draw("circle", { class: "dot", cx: run[0][0], cy: run[0][1], r: 2 })
        : draw("polyline", { class: "rate", points: run.map((point) => point.join(",")).join(" ") }))),
      this.#chosen !== null
        && draw("line", { class: "chosen", x1: x(this.#chosen), x2: x(this.#chosen), y1: top, y2: top + RATES }));
  }

  #limit(width, y) {
    const words = `bound ${percent(this.#bound, 0)}`;
    return draw("g", { class: "bound" }, draw("line", { x1: LEFT, x2: width - RIGHT, y1: y, y2: y }),
      draw("text", { x: width - RIGHT, y: y - 4, "text-anchor": "end" }, words));
  }

  #times() {
    const labels = Math.max(2, Math.min(6, Math.floor(this.#slider.clientWidth / 110)));
    const last = this.#slices.length - 1;
    return draw("g", { class: "axis" }, Array.from({ length: labels }, (_, label) => {
      const index = Math.round(label * last / (labels - 1));
      const anchor = label === 0 ? "start" : label === labels - 1 ? "end" : "middle";
      const x = LEFT + (index + { start: 0, middle: 0.5, end: 1 }[anchor]) * this.#step;
      const time = clock(new Date(this.#slices[index].time), this.#seconds < 60);
      return draw("text", { x, y: HEIGHT - 6, "text-anchor": anchor }, time);
    }));
  }
}
