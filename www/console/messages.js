// What became of what was sent: message by message or by campaign, and one of them in full.

import * as api from "./api.js";
import { fill, h, icon, set } from "./dom.js";
import { progress } from "./progress.js";
import { RANGES, picker, span } from "./range.js";
import { breakdown, cells, HEAD, others } from "./results.js";
import { repeat, trouble } from "./trouble.js";
import { ago, fullTime } from "./words.js";

/** Rows on the page. */
const MOST = 100;
const BY = [{ id: "message", name: "By message" }, { id: "campaign", name: "By campaign" }];

/** @param {import("./main.js").Place} place */
export const messages = ({ main, site, rest, gone, link }) => {
  if (rest) {
    const given = { site: site.id, id: rest, gone };
    fill(main, h("div", { class: "head" }, h("h1", {}, "Message"), h("a", { href: link("messages") }, "All messages")), h("div", { class: "stack" }, progress(given), breakdown(given)));
    return;
  }
  const room = h("div", { "aria-busy": "true" });
  const asked = { by: "message", range: "14d" };
  const load = async () => {
    const { by, range } = asked;
    try {
      const found = await api.results(site.id, { by, limit: MOST, ...times(range) });
      if (gone.aborted || asked.by !== by || asked.range !== range) return;
      // Nothing is taken away from under somebody's keyboard.
      if (!room.contains(document.activeElement)) draw(room, found, { link, nothing: site.devices > 0 && range !== "90d" });
    } catch (error) {
      if (!gone.aborted) fill(room, trouble(error, load));
    }
    set(room, { "aria-busy": false });
  };
  const choose = (/** @type {Partial<typeof asked>} */ choice) => {
    Object.assign(asked, choice);
    set(room, { "aria-busy": "true" });
    load();
  };
  fill(main, h("div", { class: "head" }, h("h1", {}, "Messages"), h("a", { class: "button", href: link("send") }, "New message")),
    h("div", { class: "choose" },
      picker({ name: "by", legend: "Rows", choices: BY, chosen: asked.by, choose: (by) => choose({ by }) }),
      picker({ name: "range", legend: "Time", choices: RANGES, chosen: asked.range, choose: (range) => choose({ range }) })),
    room);
  repeat(15_000, gone, load);
  load();
};

/** @param {string} id @returns {Record<string, string>} */
const times = (id) => {
  const range = RANGES.find((each) => each.id === id);
  if (!range) return {};
  const { from, to } = span(range);
  return { from: from.toISOString(), to: to.toISOString() };
};

/** @param {HTMLElement} room @param {import("./api.js").Results} found @param {{ link: (path: string) => string, nothing: boolean }} given */
const draw = (room, found, { link, nothing }) => {
  if (!found.rows.length) return fill(room, empty(link, nothing), others(found));
  fill(room, h("section", { class: "card flush" },
    h("table", { class: "messages" }, h("thead", {}, h("tr", {}, [found.by === "message" ? "Message" : "Campaign", ...HEAD].map((name, at) => h("th", { scope: "col", class: at > 0 && "num" }, name)))),
      h("tbody", {}, found.rows.map((row) => h("tr", { "data-message": row.message ?? "" }, found.by === "message" ? named(row, link) : campaign(row), cells(row)))))),
    others(found));
};

/** @param {(path: string) => string} link @param {boolean} nothing that there may be something in a longer time */
const empty = (link, nothing) =>
  h("section", { class: "card empty" }, icon("M4 5h16v11H9l-5 4z"), h("h2", {}, nothing ? "Nothing in this time" : "Nothing sent yet"),
    h("p", {}, nothing ? "Choose a longer time above, or write a message now." : "The first message goes out by itself when a visitor says Yes, if the site has a welcome. You can write one now."),
    h("p", {}, h("a", { class: "button", href: link("send") }, "Write a message")));

/** @param {import("./api.js").Result} row @param {(path: string) => string} link */
const named = ({ message = "", kind, title, campaign, variant, created_at = "" }, link) =>
  // Deleted for its age, while a click on it is still there.
  title === undefined ? h("th", { scope: "row" }, "A deleted message") : h("th", { scope: "row" }, h("a", { href: link(`messages/${encodeURIComponent(message)}`) }, title), " ",
    kind === "welcome" && h("span", { class: "badge" }, "welcome"), campaign && h("span", { class: "badge" }, [campaign, variant].filter(Boolean).join(" · ")),
    h("p", { class: "hint" }, h("time", { datetime: created_at, title: fullTime(created_at) }, ago(created_at))));

/** @param {import("./api.js").Result} row */
const campaign = ({ campaign, variant }) =>
  h("th", { scope: "row" }, campaign ?? "Without a campaign", " ", variant && h("span", { class: "badge" }, variant));
