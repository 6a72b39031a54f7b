// Worker and push service: registers, waits until active, subscribes.

import { limited } from "../../sw/database.js";
import { base64url } from "../../sw/outbox.js";

/** How long giving a subscription up may take, ms: the visitor waits for it. */
const UNSUBSCRIBE_LIMIT = 10_000;

/** @type {ServiceWorkerRegistration | undefined} */
let registration;
/** The registration under way, if any. @type {Promise<unknown>} */
let registering = Promise.resolve();

/** `require-trusted-types-for 'script'` blocks `register("string")`; the policy's name is documented for the CSP. @param {string} url */
const trusted = (url) => {
  try {
    const types = /** @type {any} */ (globalThis).trustedTypes;
    policy ??= types?.createPolicy("softbell", { createScriptURL: (/** @type {string} */ safe) => safe });
    return policy?.createScriptURL(url) ?? url;
  } catch {
    throw new DOMException("the page's Trusted Types refuse the policy softbell", "TrustedTypes");
  }
};

/** A second policy of the same name would be refused. @type {any} */
let policy;

/**
 * Registers the worker and resolves when it is active. Never `serviceWorker.ready`: this page is outside the scope,
 * where that promise waits for ever.
 * @param {ServiceWorkerRegistration | undefined} own of the site, which registered our worker itself
 * @param {string} url @param {string} scope @param {number} limit ms
 */
export const registerWorker = async (own, url, scope, limit) => {
  const made = own ? Promise.resolve(own) : limited(navigator.serviceWorker.register(trusted(url), { scope }), limit);
  registering = made.catch(() => {});
  registration = await made;
  if (registration.active) compareBuilds(registration, registration.active);
  else await limited(activated(registration), limit);
};

/**
 * Browsers look for a new worker when a page in its scope is visited, and none of ours is: where page and worker are of
 * different builds, the page asks. Builds have no order: for a page that is the older one there is nothing new to find.
 * @param {ServiceWorkerRegistration} registration @param {ServiceWorker} worker
 */
const compareBuilds = (registration, worker) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => {
    port1.close();
    if (data.build !== __WORKER__) registration.update().catch(() => {}); // a later page view tries again
  };
  worker.postMessage({ softbell: "version", build: __WORKER__ }, [port2]);
};

/** @param {ServiceWorkerRegistration} registration @returns {Promise<void>} */
const activated = ({ installing, waiting }) =>
  new Promise((resolve, reject) => {
    const worker = installing ?? waiting;
    const look = () => {
      if (worker?.state === "activated") resolve();
      else if (!worker || worker.state === "redundant") reject(new DOMException("the worker did not start", "InvalidStateError"));
    };
    worker?.addEventListener("statechange", look);
    look();
  });

/** @param {ArrayBuffer | null} key */
const text = (key) => base64url(new Uint8Array(key ?? new ArrayBuffer(0)));

/**
 * An iOS app may read its permission wrongly (see `doubts` in opening.rs), and is refused then, though its subscription
 * lives: WebKit asks for the permission before `subscribe()`, and not before `getSubscription()`.
 * @param {PushSubscription | null} found @param {string} vapid @param {DOMException} refused
 */
const stillThere = (found, vapid, refused) => {
  if (!found) throw refused;
  if (text(found.options.applicationServerKey) !== vapid) throw new DOMException("made with another key", "InvalidStateError");
  return found;
};

/**
 * Subscribes; where there is a subscription with this key already, that one comes back. One made with another key is
 * given up first, because a subscription is bound to its key (Push API, `subscribe()`: InvalidStateError).
 * @param {string} vapid the server's public key, base64url @param {number} limit ms
 * @returns {Promise<[endpoint: string, p256dh: string, auth: string]>}
 */
export const subscribe = async (vapid, limit) => {
  const manager = registration?.pushManager;
  if (!manager) throw new DOMException("no worker", "InvalidStateError");
  const options = { userVisibleOnly: true, applicationServerKey: vapid };
  const subscription = await limited(
    manager.subscribe(options).catch(async (error) => {
      if (!["InvalidStateError", "NotAllowedError"].includes(error.name)) throw error;
      const found = await manager.getSubscription();
      if (error.name === "NotAllowedError") return stillThere(found, vapid, error);
      await found?.unsubscribe();
      return manager.subscribe(options);
    }),
    limit,
  );
  return [subscription.endpoint, text(subscription.getKey("p256dh")), text(subscription.getKey("auth"))];
};

/**
 * Our worker's registration. Where ours is gone, `getRegistration()` finds a site's own worker at `/`, which is not ours
 * to touch (Service Workers, match service worker registration).
 * @param {string} scope
 */
const own = async (scope) => {
  await registering;
  const found = registration ?? (await navigator.serviceWorker?.getRegistration(scope));
  return found?.scope === new URL(scope, location.href).href ? found : undefined;
};

/** Gives the subscription up, whatever became of the worker. @param {string} scope */
export const unsubscribe = async (scope) => {
  const found = await own(scope);
  if (found) await limited(found.pushManager.getSubscription().then((subscription) => subscription?.unsubscribe()), UNSUBSCRIBE_LIMIT);
};

/**
 * Takes our worker away, with its subscription; what it has begun may end. A registration that the site made itself stays,
 * without the subscription.
 * @param {string} scope @param {boolean} [theirs]
 */
export const removeWorker = async (scope, theirs) => {
  const found = await own(scope);
  await unsubscribe(scope).catch(() => {});
  if (!theirs) await found?.unregister();
  registration = undefined;
};
