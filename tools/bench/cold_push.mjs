// From a push to the notification on the desktop with no worker running: ours against the others, on one origin.

import { until } from "../../tests/e2e/lib/until.mjs";
import { soon } from "./chromium.mjs";
import { WORKERS, scripts } from "./peers.mjs";
import { startSite } from "./site.mjs";

/** @typedef {import("./peers.mjs").Worker} Worker */

/** Rounds that are measured, and rounds before them that are not: the first pushes find no compiled code. */
const ROUNDS = 40;
const WARM_UP = 3;

/** How long a worker that shows nothing is given to show something, ms. */
const SILENCE = 3_000;

/** @param {Worker} worker */
const scope = ({ name }) => `/${name}/`;

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
  const id = (/** @type {Worker} */ worker) => registrations.get(scope(worker)) ?? "";
  return {
    id,
    /** @param {Worker} worker @param {string} status */
    is: (worker, status) => until(`${worker.name} to be ${status}`, () => running.get(id(worker)) === status, { hint: () => [...running] }),
  };
};

/** The site with all workers, and a way to push to one of them. @param {Awaited<ReturnType<typeof import("./chromium.mjs").launchHeadless>>} around */
async function prepare({ browser, lab }) {
  const files = Object.entries(await scripts()).map(([name, script]) => /** @type {[string, string]} */ ([`/${name}/sw.js`, script]));
  const site = await startSite(0, files);
  const page = await browser.newPage();
  const cdp = await page.createCDPSession();
  await cdp.send("Browser.setPermission", { origin: site.origin, permission: { name: "notifications" }, setting: "granted" });
  const workers = await watchWorkers(cdp);
  await page.goto(`${site.origin}/plain/`);
  for (const worker of WORKERS) await soon(worker.name, page.evaluate(register, `${scope(worker)}sw.js`, scope(worker)));
  // Firebase shows nothing while a page of the site is in front.
  const front = await browser.newPage();
  await front.bringToFront();
  await until("the page to be hidden", () => page.evaluate(() => document.visibilityState === "hidden"));

  const stopAll = async () => {
    await cdp.send("ServiceWorker.stopAllWorkers");
    for (const worker of WORKERS) await workers.is(worker, "stopped");
  };
  /** @param {Worker} worker @param {string} title @returns {Promise<number | undefined>} ms; nothing for a worker that showed nothing */
  const push = async (worker, title) => {
    await stopAll();
    const { seq } = await lab.ask("/notifications");
    const shown = lab.ask(`/notifications?after=${seq}&wait_ms=${worker.silent ? SILENCE : 10_000}`).then((answer) => ({ ...answer, at: performance.now() }));
    const started = performance.now();
    const data = JSON.stringify(worker.message(title, site.origin));
    const [{ notifications, at }] = await Promise.all([
      shown,
      cdp.send("ServiceWorker.deliverPushMessage", { origin: site.origin, registrationId: workers.id(worker), data }),
    ]);
    if (worker.silent && !notifications.length) return undefined;
    if (notifications[0]?.summary !== title) throw new Error(`${title} was not shown: ${JSON.stringify(notifications)}`);
    await workers.is(worker, "running"); // else the next stop would be taken for this one
    return at - started;
  };
  const close = async () => {
    await Promise.all([page.close(), front.close()]);
    site.close();
  };
  return { push, close };
}

/**
 * @param {Awaited<ReturnType<typeof import("./chromium.mjs").launchHeadless>>} around
 * @returns {Promise<Map<Worker, number[]>>} ms; samples at the same place are of one round; none for a worker that showed nothing
 */
export async function coldPushes(around) {
  const { push, close } = await prepare(around);
  /** @type {Map<Worker, number[]>} */
  const samples = new Map(WORKERS.map((worker) => [worker, []]));
  for (const worker of WORKERS.filter(({ silent }) => silent)) {
    const ms = await push(worker, worker.name);
    if (ms !== undefined) samples.get(worker)?.push(ms);
  }
  const racers = WORKERS.filter(({ silent }) => !silent);
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    // Each goes first as often as any other.
    const turn = (round + WARM_UP) % racers.length;
    for (const worker of [...racers.slice(turn), ...racers.slice(0, turn)]) {
      const ms = await push(worker, `${worker.name} ${round}`);
      if (round >= 0 && ms !== undefined) samples.get(worker)?.push(ms);
    }
  }
  await close();
  return samples;
}
