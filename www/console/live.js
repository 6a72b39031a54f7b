// What happens right now: the latest reports and devices, from the server's stream.

import * as api from "./api.js";
import { fill, h, set } from "./dom.js";
import { trouble } from "./trouble.js";
import { ago, deviceState, fullTime, language, reportWords, serviceWords, tone } from "./words.js";

/** Rows of each list. */
const ROWS = 40;
/** Waits between attempts to connect, ms. */
const WAITS = [1000, 2000, 5000, 10_000, 30_000];
/** The server says something every 15 s; a line that is silent for longer is dead, ms. */
const SILENCE = 40_000;

/** @param {import("./main.js").Place} place */
export const live = ({ main, site, gone }) => {
  const lists = { reports: list("Latest reports", "No report yet. Open a page with the kit on it."), devices: list("Latest devices", "No device yet. Say Yes on a page of the site.") };
  const state = h("span", { class: "state", role: "status" }, "Connecting");
  let paused = false;
  const button = h("button", { type: "button", class: "quiet" }, "Pause");
  fill(main, h("div", { class: "head" }, h("h1", {}, "Live"), h("div", { class: "head-side" }, state, button)), h("div", { class: "pair live" }, lists.reports.element, lists.devices.element));

  const tell = (/** @type {"live" | "off" | "wait"} */ kind, /** @type {string} */ words) => {
    if (state.textContent !== words) fill(state, words);
    set(state, { "data-state": kind });
  };
  /** @type {AbortController | undefined} */
  let stream;
  const stop = () => {
    stream?.abort();
    stream = undefined;
  };
  const run = () => {
    stop();
    if (gone.aborted || paused || document.hidden) return;
    stream = new AbortController();
    follow({ site: site.id, signal: stream.signal, lists, tell });
  };
  button.addEventListener("click", () => {
    paused = !paused;
    fill(button, paused ? "Resume" : "Pause");
    tell(paused ? "off" : "wait", paused ? "Paused" : "Connecting");
    run();
  });
  document.addEventListener("visibilitychange", run, { signal: gone });
  gone.addEventListener("abort", stop);
  const clock = setInterval(() => document.hidden || [lists.reports, lists.devices].forEach(({ retime }) => retime()), 5000);
  gone.addEventListener("abort", () => clearInterval(clock));
  run();
};

/**
 * Fills the lists, then follows the stream; connects again whenever it breaks, until stopped.
 * @param {object} given
 * @param {string} given.site @param {AbortSignal} given.signal
 * @param {{ reports: ReturnType<typeof list>, devices: ReturnType<typeof list> }} given.lists
 * @param {(kind: "live" | "off" | "wait", words: string) => void} given.tell
 */
const follow = async ({ site, signal, lists, tell }) => {
  const hear = (/** @type {string} */ event, /** @type {any} */ row) => {
    if (signal.aborted) return;
    if (event === "report") lists.reports.add(ofReport(row));
    if (event === "device") lists.devices.add(ofDevice(row));
  };
  for (let failed = 0; !signal.aborted; failed++) {
    const line = watchdog(signal);
    try {
      // The stream first, so that nothing falls between it and the lists.
      const streaming = api.live(site, line.signal, (event, row) => {
        line.heard();
        if (event === "open") tell("live", "Live");
        failed = 0;
        hear(event, row);
      });
      streaming.catch(() => {});
      const [reports, devices] = await Promise.all([api.reports(site, ROWS), api.devices(site, ROWS)]);
      if (signal.aborted) return;
      lists.reports.fill(reports.map(ofReport));
      lists.devices.fill(devices.map(ofDevice));
      await streaming;
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof api.ApiError && error.status >= 400 && error.status < 500) {
        tell("off", "Refused");
        return lists.reports.show(trouble(error, () => location.reload()));
      }
    } finally {
      line.end();
    }
    tell("wait", "Reconnecting");
    await new Promise((resolve) => setTimeout(resolve, WAITS[Math.min(failed, WAITS.length - 1)]));
  }
};

/** Breaks a connection off that has been silent for too long. @param {AbortSignal} signal */
const watchdog = (signal) => {
  const dead = new AbortController();
  let timer = setTimeout(() => dead.abort(), SILENCE);
  return {
    signal: AbortSignal.any([signal, dead.signal]),
    heard: () => {
      clearTimeout(timer);
      timer = setTimeout(() => dead.abort(), SILENCE);
    },
    end: () => {
      clearTimeout(timer);
      dead.abort();
    },
  };
};

/**
 * A row and what sorts it: the newest has the most.
 * @typedef {{ key: string, order: number, row: HTMLElement }} Row
 */

/** A list of rows, the newest first, never more than fit. @param {string} name @param {string} none */
const list = (name, none) => {
  /** @type {Map<string, Row>} */
  const rows = new Map();
  const body = h("ul", { class: "rows" });
  const empty = h("p", { class: "hint pad" }, "Loading");
  const id = name.toLowerCase().replace(" ", "-");
  const put = (/** @type {Row} */ each) => {
    rows.get(each.key)?.row.remove();
    rows.set(each.key, each);
  };
  const sorted = () => {
    const all = [...rows.values()].sort((one, other) => other.order - one.order);
    for (const { key, row } of all.splice(ROWS)) {
      row.remove();
      rows.delete(key);
    }
    set(empty, { hidden: all.length > 0 });
    return all;
  };
  return {
    element: h("section", { class: "card", "aria-labelledby": id }, h("h2", { id }, name), h("div", { class: "scroll feed", tabindex: "0", role: "group", "aria-labelledby": id }, empty, body)),
    /** @param {Row} each */
    add: (each) => {
      each.row.classList.add("new");
      put(each);
      const at = sorted().indexOf(each);
      if (at >= 0) body.insertBefore(each.row, body.children[at] ?? null);
    },
    /** @param {Row[]} all */
    fill: (all) => {
      fill(empty, none);
      all.forEach(put);
      fill(body, sorted().map(({ row }) => row));
    },
    /** @param {Node} node */
    show: (node) => fill(body, h("li", {}, node)),
    retime: () => body.querySelectorAll("time").forEach((time) => {
      const words = ago(time.dateTime);
      if (time.textContent !== words) fill(time, words);
    }),
  };
};

/** @param {string} time */
const when = (time) => h("time", { datetime: time, title: fullTime(time) }, ago(time));
/** The start of an id is enough to tell devices apart. @param {string | null} id */
const short = (id) => (id ? h("code", { title: id }, id.slice(0, 8)) : null);

/** @param {import("./api.js").Report} report */
const reportRow = (report) =>
  h("li", { class: "row", "data-seq": report.seq },
    h("span", { class: `mark ${tone(report.type)}`, "aria-hidden": "true" }),
    h("span", { class: "row-main" }, reportWords(report), !report.verified && h("span", { class: "badge" }, "unverified")),
    h("span", { class: "row-side hint" }, report.device ? ["Device ", short(report.device)] : "No device"), when(report.received_at));

/** @param {import("./api.js").Device} device */
const deviceRow = (device) =>
  h("li", { class: "row", "data-device": device.id },
    h("span", { class: `mark ${device.reachable ? "good" : device.status === "blocked" ? "bad" : "plain"}`, "aria-hidden": "true" }),
    h("span", { class: "row-main" }, deviceState(device), device.user && h("span", { class: "badge" }, device.user)),
    h("span", { class: "row-side hint" }, [serviceWords(device.service), language(device.locale), place(device.time_zone)].filter(Boolean).join(" · ")),
    when(device.seen_at));

/** @param {import("./api.js").Report} report @returns {Row} */
const ofReport = (report) => ({ key: String(report.seq), order: report.seq, row: reportRow(report) });
/** @param {import("./api.js").Device} device @returns {Row} */
const ofDevice = (device) => ({ key: device.id, order: Date.parse(device.seen_at), row: deviceRow(device) });

/** "Europe/Madrid" as "Madrid". @param {string | null} zone */
const place = (zone) => zone?.split("/").at(-1)?.replaceAll("_", " ") ?? "";
