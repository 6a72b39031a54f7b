// Draws a message as each platform shows it, in our own hand: no system's or browser's own pictures.

import { h, icon } from "./dom.js";
import { platforms, shownOn, sources } from "./platforms.js";

/** @typedef {import("./platforms.js").Platform} Platform */

/** @param {import("./platforms.js").Draft} draft @param {string} host the site's */
export const previews = (draft, host) => platforms.map((platform) => preview(platform, draft, host));

/** @param {Platform} platform @param {import("./platforms.js").Draft} draft @param {string} host */
const preview = (platform, draft, host) => {
  const shown = shownOn(platform, draft);
  const name = `${platform.browser} on ${platform.system}`;
  return h("figure", { class: "preview", "data-platform": platform.id },
    h("figcaption", {}, h("strong", {}, platform.browser), " ", platform.system),
    h("div", { class: `toast toast-${platform.look}`, role: "group", "aria-label": `${name} shows` }, LOOKS[platform.look]?.(platform, shown, host)),
    shown.lost.length ? h("ul", { class: "lost" }, shown.lost.map((words) => h("li", {}, words))) : h("p", { class: "lost all" }, "Shows everything."));
};

/** @typedef {ReturnType<typeof shownOn>} Shown */

/** The browser's or the app's own mark. @param {Platform} platform */
const app = ({ browser }) => h("span", { class: `app app-${browser.toLowerCase()}`, "aria-hidden": "true" }, browser.slice(0, 1));
/** A site's picture; one that cannot be loaded leaves a grey field. @param {string} url @param {string} name */
const picture = (url, name) => {
  if (!url) return null;
  const image = h("img", { class: name, src: url, alt: "", referrerpolicy: "no-referrer" });
  image.addEventListener("error", () => image.replaceWith(h("span", { class: `${name} missing` }, icon("M4 5h16v14H4zm0 11 5-5 4 4 3-2 4 4"))));
  return image;
};
/** @param {Shown} shown */
const words = ({ title, body }) => [h("p", { class: "toast-title", dir: "auto" }, title || "Title"), body && h("p", { class: "toast-body", dir: "auto" }, body)];
/** @param {Shown} shown */
const buttons = ({ actions }) => actions.length > 0 && h("div", { class: "toast-actions" }, actions.map((title) => h("span", { class: "toast-action" }, title)));

/** @type {Record<string, (platform: Platform, shown: Shown, host: string) => (import("./dom.js").Child)[]>} */
const LOOKS = {
  windows: (platform, shown, host) => [
    h("div", { class: "toast-top" }, app(platform), platform.browser, h("span", { class: "grow" }), "✕"),
    picture(shown.image, "toast-image"),
    h("div", { class: "toast-row" }, picture(shown.icon, "toast-icon"), h("div", {}, words(shown), h("p", { class: "toast-host" }, host))),
    buttons(shown),
  ],
  firefox: (platform, shown, host) => LOOKS.windows?.(platform, shown, host) ?? [],
  macos: (platform, shown, host) => [
    h("div", { class: "toast-row" }, app(platform),
      h("div", { class: "grow" }, h("p", { class: "toast-title", dir: "auto" }, shown.title || "Title"), h("p", { class: "toast-host" }, host), shown.body && h("p", { class: "toast-body", dir: "auto" }, shown.body)),
      picture(shown.icon, "toast-icon")),
    shown.actions.length > 0 && h("div", { class: "toast-actions" }, h("span", { class: "toast-action" }, "Options: ", shown.actions.join(", "))),
  ],
  android: (platform, shown, host) => [
    h("div", { class: "toast-top" }, app(platform), platform.browser, " · ", host, " · now"),
    h("div", { class: "toast-row" }, h("div", { class: "grow" }, words(shown)), picture(shown.icon, "toast-icon")),
    picture(shown.image, "toast-image"),
    buttons(shown),
  ],
  ios: (_, shown, host) => [
    h("div", { class: "toast-row" }, h("span", { class: "app app-site", "aria-hidden": "true" }, host.slice(0, 1).toUpperCase()),
      h("div", { class: "grow" }, words(shown), h("p", { class: "toast-host" }, `from ${host}`)), h("span", { class: "toast-host" }, "now")),
  ],
};

/** Where the facts come from. */
export const sourceList = () =>
  h("details", { class: "sources" }, h("summary", {}, "Where these facts come from"),
    h("ul", {}, Object.values(sources).map((source) => h("li", {}, "url" in source ? h("a", { href: source.url, rel: "noreferrer", target: "_blank" }, source.name) : source.name))),
    h("p", { class: "hint" }, "Lengths are about right: they change with fonts, letters and settings."));
