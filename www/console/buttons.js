// The buttons of a message: what stands on one, what a press does, and only the fields that this needs.

import { fill, h } from "./dom.js";
import { choose, count, link, text, whole } from "./fields.js";
import { BUTTON_TYPES } from "./words.js";

/** Chrome and Firefox show two (Notification.maxActions). */
const BUTTONS = 2;
/** Minutes of a snooze that the server takes: 30 days (server/src/wire/buttons.rs). */
const MOST_MINUTES = 43_200;
/** What each type needs, by the API's names. @type {Record<string, string[]>} */
const NEEDS = {
  deeplink: ["url"], weburl: ["url"], background: ["done", "failed"], dismiss: [], snooze: ["minutes", "done", "failed"], mute: ["topic", "done", "failed"],
};

/** @typedef {{ action: string, title: string, type?: string, url?: string, minutes?: unknown, topic?: string }} Action */

/** @param {import("./api.js").Site} site @param {string} origin @param {Pick<ReturnType<typeof import("./fields.js").fieldList>, "field" | "value">} fields */
export const buttonFields = (site, origin, fields) => {
  const buttons = Array.from({ length: BUTTONS }, (_, at) => buttonOf(at, site, origin, fields));
  const used = () => buttons.filter(({ isUsed }) => isUsed());
  return {
    element: buttons.map(({ element }) => element),
    /** As the API takes them. */
    actions: () => used().map(({ action }) => action()),
    /** The topic that the message goes to is the one that a reader has had enough of. @param {string | undefined} topic */
    follow: (topic) => buttons.forEach((button) => button.follow(topic)),
    /** The field that the server means: it names the member, not which button. @param {string} member `actions.url` and the like */
    nameOf: (member) => {
      const name = member.split(".")[1] ?? "";
      const having = used().filter(({ action }) => name in action());
      const meant = having.find(({ action }) => !fits(name, action(), site)) ?? having[0];
      return meant ? meant.name(name) : (used()[0] ?? buttons[0])?.name("title") ?? "";
    },
  };
};

/** Whether a value is one that the server takes, as far as it depends on the button. @param {string} member @param {Action} action @param {import("./api.js").Site} site */
const fits = (member, { url = "", minutes }, { origins }) => {
  if (member === "url") return URL.canParse(url) && origins.includes(new URL(url).origin);
  if (member === "minutes") return typeof minutes === "number" && minutes >= 1 && minutes <= MOST_MINUTES;
  return true;
};

/** @param {number} at @param {import("./api.js").Site} site @param {string} origin @param {Parameters<typeof buttonFields>[2]} fields */
const buttonOf = (at, site, origin, { field, value }) => {
  const which = `button ${at + 1}`;
  const name = (/** @type {string} */ member) => `actions[${at}].${member}`;
  const type = choose(Object.entries(BUTTON_TYPES).filter(([id]) => id !== "mute" || site.topics.length));
  const topic = choose(site.topics.map(({ id, name }) => [id, name]));
  /** @type {Record<string, HTMLElement>} */
  const needed = {
    url: field(name("url"), `Link of ${which}`, link({ placeholder: `${origin}/` })),
    minutes: field(name("minutes"), `Minutes of ${which}`, count({ placeholder: "60" }), "How long the visitor hears nothing."),
    topic: field(name("topic"), `Topic of ${which}`, topic, "What the visitor hears no more about."),
    done: field(name("done"), `Then ${which} says`, text({ maxlength: 300, placeholder: "Done." }), "Shown in its place. Empty: it just closes."),
    failed: field(name("failed"), `Offline ${which} says`, text({ maxlength: 300, placeholder: "Once you are online." })),
  };
  const room = h("div", {});
  const needs = () => NEEDS[type.value] ?? [];
  const show = () => fill(room, needs().map((member) => needed[member]));
  let isChosen = false;
  type.addEventListener("input", show);
  topic.addEventListener("input", () => (isChosen = true));
  const title = field(name("title"), `Button ${at + 1}`, text({ maxlength: 60 }));
  const press = field(name("type"), `A press on ${which}`, type);
  show();
  return {
    name,
    element: h("div", { class: "button-fields" }, h("div", { class: "pair tight" }, title, press), room),
    isUsed: () => value(name("title")) !== "",
    follow: (/** @type {string | undefined} */ followed) => {
      if (followed && !isChosen) topic.value = followed;
    },
    /** What goes to its link says no type: that is what a press does anyway. @returns {Action} */
    action: () => {
      const members = needs().map((member) => [member, member === "minutes" ? whole(value(name(member))) : value(name(member))]);
      return {
        action: `button_${at + 1}`, title: value(name("title")), ...(type.value !== "deeplink" && { type: type.value }),
        ...Object.fromEntries(members.filter(([, written]) => written !== "")),
      };
    },
  };
};
