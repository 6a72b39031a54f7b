// Writes a message: the form, what each platform makes of it, how far it reaches, and only then the button.

import * as api from "./api.js";
import { confirmed } from "./confirm.js";
import { fill, h, set } from "./dom.js";
import { composer } from "./form.js";
import { previews, sourceList } from "./preview.js";
import { progress } from "./progress.js";
import { reachOf } from "./reach.js";
import { plural } from "./words.js";

/** The answer to a first press was lost, and the form was changed before the second. */
const LEFT_ALREADY = "An earlier wording of this message has left already. Look under Messages; to send this one as well, reload the page.";

/** @param {import("./main.js").Place} place */
export const send = (place) => {
  const { main, site, gone } = place;
  const origin = site.origins[0] ?? location.origin;
  const form = composer(site, origin);
  const gallery = h("div", { class: "gallery" });
  const button = h("button", { type: "submit", class: "button wide", form: "message" });
  const alert = h("p", { class: "field-error", role: "alert" });
  const offer = (/** @type {number} */ count) => {
    set(button, { disabled: count === 0 });
    fill(button, count ? `Send to ${plural(count, "device")}` : "Send");
  };
  const refused = (/** @type {unknown} */ error) => {
    reach.hint("Once this is right, you will see here whom it reaches.");
    const { field, words } = refusal(error);
    if (!form.refuse(field, words)) fill(alert, words);
  };
  const reach = reachOf({ site: site.id, form, gone, answered: offer, refused });
  const draw = () => fill(gallery, previews(form.draft(), new URL(origin).host));
  const changed = () => {
    offer(0);
    fill(alert);
    form.clear();
    draw();
    reach.changed();
  };
  // The same key for the same page: a second press, or a retry after a lost answer, never sends twice.
  const key = randomKey();
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const body = form.body(), count = reach.count();
    // Only what was shown is sent.
    if (!count || button.disabled) return;
    if (!(await confirmed(`Send “${form.draft().title}” to ${plural(count, "device")}?`, "It cannot be taken back.", "Send now"))) return;
    set(button, { disabled: true });
    try {
      const { id = "" } = await api.post(site.id, body, { key });
      if (!gone.aborted) showProgress(place, id);
    } catch (error) {
      refused(error);
      set(button, { disabled: false });
    }
  };
  form.element.addEventListener("input", changed);
  // What was shown as the reach still holds when a field is left.
  form.element.addEventListener("change", draw);
  form.element.addEventListener("submit", submit);
  fill(main, h("div", { class: "head" }, h("h1", {}, "Send a message")),
    h("div", { class: "send" }, h("div", { class: "card" }, form.element),
      h("div", { class: "stack" },
        h("section", { class: "card", "aria-labelledby": "reach" }, h("h2", { id: "reach" }, "Reach"), reach.element, alert, button),
        h("section", { class: "card", "aria-labelledby": "previews" }, h("h2", { id: "previews" }, "What people will see"), gallery, sourceList()))));
  changed();
};

/** Where an error belongs, and its words. @param {unknown} error @returns {{ field?: string, words: string }} */
const refusal = (error) => {
  if (!(error instanceof api.ApiError)) return { words: "Something failed here. Reload the page and try again." };
  if (error.code === "idempotency_key_reused") return { words: LEFT_ALREADY };
  return { field: error.field, words: error.message };
};

/** After the sending: how far it has come. @param {import("./main.js").Place} place @param {string} id */
const showProgress = ({ main, site, gone, link }, id) => {
  // The address is this page's already, so nothing would change by itself.
  const restart = (/** @type {Event} */ event) => {
    event.preventDefault();
    dispatchEvent(new HashChangeEvent("hashchange"));
  };
  const heading = h("h1", { tabindex: "-1" }, "On its way");
  fill(main, h("div", { class: "head" }, heading, h("a", { class: "button", href: link("send"), onclick: restart }, "Write another")),
    progress({ site: site.id, id, gone }), h("p", {}, h("a", { href: link("messages") }, "All messages")));
  heading.focus();
};

const randomKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
