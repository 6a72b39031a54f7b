// OneSignal: `{title?, alert, icon?, image?, badge?, tag?, custom: {i: id, u?: link}, o?: [{i: id, n: label, p?: icon, u?: link}]}`.

import { object, text } from "../values.js";
import { list } from "./list.js";

/** An address that says that it is none; every push of ours leads somewhere. @param {unknown} address */
const link = (address) => (text(address)?.includes("do_not_open") ? undefined : address);

/** @param {Record<string, any>} payload */
export const onesignal = ({ title, alert, icon, image, badge, tag, custom, o }) => {
  const { i, u } = object(custom);
  if (typeof i !== "string") return undefined;
  const actions = list(o, (button) => ({ action: button.i, title: button.n, icon: button.p, navigate: link(button.u) }));
  // As its own worker shows it: it stays until it is pressed, and sounds again where it replaces another.
  return { title, body: alert, icon, image, badge, tag: tag ?? i, navigate: link(u), actions, requireInteraction: true, renotify: true };
};
