// The server as one would run it, in a folder of its own: release build, SQLite, settings by file.

import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { randomBytes } from "node:crypto";
import { start, temporaryFolder } from "../../tests/e2e/lib/processes.mjs";

export const SITE = "bench";
export const ORIGIN = "http://localhost:9000";

/** @param {number} bytes */
export const random = (bytes) => randomBytes(bytes).toString("base64url");

/** One address plays all browsers here, so it is not limited. @param {string} lab origin that stands in for push services */
const settings = (lab) => `
listen = "127.0.0.1:0"
data_dir = "data"
kit = "."
[limits]
devices_per_hour = 0
puts_per_minute = 0
batches_per_minute = 0
site_devices_per_hour = 0
site_puts_per_minute = 0
site_batches_per_minute = 0
[sites.${SITE}]
origins = ["${ORIGIN}"]
[lab]
push_url = "${lab}"
`;

/** @param {string} lab */
export async function startRelease(lab) {
  const folder = temporaryFolder("bench-server");
  writeFileSync(join(folder.path, "softbell.toml"), settings(lab));
  const run = async () => {
    const program = start("env", ["-C", folder.path, `${process.env.BENCH_TARGET_DIR}/release/softbell-server`, "serve"], {
      env: { SOFTBELL_LOG: "error" },
    });
    const [text] = await program.line(/^\{.*"database".*\}$/);
    /** @type {{ server: string, database: string }} */
    const { server, database } = JSON.parse(text);
    return { program, server, database: resolve(folder.path, database) };
  };
  return { folder: folder.path, run, remove: folder.remove };
}

/** @typedef {{ id: string, secret: string, report_token: string }} Device */

/**
 * One PUT, as a browser's first.
 * @param {string} server
 * @param {{ endpoint: string, p256dh: string, auth: string, vapid: string } | null} subscription
 * @returns {Promise<Device>}
 */
export async function putDevice(server, subscription = null) {
  const [id, secret] = [random(16), random(32)];
  const response = await fetch(`${server}/v1/sites/${SITE}/devices/${id}`, {
    method: "PUT",
    headers: { authorization: `Bearer ${secret}`, "content-type": "application/json", origin: ORIGIN },
    body: JSON.stringify({
      revision: 1, permission: subscription ? "granted" : "default", status: subscription ? "allowed" : "ask", reason: null,
      subscription, topics: [], tags: {}, locale: "en", time_zone: "Europe/Berlin", capabilities: {}, consent_entries: [],
    }),
  });
  if (!response.ok) throw new Error(`PUT answered ${response.status}: ${await response.text()}`);
  return { id, secret, ...await response.json() };
}
