// What the worker tells the page about messages, handed on to the site's listeners.

import { withoutLanding } from "./address.js";
import { tellLanding } from "./landing.js";

/** A worker of an earlier build tells every page of a click whose page tells of it itself. @param {unknown} url */
const tellsItself = (url) => typeof url === "string" && withoutLanding(url) !== url;

/** Clients that listen already. @type {WeakSet<import("./client.js").Client>} */
const hearing = new WeakSet();

/**
 * The worker that asks with a port, because the page may show the message itself, hears whether a listener did: it
 * prevented the notification.
 * @param {import("./client.js").Client} client
 */
export const hearWorker = (client) => {
  tellLanding(client).catch(() => {});
  const container = navigator.serviceWorker;
  if (!container || hearing.has(client)) return;
  hearing.add(client);
  /** @param {MessageEvent} event */
  const hear = ({ data, ports: [port] }) => {
    let prevented = false;
    const message = { ...data?.message, preventDefault: () => void (prevented = true) };
    if (!message.action) delete message.action; // empty: the notification itself
    if (data?.softbell === "received") client.emit("notification.received", message);
    else if (data?.softbell === "clicked" && !tellsItself(message.url)) client.emit("notification.clicked", message);
    else return;
    port?.postMessage(prevented);
  };
  container.addEventListener("message", hear, { signal: client.ending.signal });
  // Messages to a page that no worker controls wait until it says so.
  container.startMessages();
};
