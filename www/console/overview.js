// The funnel: from the soft popup to the click, in numbers, over time and by prompt variant.

import * as api from "./api.js";
import { chart } from "./chart.js";
import { fill, h, icon, set, share } from "./dom.js";
import { RANGES, picker, span } from "./range.js";
import { repeat, trouble } from "./trouble.js";
import { STEPS, STEP_NOTES, number, plural, rate } from "./words.js";

/** Opting in counts visitors, delivery counts messages: a rate between the two would mean nothing. @type {Record<string, import("./api.js").Step[]>} */
const PARTS = { "Opt-in": ["shown", "accepted", "granted", "subscribed"], Delivery: ["sent", "displayed", "followed"] };

/** @param {import("./main.js").Place} place */
export const overview = ({ main, site, gone, link }) => {
  let range = RANGES[1] ?? RANGES[0];
  const room = h("div", { class: "stack", "aria-busy": "true" });
  let drawn = new AbortController();
  gone.addEventListener("abort", () => drawn.abort());
  const clear = () => {
    drawn.abort();
    drawn = new AbortController();
    return drawn.signal;
  };
  // Nothing is taken away from under somebody's keyboard, and no table that is open.
  const isInUse = () => room.contains(document.activeElement) || room.querySelector("details[open]");
  const load = async () => {
    if (!range) return;
    const asked = range;
    try {
      const [found, sites] = await Promise.all([api.funnel(site.id, span(asked)), api.sites()]);
      if (gone.aborted || asked !== range) return;
      draw(room, { funnel: found, site: sites.find(({ id }) => id === site.id) ?? site, range: asked, link, replaced: clear() });
    } catch (error) {
      if (gone.aborted) return;
      clear();
      fill(room, trouble(error, load));
    }
    set(room, { "aria-busy": false });
  };
  const choose = (/** @type {string} */ id) => {
    range = RANGES.find((each) => each.id === id);
    set(room, { "aria-busy": "true" });
    load();
  };
  fill(main, h("div", { class: "head" }, h("h1", {}, "Overview"), picker({ name: "range", legend: "Time", choices: RANGES, chosen: range?.id, choose })), room);
  repeat(30_000, gone, () => isInUse() || load());
  load();
};

/**
 * @param {HTMLElement} room
 * @param {object} given
 * @param {import("./api.js").Funnel} given.funnel @param {import("./api.js").Site} given.site @param {import("./range.js").Range} given.range
 * @param {(path: string) => string} given.link @param {AbortSignal} given.replaced raised when this is drawn over
 */
const draw = (room, { funnel, site, range, link, replaced }) => {
  const { totals } = funnel;
  const nothing = Object.keys(STEPS).every((step) => !totals[/** @type {import("./api.js").Step} */ (step)]);
  if (nothing) return fill(room, figures(totals, site), nothingYet(site, range, link));
  const charts = Object.entries(PARTS).map(([name, steps]) => chart(`${name} over time`, funnel, steps, replaced));
  fill(room, figures(totals, site), funnelCard(funnel), h("div", { class: "pair" }, charts), variants(funnel.variants));
};

/** @param {import("./api.js").Counts} totals @param {import("./api.js").Site} site */
const figures = (totals, site) => {
  /** @type {[string, string, string][]} */
  const all = [
    ["Reachable now", number(site.reachable), `of ${plural(site.devices, "device")}`],
    ["Opt-in rate", rate(totals.subscribed, totals.shown), `${number(totals.subscribed)} of ${number(totals.shown)} who were asked`],
    ["Messages sent", number(totals.sent), `${rate(totals.displayed, totals.sent)} displayed`],
    ["Click-through rate", rate(totals.followed, totals.displayed), `${number(totals.followed)} of ${number(totals.displayed)} displayed`],
  ];
  return h("dl", { class: "figures" }, all.map(([name, value, note]) =>
    h("div", { class: "card figure" }, h("dt", {}, name), h("dd", { class: "value" }, value), h("dd", { class: "hint" }, note))));
};

/** @param {import("./api.js").Funnel} funnel */
const funnelCard = ({ totals, unverified }) =>
  h("section", { class: "card", "aria-labelledby": "funnel" }, h("h2", { id: "funnel" }, "Funnel"),
    h("div", { class: "pair funnel" }, Object.entries(PARTS).map(([name, steps]) =>
      h("div", {}, h("h3", {}, name), h("ol", { class: "steps" }, steps.map((step, at) => stepRow(totals, steps, step, at)))))),
    unverified > 0 && h("p", { class: "hint note" }, `${plural(unverified, "report")} came without proof of ${unverified === 1 ? "its" : "their"} device, and ${unverified === 1 ? "is" : "are"} not counted.`));

/** @param {import("./api.js").Counts} totals @param {import("./api.js").Step[]} steps @param {import("./api.js").Step} step @param {number} at */
const stepRow = (totals, steps, step, at) => {
  const before = steps[at - 1];
  // A step can exceed the one before it, when that one lies before the range.
  const most = Math.max(1, ...steps.map((each) => totals[each]));
  return h("li", { class: "step", "data-step": step },
    h("span", { class: "step-name" }, STEPS[step], h("span", { class: "hint" }, STEP_NOTES[step])),
    h("span", { class: "step-count" }, number(totals[step])),
    h("span", { class: "step-rate" }, before ? `${rate(totals[step], totals[before])} of ${STEPS[before].toLowerCase()}` : ""),
    share(h("span", { class: `bar bar-${step}`, "aria-hidden": "true" }), "--part", totals[step] / most));
};

/** @param {import("./api.js").Variant[]} rows */
const variants = (rows) => {
  if (!rows.length) return null;
  const head = ["Variant", "Opt-in rate", "Shown", "Accepted", "Granted", "Subscribed"];
  const best = Math.max(...rows.map(({ shown, subscribed }) => (shown ? subscribed / shown : 0)));
  return h("section", { class: "card", "aria-labelledby": "variants" }, h("h2", { id: "variants" }, "By prompt variant"),
    h("div", { class: "scroll", tabindex: "0", role: "group", "aria-labelledby": "variants" },
      h("table", {}, h("thead", {}, h("tr", {}, head.map((name, at) => h("th", { scope: "col", class: at > 0 && "num" }, name)))),
        h("tbody", {}, rows.map((row) => variantRow(row, rows.length > 1 && row.shown > 0 && row.subscribed / row.shown === best))))));
};

/** @param {import("./api.js").Variant} row @param {boolean} best */
const variantRow = ({ variant, shown, accepted, granted, subscribed }, best) => {
  const counted = (/** @type {number} */ count, /** @type {number} */ before) =>
    h("td", { class: "num" }, number(count), " ", h("span", { class: "hint beside" }, rate(count, before)));
  return h("tr", {}, h("th", { scope: "row" }, variant === "default" ? "Default" : variant),
    h("td", { class: "num strong" }, best && h("span", { class: "badge good" }, "best"), " ", rate(subscribed, shown)),
    h("td", { class: "num" }, number(shown)), counted(accepted, shown), counted(granted, accepted), counted(subscribed, granted));
};

/** @param {import("./api.js").Site} site @param {import("./range.js").Range} range @param {(path: string) => string} link */
const nothingYet = (site, range, link) => {
  if (site.devices) return h("section", { class: "card empty" }, icon("M12 7v5l3 2M12 3a9 9 0 1 0 .1 0"),
    h("h2", {}, `Nothing in the last ${range.name}`),
    h("p", {}, "Choose a longer time above, or write to those who said Yes."),
    h("p", {}, h("a", { class: "button", href: link("send") }, "Send a message")));
  return h("section", { class: "card empty" }, icon("M12 3a6 6 0 0 0-6 6v4l-2 4h16l-2-4V9a6 6 0 0 0-6-6zM9.5 20a2.5 2.5 0 0 0 5 0"),
    h("h2", {}, "No visitor has been asked yet"),
    h("ol", {},
      h("li", {}, "Copy the folder ", h("code", {}, "dist/softbell/"), " to ", h("code", {}, `${site.origins[0] ?? ""}/softbell/`), "."),
      h("li", {}, "Add the script tag to your pages, with ", h("code", {}, `data-site="${site.id}"`), "."),
      h("li", {}, "Open a page, and say Yes. The first report appears under ", h("a", { href: link("live") }, "Live"), " at once.")));
};
