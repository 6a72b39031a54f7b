// What each platform makes of a message, by the facts in platforms.json: what it shows, what it drops, what it cuts.

import facts from "./platforms.json" with { type: "json" };

/** @typedef {{ title: string, body: string, url: string, icon: string, image: string, badge: string, actions: { title: string }[], require_interaction: boolean, silent: boolean }} Draft */
/** @typedef {typeof facts.platforms[number]} Platform */

export const { platforms, sources } = facts;

/** What the members are called in the form. @type {Record<string, string>} */
const NAMES = { icon: "icon", image: "picture", badge: "badge", require_interaction: "“stays until closed”", silent: "“silent”" };

/** Letters as people count them. */
const LETTERS = new Intl.Segmenter("en", { granularity: "grapheme" });

/** @param {string} text @param {number} most */
const cut = (text, most) => {
  const letters = [...LETTERS.segment(text)].map(({ segment }) => segment);
  return letters.length > most ? `${letters.slice(0, most - 1).join("").trimEnd()}…` : text;
};

/**
 * @param {Platform} platform @param {Draft} draft
 * @returns {{ title: string, body: string, icon: string, image: string, actions: string[], lost: string[] }} `lost`: what a person misses, in words
 */
export const shownOn = ({ shows, actions: most, title: titleLetters, body: bodyLetters, notes }, draft) => {
  const title = cut(draft.title, titleLetters), body = cut(draft.body, bodyLetters);
  const actions = draft.actions.map((action) => action.title).filter(Boolean);
  const dropped = Object.entries(shows).filter(([name, shown]) => !shown && draft[/** @type {keyof Draft} */ (name)]).map(([name]) => NAMES[name] ?? name);
  const buttons = actions.length - Math.min(actions.length, most);
  if (buttons) dropped.push(actions.length === 1 ? "the button" : buttons === actions.length ? "both buttons" : `${buttons} of ${actions.length} buttons`);
  const lost = dropped.length ? [`Drops ${dropped.join(", ")}.`] : [];
  if (title !== draft.title) lost.push(`Cuts the title after about ${titleLetters} letters.`);
  if (body !== draft.body) lost.push(`Cuts the text after about ${bodyLetters} letters.`);
  if (actions.length && most && notes.actions) lost.push(notes.actions);
  if (draft.icon && !shows.icon && notes.icon) lost.push(notes.icon);
  return { title, body, icon: shows.icon ? draft.icon : "", image: shows.image ? draft.image : "", actions: actions.slice(0, most), lost };
};
