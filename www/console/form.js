// The form of a message: its fields, what they come to as the API's body, and where an error belongs.

import { buttonFields } from "./buttons.js";
import { fill, h } from "./dom.js";
import { choose, count, fieldList, link, text, whole } from "./fields.js";
import { advice } from "./words.js";

/** @type {[number, string][]} */
const KEEP = [[3600, "1 hour"], [14_400, "4 hours"], [86_400, "1 day"], [259_200, "3 days"], [604_800, "1 week"], [2_419_200, "4 weeks"]];
/** @type {[string, string][]} */
const URGENCY = [["very-low", "Very low: on power and Wi-Fi"], ["low", "Low: on power or Wi-Fi"], ["normal", "Normal"], ["high", "High: at once, even when the battery is low"]];
/** @type {[string, string][]} */
const AUDIENCES = [["all", "Everybody"], ["topic", "Followers of a topic"], ["locale", "Speakers of a language"], ["tag", "Devices with a tag"], ["user", "One user"], ["device", "One device"]];
/** The system or both is the site's to say, in its configuration; a message can only be for a page. @type {[string, string][]} */
const FOREGROUND = [["", "As the site is set up"], ["page", "The page may take it"]];

/** @param {import("./api.js").Site} site @param {string} origin */
export const composer = (site, origin) => {
  const fields = fieldList();
  const { value, checked } = fields;
  const audience = audienceFields(site, fields.field);
  const buttons = buttonFields(site, origin, fields);
  audience.element.addEventListener("input", () => buttons.follow(audience.topic()));
  const pictures = settledPictures(value);
  const element = h("form", { id: "message", novalidate: true, onchange: pictures.settle }, layout(fields, origin, audience.element, buttons.element));
  // With a text alone too: the server then asks for the title, and nothing leaves.
  const isPrivate = () => value("public_title") + value("public_body") !== "";
  return {
    element,
    isComplete: () => value("title") !== "" && audience.isComplete(),
    /** @returns {import("./platforms.js").Draft} */
    draft: () => {
      const switches = { url: value("url"), require_interaction: checked("require_interaction"), silent: checked("silent") };
      if (isPrivate()) return { title: value("public_title"), body: value("public_body"), icon: "", image: "", badge: "", actions: [], ...switches };
      return { title: value("title"), body: value("body"), icon: pictures.of("icon"), image: pictures.of("image"), badge: pictures.of("badge"), actions: buttons.actions(), ...switches };
    },
    /** The API's body; what is empty is left out. */
    body: () => {
      /** @type {Record<string, unknown>} */
      const body = { title: value("title"), ttl: Number(value("ttl")), urgency: value("urgency"), audience: audience.value() };
      for (const member of ["body", "icon", "image", "badge", "campaign", "collapse", "tag"]) if (value(member)) body[member] = value(member);
      body.url = value("url") || `${origin}/`;
      for (const member of ["require_interaction", "silent"]) if (checked(member)) body[member] = true;
      if (isPrivate()) body.sensitivity = "private";
      for (const member of ["public_title", "public_body"]) if (value(member)) body[member] = value(member);
      if (buttons.actions().length) body.actions = buttons.actions();
      if (value("utm.campaign")) body.utm = { source: site.id, medium: "push", campaign: value("utm.campaign") };
      if (value("foreground")) body.foreground = value("foreground");
      if (value("vibrate")) body.vibrate = value("vibrate").split(/[\s,]+/).map(whole);
      if (value("app_badge")) body.app_badge = whole(value("app_badge"));
      if (value("data")) body.data = dataOf(value("data"));
      return body;
    },
    clear: fields.clear,
    /** Shows an error at its field. @param {string | undefined} member @param {string} words @returns {boolean} whether there is such a field */
    refuse: (member = "", words) => {
      const name = member.startsWith("actions") ? buttons.nameOf(member) : member.replace(/^data\..*/, "data");
      return fields.refuse(name, advice(name, origin) ?? words);
    },
  };
};

/** What stands where. @param {Pick<ReturnType<typeof fieldList>, "field" | "check">} fields @param {string} origin @param {HTMLElement} audience @param {HTMLElement[]} buttons */
const layout = ({ field, check }, origin, audience, buttons) => {
  const group = (/** @type {string} */ legend, /** @type {import("./dom.js").Child[]} */ ...children) => h("fieldset", {}, h("legend", {}, legend), children);
  return [
    field("title", "Title", text({ required: true, maxlength: 500 })),
    field("body", "Text", h("textarea", { rows: 3, maxlength: 3000 })),
    field("url", "Link", link({ placeholder: `${origin}/` }), "Where a click leads, on the site’s own pages. Empty: its front page."),
    h("details", {}, h("summary", {}, "Private"),
      field("public_title", "Title on the screen", text({ maxlength: 500 }), "What strangers may read. Only this is sent; the page that a click leads to gets title and text. Empty: all is sent."),
      field("public_body", "Text on the screen", text({ maxlength: 500 }))),
    h("details", {}, h("summary", {}, "Icon and picture"),
      field("icon", "Icon", link(), "Address of a square picture, 192 pixels or more."),
      field("image", "Picture", link(), "A wide picture. Chrome on Windows and Android alone shows it."),
      field("badge", "Badge", link(), "For Android’s status bar: white on transparent.")),
    h("details", {}, h("summary", {}, "Buttons"), buttons),
    group("Who", audience),
    group("How", h("div", { class: "pair tight" }, field("urgency", "Urgency", choose(URGENCY, "normal")), field("ttl", "Keep trying for", choose(KEEP, 86_400))),
      h("div", { class: "checks" }, check("require_interaction", "Stays until closed"), check("silent", "Silent")),
      h("details", {}, h("summary", {}, "More"), field("campaign", "Campaign", text({ maxlength: 128 }), "Groups messages in reports."),
        field("utm.campaign", "UTM campaign", text({ maxlength: 128 }), "For the site’s own statistics: its links say utm_campaign, with utm_source and utm_medium=push. Not where it is private."),
        field("collapse", "Replaces", text({ maxlength: 32, pattern: "[A-Za-z0-9_\\-]*" }), "A newer message with the same word replaces one that is still under way."),
        field("tag", "Tag", text({ maxlength: 128 }), "A newer notification with the same tag takes the place of the older one."),
        field("foreground", "While a page is in front", choose(FOREGROUND, ""), "Chrome shows no notification where a page takes it; other browsers show both."),
        h("div", { class: "pair tight" },
          field("vibrate", "Vibration", text({ dir: "ltr", placeholder: "200 100 200" }), "Milliseconds on and off. Not with Silent."),
          field("app_badge", "Number on the icon", count({ placeholder: "3" }), "Of an installed app; 0 takes it away.")),
        field("data", "Data", h("textarea", { rows: 3, class: "code", dir: "ltr", spellcheck: "false", placeholder: '{"order": "1042"}' }), "What the site’s own pages get with it: a JSON object. Long numbers as texts."))),
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

/** The data; what is no object stays as it is, and the server says what is wrong with it. @param {string} written @returns {unknown} */
const dataOf = (written) => {
  try {
    const data = JSON.parse(written);
    return data !== null && typeof data === "object" ? data : written;
  } catch {
    return written;
  }
};

/** A picture's address that the preview may load. @param {string} url */
const safe = (url) => (/^https?:\/\//.test(url) && URL.canParse(url) ? url : "");

/**
 * The choice of the audience, with the field that the choice needs.
 * @param {import("./api.js").Site} site
 * @param {import("./fields.js").MakeField} field
 */
const audienceFields = (site, field) => {
  const select = choose(AUDIENCES.filter(([id]) => id !== "topic" || site.topics.length));
  const topic = choose(site.topics.map(({ id, name }) => [id, name]));
  const plain = (/** @type {string} */ placeholder) => text({ spellcheck: "false", placeholder });
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
    /** The topic that it goes to, if it goes to one. */
    topic: () => (select.value === "topic" ? topic.value : undefined),
    value: () => ({ [select.value]: kinds[select.value]?.of() }),
  };
};
