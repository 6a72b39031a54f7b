// The time that a view looks at, and the row of buttons to choose by.

import { h } from "./dom.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** @typedef {{ id: string, name: string, bucket: "hour" | "day", length: number }} Range */

/** @type {Range[]} */
export const RANGES = [
  { id: "24h", name: "24 hours", bucket: "hour", length: DAY },
  { id: "14d", name: "14 days", bucket: "day", length: 14 * DAY },
  { id: "90d", name: "90 days", bucket: "day", length: 90 * DAY },
];

/** Whole buckets, the present one included; the server's days begin at midnight UTC. @param {Range} range */
export const span = ({ bucket, length }) => {
  const unit = bucket === "hour" ? HOUR : DAY;
  const to = Math.floor(Date.now() / unit) * unit + unit;
  return { from: new Date(to - length), to: new Date(to), bucket };
};

/**
 * @param {object} given
 * @param {string} given.name @param {string} given.legend @param {{ id: string, name: string }[]} given.choices
 * @param {string | undefined} given.chosen @param {(id: string) => void} given.choose
 */
export const picker = ({ name, legend, choices, chosen, choose }) =>
  h("fieldset", { class: "segments" }, h("legend", { class: "unseen" }, legend),
    choices.map((choice) =>
      h("label", {}, h("input", { type: "radio", name, value: choice.id, checked: choice.id === chosen, onchange: () => choose(choice.id) }), h("span", {}, choice.name))));
