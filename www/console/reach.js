// How far a message reaches and how large it is, asked whenever the form rests; only what was answered may be sent.

import * as api from "./api.js";
import { fill, h, share } from "./dom.js";
import { exclusionWords, number, warningWords } from "./words.js";

/** Bytes of a message before encryption (src/contract/limits.rs). */
const PAYLOAD_BYTES = 3_993;
/** How long the form rests before the reach is asked, ms. */
const REST = 350;

/**
 * @param {object} given
 * @param {string} given.site @param {ReturnType<typeof import("./form.js").composer>} given.form @param {AbortSignal} given.gone
 * @param {(count: number) => void} given.answered how many devices what is written now reaches
 * @param {(error: unknown) => void} given.refused
 */
export const reachOf = ({ site, form, gone, answered, refused }) => {
  const element = h("div", { class: "reach", role: "status" });
  /** @type {{ body: string, count: number } | undefined} */
  let known;
  let asking = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const hint = (/** @type {string} */ words) => fill(element, h("p", { class: "hint" }, words));
  const ask = async () => {
    asking = new AbortController();
    const { signal } = asking;
    const body = form.body();
    try {
      const answer = await api.post(site, { ...body, dry_run: true }, { signal });
      if (signal.aborted || gone.aborted) return;
      known = { body: JSON.stringify(body), count: answer.reach };
      draw(element, answer);
      answered(answer.reach);
    } catch (error) {
      if (!signal.aborted && !gone.aborted) refused(error);
    }
  };
  return {
    element,
    hint,
    /** Forgets the answer to what was written before, and asks anew. */
    changed: () => {
      clearTimeout(timer);
      asking.abort();
      known = undefined;
      if (form.isComplete()) timer = setTimeout(ask, REST);
      else hint("Give it a title, and you will see here whom it reaches.");
    },
    /** How many devices what is written now reaches, once that is known. @returns {number | undefined} */
    count: () => (known?.body === JSON.stringify(form.body()) ? known.count : undefined),
  };
};

/** @param {HTMLElement} room @param {api.Reach} answer */
const draw = (room, { reach, excluded, payload_bytes, warnings }) => {
  const others = Object.entries(excluded).filter(([, count]) => count > 0).sort(([, one], [, other]) => other - one);
  fill(room,
    h("p", { class: "reach-number" }, h("strong", {}, number(reach)), ` ${reach === 1 ? "device" : "devices"} will get this`),
    others.length > 0 && h("ul", { class: "excluded" }, others.map(([code, count]) => h("li", {}, h("span", { class: "num" }, number(count)), ` ${exclusionWords(code)}`))),
    reach === 0 && !others.length && h("p", { class: "hint" }, "Nobody matches. Choose another audience."),
    warnings.length > 0 && h("ul", { class: "excluded warnings" }, warnings.map((warning) => h("li", {}, warningWords(warning)))),
    h("div", { class: "meter" }, h("p", { class: "hint" }, "Size ", h("span", { class: "payload" }, `${number(payload_bytes)} of ${number(PAYLOAD_BYTES)} bytes`)),
      share(h("span", { class: "bar bar-size", "aria-hidden": "true" }), "--part", payload_bytes / PAYLOAD_BYTES)));
};
