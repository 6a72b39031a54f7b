// A server with many subscribers, and a push service that takes everything.

import { execFileSync } from "node:child_process";
import { createECDH, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { start } from "../../tests/e2e/lib/processes.mjs";
import { until } from "../../tests/e2e/lib/until.mjs";
import { SITE, putDevice, startRelease } from "./server_process.mjs";

/** What a browser gives, made up. */
export const subscriptionKeys = () => ({ p256dh: createECDH("prime256v1").generateKeys("base64url"), auth: randomBytes(16).toString("base64url") });

/** Every push so far, by the sink's own clock in us. @param {string} sink @returns {Promise<{ count: number, first: number, last: number }>} */
const seen = async (sink) => (await fetch(`${sink}/count`)).json();

/** @template T @param {(sink: string) => Promise<T>} run */
export const withSink = async (run) => {
  const program = start(`${process.env.BENCH_TARGET_DIR}/release/sink`, [], { env: {} });
  const [origin] = await program.line(/^http:.*$/);
  const answer = await run(origin);
  await program.stop();
  return answer;
};

/** Pushes per second between the first and the last. @param {string} sink */
export const rate = async (sink) => {
  const { count, first, last } = await seen(sink);
  return (count - 1) * 1e6 / (last - first);
};

/** Copies the one device of a database, each with an endpoint of its own. @param {string} database @param {number} count */
const multiplyDevices = (database, count) => {
  /** @param {string} sql */
  const sql = (sql) => execFileSync("sqlite3", ["-cmd", ".timeout 20000", database, sql], { encoding: "utf8" }).trim();
  const columns = sql("SELECT name FROM pragma_table_info('devices')").split("\n");
  /** @type {Record<string, string>} what differs; an id is 16 bytes in base64url, which 21 digits and an A are */
  const own = { id: "printf('%021dA', n)", endpoint: "'https://push.example.net/' || printf('%0150d', n)" };
  const values = columns.map((column) => own[column] ?? column);
  sql(`WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${count - 1})
    INSERT INTO devices (${columns.join(", ")}) SELECT ${values.join(", ")} FROM devices, numbers`);
};

/** Queues a text of a usual length, with a link and two buttons, for everybody. @param {string} server @param {string} folder @param {number} count */
const sendToAll = async (server, folder, count) => {
  const [, admin] = readFileSync(join(folder, "data/secrets.toml"), "utf8").match(/^admin_secret = "([^"]+)"/m) ?? [];
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
  const answer = await response.json();
  if (response.status !== 202 || answer.reach !== count) throw new Error(`messages answered ${response.status}: ${JSON.stringify(answer)}`);
};

/**
 * Sends one message to everybody and waits until the sink has all of them.
 * @param {string} sink
 * @param {number} count devices
 * @param {(pid: number | undefined) => void} [look] called when the server is there, and when all is sent
 */
export const sendToCrowd = async (sink, count, look = () => {}) => {
  const home = await startRelease(sink);
  const first = await home.run();
  const { vapid } = await (await fetch(`${first.server}/v1/sites/${SITE}/config`)).json();
  await putDevice(first.server, { endpoint: "https://push.example.net/first", ...subscriptionKeys(), vapid });
  await first.program.stop(); // the database is ours for a moment
  multiplyDevices(first.database, count);
  const { program, server } = await home.run();
  look(program.child.pid);
  await sendToAll(server, home.folder, count);
  await until("all pushes", async () => (await seen(sink)).count >= count, { within: 600_000, hint: () => program.output.slice(-3) });
  look(program.child.pid);
  await program.stop();
  home.remove();
};
