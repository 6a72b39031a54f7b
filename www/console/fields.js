// The fields of a form by the API's name of the member: made, read, and marked; and the inputs that go into them.

import { fill, h, set } from "./dom.js";

/** @typedef {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} Input */
/** @typedef {{ input: Input, error: HTMLElement }} Field */
/** @typedef {(member: string, label: string, input: Input, hint?: string) => HTMLElement} MakeField */

/** @param {Record<string, unknown>} [more] */
export const text = (more = {}) => h("input", { type: "text", autocomplete: "off", ...more });
/** @param {Record<string, unknown>} [more] */
export const link = (more = {}) => h("input", { type: "url", inputmode: "url", autocomplete: "off", spellcheck: "false", ...more });
/** A whole number. Not of the type `number`: that one gives nothing at all where somebody writes letters, and nobody would be told. @param {Record<string, unknown>} [more] */
export const count = (more = {}) => text({ inputmode: "numeric", ...more });
/** @param {[string | number, string][]} all @param {string | number} [chosen] */
export const choose = (all, chosen) => h("select", {}, all.map(([id, name]) => h("option", { value: id, selected: id === chosen }, name)));

/** The number; what is none stays as it is, and the server says what is wrong with it. @param {string} written */
export const whole = (written) => (/^\d+$/.test(written) ? Number(written) : written);

export const fieldList = () => {
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
    /** @param {string} member @param {string} words @returns {boolean} whether there is such a field to see */
    refuse: (member, words) => {
      const found = fields.get(member);
      if (!found?.input.isConnected) return false;
      set(found.input, { "aria-invalid": "true" });
      found.input.closest("details")?.setAttribute("open", "");
      fill(found.error, words);
      return true;
    },
  };
};
