// Starts the demo server on free loopback ports and reads the reports it has stored.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { binary } from "./binary.mjs";
import { start, temporaryFolder } from "./processes.mjs";
import { WITHIN, until } from "./until.mjs";

/**
 * @typedef {object} DemoServer
 * @property {string} server origin of the push server
 * @property {string} shop origin of the demo shop
 * @property {string} database path of its SQLite file
 * @property {string[]} log its last lines
 * @property {() => Promise<void>} kill
 * @property {() => Promise<void>} restart
 * @property {() => Promise<void>} close
 */

/**
 * @typedef {object} DemoFolders
 * @property {string} kit folder with the built kit
 * @property {string} shop folder with the demo shop
 * @property {string[]} [args] more arguments, e.g. a clock offset
 */

/**
 * @param {{ lab: import("./lab.mjs").Lab, display: import("./display.mjs").Display } & DemoFolders} options
 * @returns {Promise<DemoServer>}
 */
export async function startServer({ lab, display, kit, shop, args = [] }) {
  const data = temporaryFolder("server");
  /** @param {string} listen @param {string} shopListen */
  const run = async (listen, shopListen) => {
    const program = start(binary("softbell-server", "SOFTBELL_SERVER"), [
      "demo", "--listen", listen, "--shop-listen", shopListen,
      "--data", data.path, "--lab-push-url", lab.push_url, "--kit", kit, "--shop", shop, ...args,
    ], { env: display.env });
    const [text] = await program.line(/^\{.*"database".*\}$/);
    return { program, ...JSON.parse(text) };
  };
  let running = await run("127.0.0.1:0", "127.0.0.1:0");
  const { server, shop: origin, database } = running;
  return {
    server, shop: origin, database, log: running.program.output,
    /** Dead at once, as in a power cut: nothing answers any more. */
    kill: () => running.program.stop(),
    /** The same addresses, the same data. */
    restart: async () => {
      running = await run(new URL(server).host, `127.0.0.1:${new URL(origin).port}`);
    },
    close: async () => {
      await running.program.stop();
      data.remove();
    },
  };
}

/**
 * @typedef {object} Report one row of the server's table `reports`
 * @property {number} seq
 * @property {string} id
 * @property {string} site
 * @property {string} type
 * @property {string | null} device_id
 * @property {string | null} message_id
 * @property {0 | 1} verified
 * @property {number} time by the browser's clock, ms since 1970
 * @property {any} data the event's own object
 */

/**
 * The stored reports, oldest first, as soon as `enough` says so.
 * @param {string} database
 * @param {(reports: Report[]) => boolean} [enough]
 * @param {number} [within] deadline in ms
 * @returns {Promise<Report[]>}
 */
export async function reports(database, enough = () => true, within = WITHIN) {
  /** @type {Report[]} */
  let found = [];
  await until("the reports", async () => {
    const rows = await query(database, "select * from reports order by seq");
    found = rows.map((row) => ({ ...row, data: JSON.parse(row.data ?? "null") }));
    return enough(found);
  }, { within, hint: () => found });
  return found;
}

/** What was reported, in the order of its happening: what a page sends while it is left may arrive last. @param {Report[]} rows */
export const types = (rows) => [...rows].sort((one, other) => one.time - other.time).map(({ type }) => type);

/** The topics of the one device, as the server has them. @param {DemoServer} server @returns {Promise<string | undefined>} JSON */
export const topics = async ({ database }) => (await query(database, "select topics from devices"))[0]?.topics;

/**
 * Asks the database while the server runs.
 * @param {string} database
 * @param {string} sql
 * @returns {Promise<any[]>} one object per row, in the shape the query asks for
 */
export async function query(database, sql) {
  const wait = ["-cmd", ".timeout 2000"]; // the server writes at the same time
  const { stdout } = await promisify(execFile)("sqlite3", ["-readonly", "-json", ...wait, database, sql], { timeout: WITHIN });
  return stdout.trim() ? JSON.parse(stdout) : []; // -json prints nothing for no rows
}
