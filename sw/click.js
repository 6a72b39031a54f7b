// A click: bring the visitor to the target with exactly one window call, then report.

import { NOTIFICATION_CLICKED } from "./contract.js";
import { webUrl } from "./message.js";
import { report, worker } from "./scope.js";

/** How long a page may take to answer, ms. Firefox refuses window calls about a second after the click. */
const ANSWER_LIMIT = 400;

/**
 * The page that should take the visitor there: one that shows the target already, else the one in front.
 * @param {readonly WindowClient[]} pages @param {string} url
 */
const bestPage = (pages, url) => {
  /** @param {WindowClient} page */
  const rank = (page) => (page.url === url ? 4 : 0) + (page.focused ? 2 : 0) + (page.visibilityState === "visible" ? 1 : 0);
  return [...pages].sort((one, other) => rank(other) - rank(one))[0];
};

/**
 * Asks a page whether it will go there. The page answers, and goes when it hears back: after `focus()`, because a
 * page that is on its way out cannot be focused.
 * @param {WindowClient} page @param {string} url @returns {Promise<MessagePort | undefined>}
 */
const ask = (page, url) =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    setTimeout(resolve, ANSWER_LIMIT);
    port1.onmessage = () => resolve(port1);
    page.postMessage({ softbell: "navigate", url }, [port2]);
  });

/** @param {string} url */
const go = async (url) => {
  const { clients, location } = worker;
  if (new URL(url).origin === location.origin) {
    const pages = await clients.matchAll({ type: "window", includeUncontrolled: true });
    const page = bestPage(pages, url);
    const port = page && (await ask(page, url));
    if (port) {
      // Never `client.navigate()`: it fails on pages that we do not control.
      await page.focus();
      port.postMessage(true);
      return;
    }
  }
  await clients.openWindow(url);
};

/** @param {NotificationEvent} event */
export const click = async (event) => {
  const { notification } = event;
  notification.close();
  const data = notification.data ?? {};
  const url = webUrl(data.url, worker.location.href) ?? worker.location.origin + "/";
  try {
    await go(url);
  } finally {
    if (data.ours) await report(NOTIFICATION_CLICKED, data.ours);
  }
};
