// Workers of another kit that the site lists: their subscriptions are given up, their registrations taken away.

/**
 * Once we can be reached, and not before: whoever cannot be reached by us may still be by the other. What fails is tried
 * again when the device's state is acknowledged the next time.
 * @param {Pick<import("./client.js").Client, "status" | "config" | "scope">} client
 */
export const replace = async ({ status, config, scope }) => {
  if (status.reachable) await Promise.allSettled(Object.values(config.replaces ?? {}).map((old) => retire(address(old), address(scope))));
};

/** @param {string} scope */
const address = (scope) => new URL(scope, location.href).href;

/** @param {string} scope @param {string} own */
const retire = async (scope, own) => {
  if (scope === own) return;
  const found = await navigator.serviceWorker.getRegistration(scope);
  // Where there is none of this scope, a wider one is found (Service Workers, match service worker registration).
  if (found?.scope !== scope) return;
  await (await found.pushManager.getSubscription())?.unsubscribe();
  await found.unregister();
};
