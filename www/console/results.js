// What became of a message, in counts and rates; docs/reports.md says what each rate divides.

import * as api from "./api.js";
import { fill, h, set } from "./dom.js";
import { repeat, trouble } from "./trouble.js";
import { money, number, percent, plural } from "./words.js";

/** How often a message that is open is looked at, ms. */
const EVERY = 5000;

/** The columns after the name. */
export const HEAD = ["Sent", "Displayed", "Opened", "Clicked", "Dismissed", "Conversions", "Value"];

/** @param {import("./api.js").Result} row */
export const cells = ({ counts, rates, conversions: { direct, influenced } }) => {
  const cell = (/** @type {string} */ name, /** @type {number} */ count, /** @type {number | null | undefined} */ part = undefined) =>
    h("td", { class: "num", "data-name": name }, number(count), " ", part !== undefined && part !== null && h("span", { class: "hint beside" }, percent(part)));
  return [
    cell("Sent", counts.sent), cell("Displayed", counts.displayed, rates.display), cell("Opened", counts.clicked, rates.open),
    cell("Clicked", counts.followed, rates.click_through), cell("Dismissed", counts.dismissed, rates.dismiss),
    cell("Conversions", direct.count, rates.conversion), h("td", { class: "num worth", "data-name": "Value" }, worth(direct) ?? "–", influenced.count > 0 && influence(influenced)),
  ];
};

/** @param {import("./api.js").Money} influenced */
const influence = (influenced) => h("p", { class: "hint" }, `+ ${number(influenced.count)} influenced`, worth(influenced) && `, ${worth(influenced)}`);

/** "€22.10, $5.00", or nothing. @param {import("./api.js").Money} sum */
const worth = ({ values }) => values.map(({ currency, value }) => money(value, currency)).join(", ") || null;

/** What the columns mean, and the conversions that are in none of the rows. @param {import("./api.js").Results} found */
export const others = ({ windows, unattributed, unverified }) =>
  h("div", { class: "legend-of hint" },
    h("p", {}, "Displayed: of sent. Opened: clicks on the notification itself, of displayed (open rate). Clicked: followed to the site, by the notification or a button, of displayed (click-through rate). Dismissed: of displayed. ",
      `Conversions: direct, within ${plural(windows.click_hours, "hour")} after a click, of clicked; influenced: within ${plural(windows.display_hours, "hour")} after a display without a click.`),
    (unattributed.count > 0 || unverified.count > 0) && h("p", {}, [
      unattributed.count > 0 && `${plural(unattributed.count, "conversion")} followed no message${of(unattributed)}.`,
      unverified.count > 0 && `${plural(unverified.count, "conversion")} came without proof of a device${of(unverified)}, and ${unverified.count === 1 ? "is" : "are"} counted nowhere.`].filter(Boolean).join(" ")));

/** @param {import("./api.js").Money} sum */
const of = (sum) => (worth(sum) ? ` (${worth(sum)})` : "");

/** Rates, buttons, reasons and conversions of one message. @param {{ site: string, id: string, gone: AbortSignal }} given */
export const breakdown = ({ site, id, gone }) => {
  const room = h("div", { class: "stack", "aria-busy": "true" });
  const load = async () => {
    try {
      const { rows: [row] } = await api.results(site, { message: id, from: "1970-01-01T00:00:00Z" });
      if (!gone.aborted) fill(room, row ? whole(row) : null);
    } catch (error) {
      if (!gone.aborted) fill(room, trouble(error, load));
    }
    set(room, { "aria-busy": false });
  };
  repeat(EVERY, gone, load);
  load();
  return room;
};

/** @param {import("./api.js").Result} row */
const whole = ({ counts, rates, actions, failures, suppressions, conversions: { direct, influenced } }) => {
  /** @type {[string, number | null, string][]} */
  const figures = [
    ["Open rate", rates.open, `${number(counts.clicked)} opened`], ["Click-through rate", rates.click_through, `${number(counts.followed)} clicked`],
    ["Dismiss rate", rates.dismiss, `${number(counts.dismissed)} dismissed`],
    ["Conversion rate", rates.conversion, [`${number(direct.count)} direct`, worth(direct)].filter(Boolean).join(", ")],
  ];
  return [
    h("dl", { class: "figures" }, figures.map(([name, part, note]) =>
      h("div", { class: "card figure" }, h("dt", {}, name), h("dd", { class: "value" }, percent(part)), h("dd", { class: "hint" }, note)))),
    h("div", { class: "pair" }, table("Buttons", "pressed", actions), table("Not shown as meant", "failed", failures), table("Kept back", "suppressed", suppressions),
      influenced.count > 0 && h("section", { class: "card" }, h("h2", {}, "Influenced"), h("p", {}, `${plural(influenced.count, "conversion")} after a display without a click${of(influenced)}.`))),
  ];
};

/** @param {string} name @param {string} what @param {Record<string, number>} counts */
const table = (name, what, counts) => {
  const rows = Object.entries(counts).sort(([, one], [, other]) => other - one);
  if (!rows.length) return null;
  return h("section", { class: "card" }, h("h2", {}, name), h("table", {}, h("tbody", {}, rows.map(([detail, count]) =>
    h("tr", {}, h("th", { scope: "row" }, detail.replaceAll("_", " ")), h("td", { class: "num" }, number(count), h("span", { class: "unseen" }, ` ${what}`)))))));
};
