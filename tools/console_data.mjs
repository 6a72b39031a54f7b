// Fills a demo server's database with what a small shop collects in three months, for pictures and for trying things.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";

const DAY = 86_400_000;
const DAYS = 90;
const SITE = "shop";

/** The same numbers at each run. */
let state = 20_261_120;
const random = () => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
};
/** @param {number} share */
const chance = (share) => random() < share;
/** @template T @param {[T, number][]} weighted @returns {T} */
const pick = (weighted) => {
  let rest = random() * weighted.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [value, weight] of weighted) if ((rest -= weight) < 0) return value;
  throw new Error("nothing to pick from");
};

/** 128 bits. @param {string} seed */
const id = (seed) => createHash("sha256").update(seed).digest().subarray(0, 16).toString("base64url");
/** @param {string | number | null} value */
const sql = (value) => (value === null ? "NULL" : typeof value === "number" ? String(Math.round(value)) : `'${value.replaceAll("'", "''")}'`);

/** Prompt variants: weight, and how many say Yes. @type {[string | null, number, number][]} */
const VARIANTS = [[null, 4, 0.31], ["friendly", 3.5, 0.42], ["short", 2.5, 0.36]];
/** @type {[string, number][]} */
const SERVICES = [["fcm.googleapis.com", 68], ["updates.push.services.mozilla.com", 17], ["web.push.apple.com", 15]];
/** @type {[[string, string], number][]} */
const PLACES = [[["en-GB", "Europe/London"], 40], [["de", "Europe/Berlin"], 26], [["es", "Europe/Madrid"], 14], [["fr", "Europe/Paris"], 12], [["pt-BR", "America/Sao_Paulo"], 8]];
/** Days ago, title, text, campaign, variant, share of clicks. @type {[number, string, string, string | null, string | null, number][]} */
const CAMPAIGNS = [
  [71, "The autumn letter set is here", "24 sheets of cotton paper and 12 lined envelopes.", "autumn", null, 0.11],
  [52, "Two new inks", "Juniper blue and rust, in 30 ml glass.", "inks", "A", 0.07],
  [33, "Your notebook, restocked", "The garden notebook is back, now with 160 pages.", "restock", null, 0.16],
  [18, "Desk calendars are printed", "Week by week, on paper that takes ink.", "calendar", null, 0.13],
  [9, "Workshop: seal your letters", "Saturday at ten, in the shop. Wax is on us.", "workshop", null, 0.09],
  [2, "Free post until Sunday", "On every order above € 30, all over Europe.", "post", "B", 0.19],
];

/** Rows by table, as SQL. @type {string[]} */
const lines = [];
/** @param {string} table @param {Record<string, string | number | null>} row */
const insert = (table, row) => lines.push(`INSERT INTO ${table} (${Object.keys(row).join(", ")}) VALUES (${Object.values(row).map(sql).join(", ")});`);

let events = 0;
/** @param {string} type @param {number} time @param {{ device?: string | null, message?: string | null, variant?: string | null, data?: Record<string, any> | null }} [more] */
const report = (type, time, { device = null, message = null, variant = null, data = null } = {}) =>
  insert("reports", {
    source: `softbell:${SITE}`, id: `e${++events}`, scope: device ?? "", site: SITE, type, device_id: device, message_id: message, verified: device ? 1 : 0,
    time, received_at: time + 400, variant, detail: data?.action ?? data?.reason ?? data?.name ?? null,
    amount: data?.value === undefined ? null : data.value * 1e6, currency: data?.currency ?? null, data: data || variant ? JSON.stringify({ ...data, ...(variant && { variant }) }) : null,
  });

/** @typedef {{ id: string, since: number, until: number }} Subscriber */
/** @type {Subscriber[]} */
const subscribers = [];

/** One visitor who is asked. @param {number} time @param {number} now */
const visitor = (time, now) => {
  const device = id(`device ${lines.length}`);
  const [variant, , yes] = pick(VARIANTS.map((each) => [each, each[1]]));
  const of = { device, variant };
  report("prompt.shown", time, of);
  if (!chance(yes)) {
    report(chance(0.6) ? "prompt.declined" : "prompt.closed", time + 6000, of);
    if (chance(0.12)) row(device, time, { permission: "default", status: "ask" });
    return;
  }
  report("prompt.accepted", time + 4000, of);
  report("permission.requested", time + 4050, of);
  if (!chance(0.87)) {
    const denied = chance(0.7);
    report(denied ? "permission.denied" : "permission.dismissed", time + 9000, of);
    return row(device, time, denied ? { permission: "denied", status: "blocked" } : { permission: "default", status: "ask" });
  }
  report("permission.granted", time + 8000, of);
  if (!chance(0.97)) return report("subscription.failed", time + 9000, { ...of, data: { reason: "push_service_unavailable" } });
  report("subscription.created", time + 9000, of);
  const left = chance(0.05), gone = !left && chance(0.06);
  const until = left || gone ? time + random() * (now - time) : Infinity;
  subscribers.push({ id: device, since: time, until });
  if (left) report("subscription.removed", until, { device });
  row(device, time, { permission: "granted", status: left ? "opted_out" : "allowed" }, left ? null : gone ? "gone" : "live", now);
};

/** @param {string} device @param {number} time @param {{ permission: string, status: string }} words @param {string | null} [subscription] @param {number} [now] */
const row = (device, time, words, subscription = null, now = time) => {
  const [locale, zone] = pick(PLACES);
  const live = subscription === "live";
  const seen = time + random() ** 0.5 * Math.max(0, now - time);
  insert("devices", {
    site: SITE, id: device, secret_hash: id(device), revision: 1, ...words, reason: null,
    endpoint: live ? `https://${pick(SERVICES)}/fcm/send/${device}` : null, p256dh: live ? "p" : null, auth: live ? "a" : null, vapid: live ? "v" : null,
    topics: JSON.stringify(["orders", "offers", "news"].filter(() => chance(0.5))), tags: "{}", locale, time_zone: zone, capabilities: "{}",
    welcomed_at: live ? time : null, gone_at: subscription === "gone" ? seen : null, created_at: time, updated_at: time, seen_at: seen,
    user_id: chance(0.3) ? `u${1000 + Math.floor(random() * 9000)}` : null,
  });
};

/** A purchase, if it has come to that. @param {string} device @param {number} time @param {number} now */
const order = (device, time, now) => time < now - 120_000 && report("conversion", time, { device, data: { name: "order", value: Math.round(900 + random() * 4000) / 100, currency: chance(0.8) ? "EUR" : "GBP" } });

/** @param {number} now @param {typeof CAMPAIGNS[number]} campaign */
const send = (now, [ago, title, body, campaign, variant, clicks]) => {
  const time = now - ago * DAY - 3 * 3_600_000, message = id(title);
  insert("messages", { site: SITE, id: message, kind: "message", title, body, url: "http://localhost:8481/", icon: null, tag: null, created_at: time, campaign, variant });
  for (const each of subscribers.filter(({ since }) => since < time)) {
    const state = each.until < time ? "gone" : chance(0.006) ? "failed" : "sent";
    const done = time + random() * 90_000;
    insert("sends", {
      site: SITE, message_id: message, device_id: each.id, state, attempts: 1, due_at: time, expires_at: time + DAY, created_at: time, done_at: done,
      http_status: state === "sent" ? 201 : state === "gone" ? 410 : 500, code: state === "sent" ? null : state === "gone" ? "subscription_gone" : "expired",
    });
    if (state !== "sent" || !chance(0.88)) continue;
    if (chance(0.015)) {
      report("notification.suppressed", done + DAY, { device: each.id, message, data: { reason: chance(0.7) ? "expired" : "other_user" } });
      continue;
    }
    // Most browsers are open at once, the others when their owners come back.
    const shown = Math.min(now - 60_000, done + random() ** 4 * DAY);
    report("notification.displayed", shown, { device: each.id, message });
    if (chance(clicks)) {
      const pressed = chance(0.85) ? null : { action: chance(0.7) ? "see" : "shops" };
      report(pressed ? "notification.action" : "notification.clicked", shown + random() * 3_600_000, { device: each.id, message, data: pressed });
      if (chance(0.16)) order(each.id, shown + 3_600_000 + random() * 20_000_000, now);
    } else if (chance(0.006)) order(each.id, shown + random() * 3_600_000, now);
    else if (chance(0.3)) report("notification.dismissed", shown + 20_000, { device: each.id, message });
  }
};

/**
 * @param {string} database the SQLite file of a demo server that runs
 * @param {number} [now]
 */
export const fillConsole = (database, now = Date.now()) => {
  const today = now - (now % DAY);
  for (let ago = DAYS; ago >= 0; ago--) {
    const start = today - ago * DAY, weekday = new Date(start).getUTCDay();
    const expected = 40 + (DAYS - ago) * 0.45 + (weekday === 0 || weekday === 6 ? 22 : 0) + random() * 14;
    for (let at = 0; at < expected; at++) {
      // More in the evening than at night.
      const time = start + (8 + 14 * Math.sqrt(random()) + random()) * 3_600_000;
      if (time < now - 120_000) visitor(time, now);
    }
  }
  const minutes = Array.from({ length: 9 }, (_, at) => now - (at * at * 7 + 1) * 60_000).reverse();
  for (const time of minutes) visitor(time, now);
  for (const campaign of CAMPAIGNS) send(now, campaign);
  for (const [name, ago] of /** @type {[string, number][]} */ ([["cart_opened", 4], ["order_placed", 2]]))
    report("event.tracked", now - ago * 60_000, { device: subscribers.at(-1)?.id, data: { name } });
  lines.sort((one, other) => arrival(one) - arrival(other));
  execFileSync("sqlite3", ["-cmd", ".timeout 5000", database], { input: `BEGIN;\n${lines.join("\n")}\nCOMMIT;\n` });
};

/** Reports come in the order of their times, as they would have: the list of the latest ones goes by arrival. @param {string} line */
const arrival = (line) => Number(line.match(/^INSERT INTO reports .* VALUES \(.*?, [01], (\d+),/)?.[1] ?? 0);
