// From a push to the notification on the desktop with no worker running: ours against ten lines, on one origin.

import { until } from "../../tests/e2e/lib/until.mjs";
import { soon } from "./chromium.mjs";
import { startSite } from "./site.mjs";

/** Pairs that are measured, and pairs before them that are not: the first pushes find no compiled code. */
const PAIRS = 40;
const WARM_UP = 3;

/** @typedef {{ name: "ours" | "ten", url: string, scope: string }} Worker */

/** @type {Worker[]} */
const WORKERS = [
  { name: "ours", url: "/softbell/sw.js", scope: "/softbell/" },
  { name: "ten", url: "/ten/sw.js", scope: "/ten/" },
];

/** A message as our server sends it. @param {string} title */
const message = (title) => JSON.stringify({
  notification: { title, body: "Printed yesterday.", navigate: "/welcome.html", data: { softbell: { m: title, t: `1.${title}` } } },
});

/** Registers a worker and waits until it is active; runs in the page. @param {string} url @param {string} scope */
const register = async (url, scope) => {
  const { installing } = await navigator.serviceWorker.register(url, { scope });
  await new Promise((resolve) => installing?.addEventListener("statechange", () => installing.state === "activated" && resolve(null)));
};

/** What the browser says of its workers, by scope. @param {import("puppeteer-core").CDPSession} cdp */
const watchWorkers = async (cdp) => {
  /** @type {Map<string, string>} */
  const registrations = new Map();
  /** @type {Map<string, string>} */
  const running = new Map();
  cdp.on("ServiceWorker.workerRegistrationUpdated", ({ registrations: all }) => {
    for (const { registrationId, scopeURL } of all) registrations.set(new URL(scopeURL).pathname, registrationId);
  });
  cdp.on("ServiceWorker.workerVersionUpdated", ({ versions }) => {
    for (const { registrationId, runningStatus } of versions) running.set(registrationId, runningStatus);
  });
  await cdp.send("ServiceWorker.enable");
  const id = (/** @type {Worker} */ { scope }) => registrations.get(scope) ?? "";
  return {
    id,
    /** @param {Worker} worker @param {string} status */
    is: (worker, status) => until(`${worker.name} to be ${status}`, () => running.get(id(worker)) === status, { hint: () => [...running] }),
  };
};

/** The site with both workers, and a way to push to one of them. @param {Awaited<ReturnType<typeof import("./chromium.mjs").launchHeadless>>} around */
async function prepare({ browser, lab }) {
  const site = await startSite();
  const page = await browser.newPage();
  const cdp = await page.createCDPSession();
  await cdp.send("Browser.setPermission", { origin: site.origin, permission: { name: "notifications" }, setting: "granted" });
  const workers = await watchWorkers(cdp);
  await page.goto(`${site.origin}/plain/`);
  for (const { url, scope } of WORKERS) await soon(url, page.evaluate(register, url, scope));

  const stopAll = async () => {
    await cdp.send("ServiceWorker.stopAllWorkers");
    for (const worker of WORKERS) await workers.is(worker, "stopped");
  };
  /** @param {Worker} worker @param {string} title @returns {Promise<number>} ms */
  const push = async (worker, title) => {
    await stopAll();
    const { seq } = await lab.ask("/notifications");
    const shown = lab.ask(`/notifications?after=${seq}&wait_ms=10000`).then((answer) => ({ ...answer, at: performance.now() }));
    const started = performance.now();
    const [{ notifications, at }] = await Promise.all([
      shown,
      cdp.send("ServiceWorker.deliverPushMessage", { origin: site.origin, registrationId: workers.id(worker), data: message(title) }),
    ]);
    if (notifications[0]?.summary !== title) throw new Error(`${title} was not shown: ${JSON.stringify(notifications)}`);
    await workers.is(worker, "running"); // else the next stop would be taken for this one
    return at - started;
  };
  const close = async () => {
    await page.close();
    site.close();
  };
  return { push, close };
}

/**
 * @param {Awaited<ReturnType<typeof import("./chromium.mjs").launchHeadless>>} around
 * @returns {Promise<Record<"ours" | "ten", number[]>>} ms; samples at the same place follow each other
 */
export async function coldPushes(around) {
  const { push, close } = await prepare(around);
  /** @type {Record<"ours" | "ten", number[]>} */
  const samples = { ours: [], ten: [] };
  for (let pair = -WARM_UP; pair < PAIRS; pair++) {
    for (const worker of pair % 2 ? WORKERS : [...WORKERS].reverse()) {
      const ms = await push(worker, `${worker.name} ${pair}`);
      if (pair >= 0) samples[worker.name].push(ms);
    }
  }
  await close();
  return samples;
}
