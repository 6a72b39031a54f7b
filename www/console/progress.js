// How far a message has come: queued, sent, displayed, followed, as it happens.

import * as api from "./api.js";
import { fill, h, set, share } from "./dom.js";
import { repeat, trouble } from "./trouble.js";
import { failureWords, fullTime, number, plural, rate } from "./words.js";

/** How often it looks, ms. */
const EVERY = 1500;

/** @param {{ site: string, id: string, gone: AbortSignal, level?: "h1" | "h2" }} given */
export const progress = ({ site, id, gone, level = "h2" }) => {
  const card = h("section", { class: "card progress", "aria-busy": "true" }, h("p", { class: "hint" }, "Loading"));
  const load = async () => {
    try {
      const message = await api.message(site, id);
      if (gone.aborted) return;
      draw(card, message, level);
    } catch (error) {
      if (!gone.aborted) fill(card, trouble(error, load));
    }
    set(card, { "aria-busy": false });
  };
  repeat(EVERY, gone, load);
  load();
  return card;
};

/** @param {HTMLElement} card @param {import("./api.js").Message} message @param {"h1" | "h2"} level */
const draw = (card, { title, body, created_at, counts, failures = {} }, level) => {
  const { queued, sent, gone, failed, displayed, followed } = counts;
  const all = queued + sent + gone + failed;
  const lost = Object.entries(failures).filter(([code]) => code !== "subscription_gone"); // these are counted as gone
  const state = queued ? `${plural(queued, "device")} in the queue` : `Sent to ${number(sent)} of ${plural(all, "device")}`;
  // The heading stays the same element: it may have the focus.
  const heading = card.querySelector(".progress-title") ?? h(level, { class: "progress-title" });
  if (heading.textContent !== title) fill(heading, title);
  fill(card, heading, h("p", {}, body),
    h("p", { class: "hint" }, h("time", { datetime: created_at }, fullTime(created_at)), " · ", h("span", { class: "progress-state" }, state)),
    h("ol", { class: "steps" }, row("Queued", queued, all, "queued", "wait for their turn"), row("Sent", sent, all, "sent", "taken by a push service"),
      row("Displayed", displayed, sent, "displayed", "notification appeared"), row("Clicked", followed, displayed, "followed", "notification was followed")),
    (gone > 0 || failed > 0) && h("div", { class: "losses" }, h("h3", {}, "Not delivered"),
      h("ul", {}, gone > 0 && h("li", {}, `${plural(gone, "device")}: the subscription has ended. They get no more messages.`),
        failed > 0 && !lost.length && h("li", {}, `${plural(failed, "device")}: failed.`),
        lost.map(([code, count]) => h("li", {}, `${plural(count, "device")}: ${failureWords(code)}.`)))));
};

/** @param {string} name @param {number} count @param {number} whole @param {string} step @param {string} note */
const row = (name, count, whole, step, note) =>
  h("li", { class: "step", "data-step": step },
    h("span", { class: "step-name" }, name, h("span", { class: "hint" }, note)), h("span", { class: "step-count" }, number(count)),
    h("span", { class: "step-rate" }, step === "queued" ? "" : rate(count, whole)),
    share(h("span", { class: `bar bar-${step}`, "aria-hidden": "true" }), "--part", whole ? count / whole : 0));
