// What was sent so far, with counts; and one of them in full.

import * as api from "./api.js";
import { fill, h, icon, set } from "./dom.js";
import { progress } from "./progress.js";
import { repeat, trouble } from "./trouble.js";
import { ago, fullTime, number, rate } from "./words.js";

/** Messages on the page. */
const MOST = 100;

/** @param {import("./main.js").Place} place */
export const messages = ({ main, site, rest, gone, link }) => {
  if (rest) {
    fill(main, h("div", { class: "head" }, h("h1", {}, "Message"), h("a", { href: link("messages") }, "All messages")), progress({ site: site.id, id: rest, gone }));
    return;
  }
  const room = h("div", { "aria-busy": "true" });
  const load = async () => {
    try {
      const all = await api.messages(site.id, MOST);
      if (gone.aborted) return;
      // Nothing is taken away from under somebody's keyboard.
      if (!room.contains(document.activeElement)) draw(room, all, link);
    } catch (error) {
      if (!gone.aborted) fill(room, trouble(error, load));
    }
    set(room, { "aria-busy": false });
  };
  fill(main, h("div", { class: "head" }, h("h1", {}, "Messages"), h("a", { class: "button", href: link("send") }, "New message")), room);
  repeat(15_000, gone, load);
  load();
};

/** @param {HTMLElement} room @param {import("./api.js").Message[]} all @param {(path: string) => string} link */
const draw = (room, all, link) => {
  if (!all.length) return fill(room, h("section", { class: "card empty" }, icon("M4 5h16v11H9l-5 4z"), h("h2", {}, "Nothing sent yet"),
    h("p", {}, "The first message goes out by itself when a visitor says Yes, if the site has a welcome. You can write one now."),
    h("p", {}, h("a", { class: "button", href: link("send") }, "Write a message"))));
  const head = ["Message", "Queued", "Sent", "Displayed", "Clicked", "Lost"];
  fill(room, h("section", { class: "card flush" },
    h("table", { class: "messages" }, h("thead", {}, h("tr", {}, head.map((name, at) => h("th", { scope: "col", class: at > 0 && "num" }, name)))),
      h("tbody", {}, all.map((message) => row(message, link))))));
};

/** @param {import("./api.js").Message} message @param {(path: string) => string} link */
const row = ({ id, kind, title, body, campaign, created_at, counts }, link) => {
  const { queued, sent, gone, failed, displayed, clicked } = counts;
  const cell = (/** @type {string} */ name, /** @type {number} */ count, /** @type {string} */ beside = "") =>
    h("td", { class: "num", "data-name": name }, number(count), " ", beside && h("span", { class: "hint beside" }, beside));
  return h("tr", { "data-message": id },
    h("th", { scope: "row" }, h("a", { href: link(`messages/${encodeURIComponent(id)}`) }, title),
      kind === "welcome" && h("span", { class: "badge" }, "welcome"), campaign && h("span", { class: "badge" }, campaign),
      h("p", { class: "hint" }, body), h("p", { class: "hint" }, h("time", { datetime: created_at, title: fullTime(created_at) }, ago(created_at)))),
    cell("Queued", queued), cell("Sent", sent), cell("Displayed", displayed, sent ? rate(displayed, sent) : ""),
    cell("Clicked", clicked, displayed ? rate(clicked, displayed) : ""), cell("Lost", gone + failed));
};
