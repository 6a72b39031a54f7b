// Of a burst of messages, as after a night offline, the first ones show, and one notification lists the others.

const PAUSE = 100; // ms; what comes sooner after the last one belongs to its burst
const MOST = 5; // notifications of their own

/** What the burst shows, titles by tag; a worker that was stopped meanwhile has had none. @type {Map<unknown, string>} */
let burst = new Map();
let last = 0;
let began = 0;

/** A message has been shown: the work that took is no pause between two. */
export const shown = () => {
  last = Date.now();
};

/**
 * Turns the message into the summary of a burst, if it is late in one. What replaces another, or came twice, takes the
 * place of that one.
 * @param {import("./message.js").Message} message @param {string} site its name
 */
export const fold = (message, site) => {
  const { title, options } = message;
  const { tag, silent, navigate, data } = options;
  const now = Date.now();
  // Each burst has a summary of its own: what the one before lists is not to be lost.
  if (now - last >= PAUSE) (burst = new Map()), (began = now);
  last = now;
  burst.set(tag, title);
  if ([...burst.keys()].indexOf(tag) < MOST) return;
  message.options = { body: [...burst.values()].slice(MOST).join("\n"), tag: `softbell.${began}`, silent, navigate, data };
  message.title = site;
};
