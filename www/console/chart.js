// A line chart of some of the funnel's steps over time, with a legend that reads the values, and a table for everybody.

import uPlot from "uplot";
import { fill, h } from "./dom.js";
import { STEPS, clock, day, number, shortNumber } from "./words.js";

const HEIGHT = 220;
const DARK = matchMedia("(prefers-color-scheme: dark)");

/**
 * @param {string} name
 * @param {import("./api.js").Funnel} funnel
 * @param {import("./api.js").Step[]} steps
 * @param {AbortSignal} replaced raised when the chart is taken away
 */
export const chart = (name, { series, bucket, totals }, steps, replaced) => {
  const times = series.map(({ time }) => Date.parse(time) / 1000);
  const values = steps.map((step) => series.map((row) => row[step]));
  const label = (/** @type {number} */ seconds) => (bucket === "hour" ? clock(seconds * 1000) : day(seconds * 1000));
  const { legend, read } = legendOf(steps, values, totals, (at) => (at === null ? "" : label(times[at] ?? 0)));
  const canvas = h("div", { class: "chart", role: "img", "aria-label": `${name}. ${steps.map((step) => `${STEPS[step]} ${number(totals[step])}`).join(", ")}. The table below has every value.` });
  keepDrawn(canvas, replaced, (width, color) => new uPlot(options({ width, steps, color, read, label }), [times, ...values], canvas));
  return h("section", { class: "card" }, h("h2", {}, name), legend, canvas, table(name, series, steps, (time) => label(Date.parse(time) / 1000)));
};

/**
 * @param {object} given
 * @param {number} given.width @param {import("./api.js").Step[]} given.steps @param {(name: string) => string} given.color
 * @param {(at: number | null) => void} given.read @param {(seconds: number) => string} given.label
 * @returns {uPlot.Options}
 */
const options = ({ width, steps, color, read, label }) => {
  const grid = { stroke: color("--line"), width: 1 };
  const font = "12px system-ui, sans-serif";
  return {
    width, height: HEIGHT, legend: { show: false }, padding: [12, 12, 0, 0],
    cursor: { y: false, points: { size: 7 }, drag: { x: false, y: false } },
    scales: { y: { range: (_, __, most) => [0, Math.max(4, most * 1.08)] } },
    axes: [
      { stroke: color("--soft"), font, grid: { show: false }, ticks: { ...grid, size: 5 }, size: 34, gap: 6, space: 64, values: (_, splits) => splits.map(label) },
      { stroke: color("--soft"), font, grid, ticks: { show: false }, size: 44, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 1e6, 1e7], values: (_, splits) => splits.map(shortNumber) },
    ],
    series: [{}, ...steps.map((step) => ({ label: STEPS[step], stroke: color(`--${step}`), width: 2, points: { show: false } }))],
    hooks: { setCursor: [({ cursor }) => read(cursor.idx ?? null)] },
  };
};

/**
 * Draws again when the room or the colours change. uPlot keeps a list of its charts, so one that is taken away must be
 * destroyed: a console that stays open for a day would collect thousands.
 * @param {HTMLElement} room @param {AbortSignal} replaced @param {(width: number, color: (name: string) => string) => uPlot} make
 */
const keepDrawn = (room, replaced, make) => {
  /** @type {uPlot | undefined} */
  let plot;
  const draw = () => {
    plot?.destroy();
    // A canvas knows no variables, and a variable's own value is still light-dark(): a colour of an element is resolved.
    const probe = h("span", { hidden: true });
    room.append(probe);
    plot = make(room.clientWidth, (name) => {
      probe.style.color = `var(${name})`;
      return getComputedStyle(probe).color;
    });
    probe.remove();
  };
  const sizes = new ResizeObserver(() => {
    if (!room.clientWidth) return;
    if (plot) plot.setSize({ width: room.clientWidth, height: HEIGHT });
    else draw();
  });
  sizes.observe(room);
  DARK.addEventListener("change", draw, { signal: replaced });
  replaced.addEventListener("abort", () => {
    sizes.disconnect();
    plot?.destroy();
  });
};

/**
 * The names of the lines with their totals, or with the values under the pointer.
 * @param {import("./api.js").Step[]} steps @param {number[][]} values @param {import("./api.js").Counts} totals @param {(at: number | null) => string} when
 */
const legendOf = (steps, values, totals, when) => {
  const numbers = steps.map((step) => h("span", { class: "legend-value" }, number(totals[step])));
  const time = h("span", { class: "legend-time hint" }, "In all");
  const legend = h("p", { class: "legend", "aria-hidden": "true" },
    steps.map((step, at) => h("span", { class: "legend-item" }, h("span", { class: `dot dot-${step}` }), STEPS[step], " ", numbers[at])), time);
  /** @param {number | null} at */
  const read = (at) => {
    fill(time, at === null ? "In all" : when(at));
    numbers.forEach((cell, line) => fill(cell, number(at === null ? totals[/** @type {import("./api.js").Step} */ (steps[line])] : values[line]?.[at] ?? 0)));
  };
  return { legend, read };
};

/** @param {string} name @param {import("./api.js").Funnel["series"]} series @param {import("./api.js").Step[]} steps @param {(time: string) => string} label */
const table = (name, series, steps, label) =>
  h("details", {}, h("summary", {}, "Values as a table"),
    h("div", { class: "scroll tall", tabindex: "0", role: "group", "aria-label": `${name}, values` },
      h("table", {}, h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Time"), steps.map((step) => h("th", { scope: "col", class: "num" }, STEPS[step])))),
        h("tbody", {}, series.map((row) => h("tr", {}, h("th", { scope: "row" }, label(row.time)), steps.map((step) => h("td", { class: "num" }, number(row[step])))))))));
