// From samples to a table: medians, quartiles and bars.

/**
 * @typedef {object} Row
 * @property {string} what
 * @property {number[]} samples
 * @property {number} [figure] what stands for them; their median if omitted
 * @property {string} [said] what there is to say in place of figures
 * @property {string} [unit]
 * @property {number} [bar] a figure above it is OVER
 * @property {number} [floor] a figure below it is UNDER
 * @property {string} [goal] what is hoped for beyond the bar
 */

/** @param {number[]} samples @param {number} share 0.5 is the median */
export const quantile = (samples, share) => {
  const sorted = [...samples].sort((one, other) => one - other);
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)] ?? NaN;
  return below + ((sorted[Math.ceil(at)] ?? NaN) - below) * (at % 1);
};

/** @param {number[]} samples */
export const median = (samples) => quantile(samples, 0.5);

/** @param {number} value @param {string} unit */
const show = (value, unit) => {
  const digits = unit === "x" ? 2 : ["ms", "us", "MB"].includes(unit) && value < 100 ? 1 : 0;
  return value.toFixed(digits);
};

/** @param {Row} row @param {number} figure */
const verdict = ({ bar, floor }, figure) => {
  if (bar === undefined && floor === undefined) return "";
  if (bar !== undefined && figure > bar) return "OVER";
  return floor !== undefined && figure < floor ? "UNDER" : "ok";
};

/** @param {Row} row @returns {string[]} */
const cells = (row) => {
  const { what, samples, said, figure = median(samples), unit = "ms", bar, floor, goal } = row;
  if (said) return [what, said, "", "", "", ""];
  const [low, high] = [0.25, 0.75].map((share) => show(quantile(samples, share), unit));
  const limit = bar ?? floor;
  const limits = [limit !== undefined && show(limit, unit), goal && `(goal ${goal})`].filter(Boolean).join(" ");
  return [what, `${show(figure, unit)} ${unit}`.trim(), `${low} to ${high}`, limits, verdict(row, figure), String(samples.length)];
};

/** @param {Row[]} rows @returns {string} */
export const table = (rows) => {
  const lines = [["what", "figure", "middle half", "bar", "", "n"], ...rows.map(cells)];
  const widths = lines.reduce((known, line) => line.map((cell, at) => Math.max(known[at] ?? 0, cell.length)), /** @type {number[]} */ ([]));
  return lines.map((line) => line.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  ").trimEnd()).join("\n");
};
