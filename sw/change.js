// The push service gave this browser another endpoint, or took the one it had: the server hears of it at once.

import { alter, flush, record, registration } from "./scope.js";

/**
 * Chromium tells neither the old nor the new subscription, Firefox both; so the key is taken from the record.
 * @param {any} event `PushSubscriptionChangeEvent`
 */
export const subscriptionChanged = async ({ newSubscription }) => {
  const { vapid } = /** @type {any} */ ((await record())?.state.subscription ?? {});
  // Whoever opted out here stays out.
  if (!vapid) return;
  // Where the browser gives none, the next page view repairs it.
  const fresh = newSubscription ?? (await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: vapid }));
  const { endpoint, keys } = fresh.toJSON();
  await alter(() => ({ subscription: { endpoint, ...keys, vapid } }));
  await flush();
};
