// The page's answer to a notification click: the worker asks, this page goes.

/** The worker may die before it says go; the visitor must arrive all the same. ms */
const GO_ANYWAY = 1000;

/** @param {MessageEvent} event */
const onMessage = ({ data, ports: [port] }) => {
  if (data?.softbell !== "navigate" || !port) return;
  // Addresses are text where text is wanted.
  const url = /** @type {any} */ (new URL(data.url, /** @type {any} */ (location)));
  if (url.origin !== location.origin) return;
  const go = () => {
    // `client.url` ignores `pushState`, so only the page knows where it is.
    if (url.href.split("#")[0] !== location.href.split("#")[0]) location.href = url;
    else location.hash = url.hash; // goes nowhere if it is there, and never reloads
  };
  const timer = setTimeout(go, GO_ANYWAY);
  port.onmessage = ({ data: yes }) => {
    clearTimeout(timer);
    if (yes) go();
  };
  port.postMessage(true);
};

export const answerClicks = () => {
  const container = /** @type {any} */ (navigator.serviceWorker);
  // Marked by the first copy, so that loader and package do not both answer.
  if (!container || container.softbell) return false;
  container.softbell = 1;
  container.addEventListener("message", onMessage);
  // Messages to a page that no worker controls wait until it says so.
  container.startMessages();
  return true;
};

/** For the copy that answers: as if it had never begun. */
export const stopAnswering = () => {
  const container = /** @type {any} */ (navigator.serviceWorker);
  container.removeEventListener("message", onMessage);
  delete container.softbell;
};
