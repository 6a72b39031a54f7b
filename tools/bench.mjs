// How fast the kit and the server are, on loopback; docs/bench.md says what each figure means. Never fails on a figure.
// Arguments: the parts to measure (worker, browser, encrypt, sends, ingest, memory); all without.

import { loadavg } from "node:os";
import { launchHeadless } from "./bench/chromium.mjs";
import { coldPushes } from "./bench/cold_push.mjs";
import { encryptRows } from "./bench/encrypt.mjs";
import { median, table } from "./bench/figures.mjs";
import { ingestRows } from "./bench/ingest.mjs";
import { memoryRows } from "./bench/memory.mjs";
import { slowVisit, visit } from "./bench/popup.mjs";
import { sendRows } from "./bench/sends.mjs";

const VISITS = 15;
const SLOW_VISITS = 15;
const THROTTLE = 4;
const DELAY = 100; // ms for each answer

/** @template T @param {T[]} list @param {(each: T) => number} read */
const column = (list, read) => list.map(read);

/** @param {Awaited<ReturnType<typeof launchHeadless>>} around @returns {Promise<import("./bench/figures.mjs").Row[]>} */
const pushRows = async (around) => {
  const all = [...await coldPushes(around)];
  const ten = all.find(([{ name }]) => name === "ten")?.[1] ?? [];
  const rows = all.map(([{ what, silent }, samples]) => ({ what: `cold push to notification, ${what}`, samples, ...(silent && !samples.length && { said: "shows nothing" }) }));
  const ratios = all.filter(([{ name, silent }]) => name !== "ten" && !silent).map(([{ name, what }, samples]) => ({
    what: `${what} / ten lines`, samples: samples.map((ms, at) => ms / (ten[at] ?? NaN)), figure: median(samples) / median(ten), unit: "x",
    ...(name === "softbell" && { bar: 1.5, goal: "1.15" }),
  }));
  return [...rows, ...ratios];
};

/** @param {import("puppeteer-core").Browser} browser @returns {Promise<import("./bench/figures.mjs").Row[]>} */
const popupRows = async (browser) => {
  /** @type {Awaited<ReturnType<typeof visit>>[]} */
  const near = [];
  /** @type {Awaited<ReturnType<typeof visit>>[]} */
  const far = [];
  await visit(browser, 0); // the browser's own first navigation
  for (let count = 0; count < VISITS; count++) {
    near.push(await visit(browser, 0));
    far.push(await visit(browser, DELAY));
  }
  return [
    { what: "navigation to popup, answers at once", samples: column(near, ({ at }) => at) },
    { what: `navigation to popup, ${DELAY} ms per answer`, samples: column(far, ({ at }) => at), bar: 350 },
    { what: "requests in a row before the popup (most seen)", samples: column(far, ({ row }) => row), figure: Math.max(...column(far, ({ row }) => row)), unit: "", bar: 2 },
  ];
};

/** @param {import("puppeteer-core").Browser} browser @returns {Promise<import("./bench/figures.mjs").Row[]>} */
const slowRows = async (browser) => {
  /** @type {Awaited<ReturnType<typeof slowVisit>>[]} */
  const visits = [];
  for (let count = 0; count < SLOW_VISITS; count++) visits.push(await slowVisit(browser, THROTTLE));
  return [
    { what: `script to popup, ${THROTTLE}x throttle, with microtasks`, samples: column(visits, ({ script }) => script), bar: 28 },
    { what: `script to popup, ${THROTTLE}x throttle, ScriptDuration`, samples: column(visits, ({ counter }) => counter), bar: 28 },
    { what: `press on Yes to native request, ${THROTTLE}x throttle`, samples: column(visits, ({ press }) => press), bar: 50 },
  ];
};

/** @param {(around: Awaited<ReturnType<typeof launchHeadless>>) => Promise<import("./bench/figures.mjs").Row[]>} measure */
const inChromium = (measure) => async () => {
  const around = await launchHeadless();
  const rows = await measure(around);
  await around.browser.close();
  return rows;
};

/** Each part takes turns within itself; a Chromium runs for the first two only. */
const parts = {
  worker: inChromium(pushRows),
  browser: inChromium(async ({ browser }) => [...await popupRows(browser), ...await slowRows(browser)]),
  encrypt: encryptRows,
  sends: sendRows,
  ingest: ingestRows,
  memory: memoryRows,
};

const load = () => loadavg().map((value) => value.toFixed(1)).join(" ");

const wanted = process.argv.slice(2);
for (const [name, measure] of Object.entries(parts)) {
  if (wanted.length && !wanted.includes(name)) continue;
  const before = load();
  const rows = await measure();
  console.log(`\n== ${name} (load average ${before} before, ${load()} after)\n${table(rows)}`);
}
process.exit();
