// Writes a message: the form, what each platform makes of it, how far it reaches, and only then the button.

import * as api from "./api.js";
import { confirmed } from "./confirm.js";
import { fill, h, set, share } from "./dom.js";
import { composer } from "./form.js";
import { previews, sourceList } from "./preview.js";
import { progress } from "./progress.js";
import { exclusionWords, number, plural } from "./words.js";

/** Bytes of a message before encryption (src/contract/limits.rs). */
const PAYLOAD_BYTES = 3_993;
/** How long the form rests before the reach is asked, ms. */
const REST = 350;
/** The answer to a first press was lost, and the form was changed before the second. */
const LEFT_ALREADY = "An earlier wording of this message has left already. Look under Messages; to send this one as well, reload the page.";

/** @param {import("./main.js").Place} place */
export const send = ({ main, site, gone, link }) => {
  const origin = site.origins[0] ?? location.origin;
  const form = composer(site, origin);
  const gallery = h("div", { class: "gallery" });
  const reach = h("div", { class: "reach", role: "status" });
  const button = h("button", { type: "submit", class: "button wide", form: "message", disabled: true }, "Send");
  const alert = h("p", { class: "field-error", role: "alert" });

  /** The answer that the button stands for. @type {{ body: string, reach: api.Reach } | undefined} */
  let known;
  let asking = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const ask = async () => {
    asking = new AbortController();
    const body = form.body();
    const text = JSON.stringify(body);
    try {
      const answer = await api.post(site.id, { ...body, dry_run: true }, { signal: asking.signal });
      if (gone.aborted) return;
      known = { body: text, reach: answer };
      drawReach(reach, answer);
      set(button, { disabled: answer.reach === 0 });
      fill(button, answer.reach ? `Send to ${plural(answer.reach, "device")}` : "Send");
    } catch (error) {
      if (!asking.signal.aborted && !gone.aborted) refuse(error);
    }
  };
  const refuse = (/** @type {unknown} */ error) => {
    fill(reach, h("p", { class: "hint" }, "Once this is right, you will see here whom it reaches."));
    if (!(error instanceof api.ApiError)) return fill(alert, "Something failed here. Reload the page and try again.");
    if (error.code === "idempotency_key_reused") return fill(alert, LEFT_ALREADY);
    if (!form.refuse(error.field, error.message)) fill(alert, error.message);
  };
  const draw = () => fill(gallery, previews(form.draft(), new URL(origin).host));
  const changed = () => {
    clearTimeout(timer);
    asking.abort();
    known = undefined;
    set(button, { disabled: true });
    fill(button, "Send");
    fill(alert);
    form.clear();
    draw();
    if (form.isComplete()) timer = setTimeout(ask, REST);
    else fill(reach, h("p", { class: "hint" }, "Give it a title, and you will see here whom it reaches."));
  };
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const body = form.body();
    // Only what was shown is sent.
    if (!known || known.body !== JSON.stringify(body) || button.disabled) return;
    if (!(await confirmed(`Send “${form.draft().title}” to ${plural(known.reach.reach, "device")}?`, "It cannot be taken back.", "Send now"))) return;
    set(button, { disabled: true });
    try {
      const { id = "" } = await api.post(site.id, body, { key });
      if (gone.aborted) return;
      const panel = progress({ site: site.id, id, gone });
      fill(main, h("div", { class: "head" }, h("h1", { tabindex: "-1" }, "On its way"), h("a", { class: "button", href: link("send"), onclick: restart }, "Write another")), panel,
        h("p", {}, h("a", { href: link("messages") }, "All messages")));
      main.querySelector("h1")?.focus();
    } catch (error) {
      refuse(error);
      set(button, { disabled: false });
    }
  };
  // The same key for the same page: a second press, or a retry after a lost answer, never sends twice.
  const key = randomKey();
  const restart = (/** @type {Event} */ event) => {
    event.preventDefault();
    dispatchEvent(new HashChangeEvent("hashchange"));
  };
  form.element.addEventListener("input", changed);
  // What was shown as the reach still holds when a field is left.
  form.element.addEventListener("change", draw);
  form.element.addEventListener("submit", submit);
  fill(main, h("div", { class: "head" }, h("h1", {}, "Send a message")),
    h("div", { class: "send" }, h("div", { class: "card" }, form.element),
      h("div", { class: "stack" },
        h("section", { class: "card", "aria-labelledby": "reach" }, h("h2", { id: "reach" }, "Reach"), reach, alert, button),
        h("section", { class: "card", "aria-labelledby": "previews" }, h("h2", { id: "previews" }, "What people will see"), gallery, sourceList()))));
  changed();
};

/** @param {HTMLElement} room @param {api.Reach} answer */
const drawReach = (room, { reach, excluded, payload_bytes }) => {
  const others = Object.entries(excluded).filter(([, count]) => count > 0).sort(([, one], [, other]) => other - one);
  fill(room,
    h("p", { class: "reach-number" }, h("strong", {}, number(reach)), ` ${reach === 1 ? "device" : "devices"} will get this`),
    others.length > 0 && h("ul", { class: "excluded" }, others.map(([code, count]) => h("li", {}, h("span", { class: "num" }, number(count)), ` ${exclusionWords(code)}`))),
    reach === 0 && !others.length && h("p", { class: "hint" }, "Nobody matches. Choose another audience."),
    h("div", { class: "meter" }, h("p", { class: "hint" }, "Size ", h("span", { class: "payload" }, `${number(payload_bytes)} of ${number(PAYLOAD_BYTES)} bytes`)),
      share(h("span", { class: "bar bar-size", "aria-hidden": "true" }), "--part", payload_bytes / PAYLOAD_BYTES)));
};

const randomKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
