// Pushes to a push service that takes everything: our server's whole queue (database, encryption, HTTP, record of each
// answer) against npm web-push in a loop. Plain HTTP and 64 kept connections for both.

import { execFileSync } from "node:child_process";
import { createECDH, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { Agent } from "node:https";
import { connect } from "node:net";
import { join } from "node:path";
import webPush from "web-push";
import { start } from "../../tests/e2e/lib/processes.mjs";
import { until } from "../../tests/e2e/lib/until.mjs";
import { SITE, putDevice, startRelease } from "./server_process.mjs";

const OURS = 20_000;
const NPM = 2000;
const CONNECTIONS = 64;
const ROUNDS = 3;

const ADMIN = /^admin\w*\s*=\s*"([^"]+)"/m;

/** web-push always calls https.request; this lets it speak plain HTTP to the sink. */
class PlainAgent extends Agent {
  /** @override @param {{ host?: string | null, port?: number | string | null }} to */
  createConnection(to) {
    return connect({ host: to.host ?? "127.0.0.1", port: Number(to.port), noDelay: true });
  }
}

const subscriptionKeys = () => ({ p256dh: createECDH("prime256v1").generateKeys("base64url"), auth: randomBytes(16).toString("base64url") });

/** Every push so far, from the sink's own clock. @param {string} sink @returns {Promise<{ count: number, first: number, last: number }>} */
const seen = async (sink) => (await fetch(`${sink}/count`)).json();

/** @template T @param {(sink: string) => Promise<T>} run */
const withSink = async (run) => {
  const program = start(`${process.env.BENCH_TARGET_DIR}/release/sink`, [], { env: {} });
  const [origin] = await program.line(/^http:.*$/);
  const answer = await run(origin);
  await program.stop();
  return answer;
};

/** Sends per second between the first and the last push. @param {string} sink */
const rate = async (sink) => {
  const { count, first, last } = await seen(sink);
  return (count - 1) * 1e6 / (last - first);
};

/** Copies the one device of a database, each with an endpoint of its own. @param {string} database @param {number} count */
export const multiplyDevices = (database, count) => {
  /** @param {string} sql */
  const sql = (sql) => execFileSync("sqlite3", ["-cmd", ".timeout 20000", database, sql], { encoding: "utf8" }).trim();
  const columns = sql("SELECT name FROM pragma_table_info('devices')").split("\n");
  /** @type {Record<string, string>} what differs; an id is 16 bytes in base64url, which digits and a last A are */
  const own = { id: "printf('%021dA', n)", endpoint: "'https://push.example.net/' || printf('%021dA', n)" };
  const values = columns.map((column) => own[column] ?? column);
  sql(`WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${count - 1})
    INSERT INTO devices (${columns.join(", ")}) SELECT ${values.join(", ")} FROM devices, numbers`);
};

/** A text of a usual length, with link, picture and two buttons, to everybody. @param {string} server @param {string} folder */
export const sendToAll = async (server, folder) => {
  const [, admin] = readFileSync(join(folder, "data/secrets.toml"), "utf8").match(ADMIN) ?? [];
  const page = "http://localhost:9000/orders/17";
  const response = await fetch(`${server}/v1/sites/${SITE}/messages`, {
    method: "POST",
    headers: { authorization: `Bearer ${admin}`, "content-type": "application/json" },
    body: JSON.stringify({
      title: "Your order is on its way", body: "It left our house this morning and should reach you tomorrow.", url: page,
      actions: [{ action: "track", title: "Track it", url: `${page}/track` }, { action: "later", title: "Another day" }],
      audience: { all: true },
    }),
  });
  if (response.status !== 202) throw new Error(`messages answered ${response.status}: ${await response.text()}`);
  return response.json();
};

const ours = () => withSink(async (sink) => {
  const home = await startRelease(sink);
  const first = await home.run();
  const { vapid } = await (await fetch(`${first.server}/v1/sites/${SITE}/config`)).json();
  await putDevice(first.server, { endpoint: "https://push.example.net/first", ...subscriptionKeys(), vapid });
  await first.program.stop(); // the database is ours for a moment
  multiplyDevices(first.database, OURS);
  const { program, server } = await home.run();
  await sendToAll(server, home.folder);
  await until("all pushes", async () => (await seen(sink)).count >= OURS, { within: 120_000, hint: () => program.output.slice(-3) });
  const answer = await rate(sink);
  await program.stop();
  home.remove();
  return answer;
});

const npm = () => withSink(async (sink) => {
  const agent = new PlainAgent({ keepAlive: true, maxSockets: CONNECTIONS });
  const vapidDetails = { subject: "mailto:bench@example.com", ...webPush.generateVAPIDKeys() };
  const [keys, text] = [subscriptionKeys(), "x".repeat(400)];
  let next = 0;
  await Promise.all(Array.from({ length: CONNECTIONS }, async () => {
    while (next < NPM) {
      const endpoint = `${sink.replace("http:", "https:")}/${next++}`;
      await webPush.sendNotification({ endpoint, keys }, text, { vapidDetails, agent, contentEncoding: "aes128gcm" });
    }
  }));
  agent.destroy();
  return rate(sink);
});

/** @returns {Promise<import("./figures.mjs").Row[]>} */
export const sendRows = async () => {
  const [mine, theirs] = [/** @type {number[]} */ ([]), /** @type {number[]} */ ([])];
  for (let round = 0; round < ROUNDS; round++) {
    mine.push(await ours());
    theirs.push(await npm());
  }
  return [
    { what: "sends to a local sink, our server", samples: mine, unit: "/s" },
    { what: "sends to a local sink, npm web-push", samples: theirs, unit: "/s" },
    { what: "ours / npm web-push", samples: mine.map((each, at) => each / (theirs[at] ?? NaN)), unit: "x", floor: 8 },
  ];
};
