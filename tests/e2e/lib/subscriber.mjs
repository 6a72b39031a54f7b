// A visitor who has said Yes: subscribed, welcomed, and everything so far reported.

import { quiet } from "./quiet.mjs";
import { sender } from "./send.mjs";
import { reports } from "./server.mjs";
import { press, told, visit } from "./shop.mjs";
import { until } from "./until.mjs";

/** What is stored of a Yes, the welcome's own reports included. */
const YES = 7;

/** @param {import("./server.mjs").Report} report */
const shows = ({ type }) => type === "notification.received" || type === "notification.displayed";

/**
 * In the order of their happening: page and worker send at once, and what comes first arrives first by chance. A message
 * shows before anything is done with it, but Firefox may tell its worker of a quick press first.
 * @param {import("./server.mjs").Report[]} rows
 */
const inOrder = (rows) => {
  /** @param {import("./server.mjs").Report} report */
  const at = (report) => {
    const pressed = rows.filter((row) => shows(report) && !shows(row) && row.message_id && row.message_id === report.message_id);
    return Math.min(report.time, ...pressed.map(({ time }) => time));
  };
  return [...rows].sort((one, other) => at(one) - at(other) || Number(shows(other)) - Number(shows(one)));
};

/**
 * @param {import("node:test").TestContext} t
 * @param {import("./browser.mjs").BrowserName} name
 * @param {Parameters<typeof visit>[2]} [options] as for `visit`
 */
export async function subscriber(t, name, options) {
  const set = await visit(t, name, options);
  const { browser, lab, server, page } = set;
  await press(page, "yes");
  await browser.answerPrompt("allow");
  const welcome = await lab.notification((n) => n.summary.startsWith("Welcome"));
  await until("the server to know the device", async () => (await told(page)).status.reachable);
  let before = (await reports(server.database, (all) => all.length >= YES)).length;
  await quiet(page); // most tests go on to another page
  const send = await sender(set);
  /** Messages that only mark a moment. @type {string[]} */
  const marks = [];
  /** Sends one message more, so that nothing that is still on its way is missed; all reports with its own among them. */
  const settled = async () => {
    const mark = send.softbell();
    marks.push(mark.m);
    await send.message({ title: "That was all" }, mark);
    return reports(server.database, (rows) => rows.some((row) => row.message_id === mark.m && row.type === "notification.displayed"));
  };
  return {
    ...set,
    welcome,
    send,
    /** From here on `since` counts anew: another scene in the same browser. */
    begin: async () => {
      before = (await settled()).length;
    },
    /** All that was reported since: waits for `count` reports, and then for what is still on its way. @param {number} count */
    since: async (count) => {
      const own = (/** @type {import("./server.mjs").Report[]} */ all) => all.slice(before).filter((row) => !marks.includes(String(row.message_id)));
      await reports(server.database, (all) => own(all).length >= count);
      return inOrder(own(await settled())).map(({ type, data, verified }) => ({ type, data, verified }));
    },
  };
}
