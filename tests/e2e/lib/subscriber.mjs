// A visitor who has said Yes: subscribed, welcomed, and everything so far reported.

import { sender } from "./send.mjs";
import { reports } from "./server.mjs";
import { press, told, visit } from "./shop.mjs";
import { until } from "./until.mjs";

/** What is stored of a Yes, the welcome's own reports included. */
const YES = 7;

/**
 * @param {import("node:test").TestContext} t
 * @param {import("./browser.mjs").BrowserName} name
 * @param {{ kit?: string }} [options] another kit than the built one
 */
export async function subscriber(t, name, options) {
  const set = await visit(t, name, options);
  const { browser, lab, server, page } = set;
  await press(page, "yes");
  await browser.answerPrompt("allow");
  const welcome = await lab.notification((n) => n.summary.startsWith("Welcome"));
  await until("the server to know the device", async () => (await told(page)).status.reachable);
  const before = (await reports(server.database, (all) => all.length >= YES)).length;
  return {
    ...set,
    welcome,
    send: await sender(set),
    /**
     * What was reported since, as soon as it is `count` reports: type, and what it carries.
     * @param {number} count
     */
    since: async (count) =>
      (await reports(server.database, (all) => all.length >= before + count)).slice(before)
        .map(({ type, data, verified }) => ({ type, data, verified })),
  };
}
