// The form of a message: its fields, what they come to as the API's body, and where an error belongs.

import { fill, h, set } from "./dom.js";

/** Chrome and Firefox show two (Notification.maxActions). */
const BUTTONS = 2;
/** @type {[number, string][]} */
const KEEP = [[3600, "1 hour"], [14_400, "4 hours"], [86_400, "1 day"], [259_200, "3 days"], [604_800, "1 week"], [2_419_200, "4 weeks"]];
/** @type {[string, string][]} */
const URGENCY = [["very-low", "Very low: on power and Wi-Fi"], ["low", "Low: on power or Wi-Fi"], ["normal", "Normal"], ["high", "High: at once, even when the battery is low"]];
/** @type {[string, string][]} */
const AUDIENCES = [["all", "Everybody"], ["topic", "Followers of a topic"], ["locale", "Speakers of a language"], ["tag", "Devices with a tag"], ["user", "One user"], ["device", "One device"]];

/** @typedef {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} Input */

/** @typedef {{ input: Input, error: HTMLElement }} Field */
/** @typedef {(member: string, label: string, input: Input, hint?: string) => HTMLElement} MakeField */

/** @param {import("./api.js").Site} site @param {string} origin */
export const composer = (site, origin) => {
  const fields = fieldList();
  const { value, checked } = fields;
  const audience = audienceFields(site, fields.field);
  const pictures = settledPictures(value);
  const element = h("form", { id: "message", novalidate: true, onchange: pictures.settle }, layout(fields, origin, audience.element));
  const actions = () => Array.from({ length: BUTTONS }, (_, at) => ({ action: `button_${at + 1}`, title: value(`actions[${at}].title`), url: value(`actions[${at}].url`) })).filter(({ title }) => title);
  return {
    element,
    isComplete: () => value("title") !== "" && audience.isComplete(),
    /** @returns {import("./platforms.js").Draft} */
    draft: () => ({
      title: value("title"), body: value("body"), url: value("url"), icon: pictures.of("icon"), image: pictures.of("image"), badge: pictures.of("badge"),
      actions: actions(), require_interaction: checked("require_interaction"), silent: checked("silent"),
    }),
    /** The API's body; what is empty is left out. */
    body: () => {
      /** @type {Record<string, unknown>} */
      const body = { title: value("title"), ttl: Number(value("ttl")), urgency: value("urgency"), audience: audience.value() };
      for (const member of ["body", "icon", "image", "badge", "campaign", "collapse", "tag"]) if (value(member)) body[member] = value(member);
      body.url = value("url") || `${origin}/`;
      for (const member of ["require_interaction", "silent"]) if (checked(member)) body[member] = true;
      if (actions().length) body.actions = actions().map(({ url, ...action }) => (url ? { ...action, url } : action));
      return body;
    },
    clear: fields.clear,
    /** Shows an error at its field. @param {string | undefined} member @param {string} words @returns {boolean} whether there is such a field */
    refuse: (member, words) => {
      const name = nameOf(member, actions(), site.origins);
      return fields.refuse(name, advice(name, origin) ?? words);
    },
  };
};

/** The fields of a form by the API's name of the member: made, read, and marked. */
const fieldList = () => {
  /** @type {Map<string, Field>} */
  const fields = new Map();
  return {
    /** @type {MakeField} */
    field: (member, label, input, hint) => {
      const id = `f-${member.replace(/\W/g, "-")}`;
      const error = h("p", { id: `${id}-error`, class: "field-error", role: "alert" });
      set(input, { id, name: member, "aria-describedby": `${hint ? `${id}-hint ` : ""}${id}-error` });
      fields.set(member, { input, error });
      return h("div", { class: "field" }, h("label", { for: id }, label), input, hint && h("p", { id: `${id}-hint`, class: "hint" }, hint), error);
    },
    /** @param {string} member @param {string} label */
    check: (member, label) => {
      const input = h("input", { type: "checkbox", name: member });
      fields.set(member, { input, error: h("p") });
      return h("label", { class: "check" }, input, label);
    },
    value: (/** @type {string} */ member) => fields.get(member)?.input.value.trim() ?? "",
    checked: (/** @type {string} */ member) => /** @type {HTMLInputElement | undefined} */ (fields.get(member)?.input)?.checked ?? false,
    clear: () => fields.forEach(({ input, error }) => {
      set(input, { "aria-invalid": null });
      fill(error);
    }),
    /** @param {string} member @param {string} words @returns {boolean} */
    refuse: (member, words) => {
      const found = fields.get(member);
      if (!found) return false;
      set(found.input, { "aria-invalid": "true" });
      found.input.closest("details")?.setAttribute("open", "");
      fill(found.error, words);
      return true;
    },
  };
};

/** What stands where. @param {Pick<ReturnType<typeof fieldList>, "field" | "check">} fields @param {string} origin @param {HTMLElement} audience */
const layout = ({ field, check }, origin, audience) => {
  const text = (/** @type {Record<string, unknown>} */ more = {}) => h("input", { type: "text", autocomplete: "off", ...more });
  const link = (/** @type {Record<string, unknown>} */ more = {}) => h("input", { type: "url", inputmode: "url", autocomplete: "off", spellcheck: "false", ...more });
  const group = (/** @type {string} */ legend, /** @type {import("./dom.js").Child[]} */ ...children) => h("fieldset", {}, h("legend", {}, legend), children);
  const choose = (/** @type {[string | number, string][]} */ all, /** @type {string | number} */ chosen) =>
    h("select", {}, all.map(([id, name]) => h("option", { value: id, selected: id === chosen }, name)));
  return [
    field("title", "Title", text({ required: true, maxlength: 500 })),
    field("body", "Text", h("textarea", { rows: 3, maxlength: 3000 })),
    field("url", "Link", link({ placeholder: `${origin}/` }), "Where a click leads, on the site’s own pages. Empty: its front page."),
    h("details", {}, h("summary", {}, "Icon and picture"),
      field("icon", "Icon", link(), "Address of a square picture, 192 pixels or more."),
      field("image", "Picture", link(), "A wide picture. Chrome on Windows and Android alone shows it."),
      field("badge", "Badge", link(), "For Android’s status bar: white on transparent.")),
    h("details", {}, h("summary", {}, "Buttons"), Array.from({ length: BUTTONS }, (_, at) =>
      h("div", { class: "pair tight" }, field(`actions[${at}].title`, `Button ${at + 1}`, text({ maxlength: 60 })),
        field(`actions[${at}].url`, `Link of button ${at + 1}`, link({ placeholder: `${origin}/` }))))),
    group("Who", audience),
    group("How", h("div", { class: "pair tight" }, field("urgency", "Urgency", choose(URGENCY, "normal")), field("ttl", "Keep trying for", choose(KEEP, 86_400))),
      h("div", { class: "checks" }, check("require_interaction", "Stays until closed"), check("silent", "Silent")),
      h("details", {}, h("summary", {}, "More"), field("campaign", "Campaign", text({ maxlength: 128 }), "Groups messages in reports."),
        field("collapse", "Replaces", text({ maxlength: 32, pattern: "[A-Za-z0-9_\\-]*" }), "A newer message with the same word replaces one that is still under way."),
        field("tag", "Tag", text({ maxlength: 128 }), "A newer notification with the same tag takes the place of the older one."))),
  ];
};

/** Half an address is another one: a picture is only fetched when its field is left. @param {(member: string) => string} value */
const settledPictures = (value) => {
  /** @type {Record<string, string>} */
  const settled = {};
  return {
    /** @param {Event} event */
    settle: ({ target }) => {
      const { name = "", value = "" } = /** @type {HTMLInputElement} */ (target);
      settled[name] = safe(value.trim());
    },
    of: (/** @type {string} */ member) => (value(member) ? settled[member] ?? "" : ""),
  };
};

/**
 * The field that the server means: of a button it names the member, not which button.
 * @param {string | undefined} member @param {{ action: string, url: string }[]} actions @param {string[]} origins
 */
const nameOf = (member = "", actions, origins) => {
  if (!member.startsWith("actions")) return member;
  const foreign = actions.find(({ url }) => url && !(URL.canParse(url) && origins.includes(new URL(url).origin)));
  const at = Number((foreign ?? actions[0])?.action.split("_")[1] ?? 1) - 1;
  return `actions[${at}].${member.endsWith("url") ? "url" : "title"}`;
};

/** What fits, in the words of the form. @param {string} name @param {string} origin @returns {string | undefined} the server's own words otherwise */
const advice = (name, origin) => {
  if (/^(url|actions.*url)$/.test(name)) return `Use an address on the site itself, such as ${origin}/.`;
  if (/^(icon|image|badge)$/.test(name)) return "Use a whole address that begins with https://.";
  if (name === "audience.locale") return "Use a language such as de or pt-BR.";
  return name === "collapse" ? "Use letters, digits, - and _ only, at most 32." : undefined;
};

/** A picture's address that the preview may load. @param {string} url */
const safe = (url) => (/^https?:\/\//.test(url) && URL.canParse(url) ? url : "");

/**
 * The choice of the audience, with the field that the choice needs.
 * @param {import("./api.js").Site} site
 * @param {MakeField} field
 */
const audienceFields = (site, field) => {
  const select = h("select", {}, AUDIENCES.filter(([id]) => id !== "topic" || site.topics.length).map(([id, name]) => h("option", { value: id }, name)));
  const topic = h("select", {}, site.topics.map(({ id, name }) => h("option", { value: id }, name)));
  const plain = (/** @type {string} */ placeholder) => h("input", { type: "text", autocomplete: "off", spellcheck: "false", placeholder });
  const locale = plain("de"), user = plain("u42"), device = plain(""), name = plain("plan"), value = plain("pro");
  /** @type {Record<string, { fields: HTMLElement[], of: () => unknown }>} */
  const kinds = {
    all: { fields: [], of: () => true },
    topic: { fields: [field("audience.topic", "Topic", topic)], of: () => topic.value },
    locale: { fields: [field("audience.locale", "Language", locale, "As in de or pt-BR.")], of: () => locale.value.trim() },
    tag: { fields: [field("audience.tag.name", "Tag’s name", name), field("audience.tag.value", "Tag’s value", value)], of: () => name.value.trim() && { name: name.value.trim(), value: value.value.trim() } },
    user: { fields: [field("audience.user", "User id", user)], of: () => user.value.trim() },
    device: { fields: [field("audience.device", "Device id", device)], of: () => device.value.trim() },
  };
  const room = h("div", { class: "pair tight" });
  const show = () => fill(room, kinds[select.value]?.fields ?? []);
  select.addEventListener("input", show);
  show();
  return {
    element: h("div", {}, field("audience", "Audience", select), room),
    isComplete: () => !!kinds[select.value]?.of(),
    value: () => ({ [select.value]: kinds[select.value]?.of() }),
  };
};
