// When a page may be left: Firefox tells of every request that it leaves behind.

import { told } from "./shop.mjs";
import { until } from "./until.mjs";

/**
 * Waits until no report of the page is on its way: the journal is written in the very turn of a report, and the outbox
 * keeps it until the server has answered. A device's PUT is not seen, unless a report follows it.
 * @param {import("./pages.mjs").WatchedPage} page
 */
export async function quiet(page) {
  await told(page).catch(() => {}); // what the page wanted to report before that it has written down by then
  await until("the outbox to be empty", () => page.evaluate(async (name) => {
    if (localStorage["softbell.shop.journal"]) return false;
    if (!(await indexedDB.databases()).some((found) => found.name === name)) return true; // to open it would make it
    return new Promise((resolve, reject) => {
      const opening = indexedDB.open(name);
      opening.onerror = () => reject(opening.error);
      opening.onsuccess = () => {
        const count = opening.result.transaction("reports").objectStore("reports").count();
        count.onsuccess = () => (opening.result.close(), resolve(!count.result));
        count.onerror = () => reject(count.error);
      };
    });
  }, "softbell:/softbell/"));
}
