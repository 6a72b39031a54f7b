// What the server takes of the machine's memory while it sends one message to 100 000 devices: the most it ever had
// resident (VmHWM). A program of its own, because it wants the release build: node tools/bench/memory.mjs SERVER

import { execFileSync } from "node:child_process";
import { createECDH, randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { start, temporaryFolder } from "../../tests/e2e/lib/processes.mjs";
import { until } from "../../tests/e2e/lib/until.mjs";
import { table } from "./figures.mjs";

const DEVICES = 100_000;
const BAR = 150;
const PATIENCE = { within: 600_000 };

/** A push service that takes everything. */
const startSink = async () => {
  let count = 0;
  const sink = createServer((request, response) => {
    count += 1;
    request.resume().on("end", () => response.writeHead(201).end());
  }).listen(0, "127.0.0.1");
  await once(sink, "listening");
  const address = sink.address();
  if (!address || typeof address === "string") throw new Error("the sink has no port");
  return { url: `http://127.0.0.1:${address.port}`, count: () => count, close: () => sink.close() };
};

/** @param {string} folder @param {string} sink */
const settings = (folder, sink) => `
listen = "127.0.0.1:0"
data_dir = "${folder}/data"
kit = "${folder}"
[sites.bench]
origins = ["http://localhost:9000"]
[lab]
push_url = "${sink}"
`;

/** Ids are 16 bytes in base64url, which 21 digits and an A are. @param {string} database */
const fill = (database) => {
  const [p256dh, auth] = [createECDH("prime256v1").generateKeys("base64url"), randomBytes(16).toString("base64url")];
  execFileSync("sqlite3", [database, `
    WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${DEVICES})
    INSERT INTO devices (site, id, secret_hash, revision, permission, status, endpoint, p256dh, auth, vapid, topics, tags,
      locale, time_zone, capabilities, created_at, updated_at, seen_at)
    SELECT 'bench', printf('%021dA', n), printf('%043d', n), 1, 'granted', 'allowed',
      'https://push.example.net/' || printf('%0150d', n), '${p256dh}', '${auth}', '', '["offers"]', '{"plan":"gold"}',
      'en-GB', 'Europe/London', '{"actions":2}', 0, 0, 0 FROM numbers`]);
};

/** @param {string} server @param {string} folder */
const sendToAll = async (server, folder) => {
  const [, admin] = readFileSync(join(folder, "data/secrets.toml"), "utf8").match(/^admin_secret = "([^"]+)"/m) ?? [];
  const response = await fetch(`${server}/v1/sites/bench/messages`, {
    method: "POST",
    headers: { authorization: `Bearer ${admin}`, "content-type": "application/json" },
    body: JSON.stringify({ title: "Now in the shop", body: "x".repeat(300), url: "http://localhost:9000/", audience: { all: true } }),
  });
  const answer = await response.json();
  if (response.status !== 202 || answer.reach !== DEVICES) throw new Error(`messages answered ${JSON.stringify(answer)}`);
};

/** @param {number | undefined} pid @returns {number} MB */
const peak = (pid) => Number(readFileSync(`/proc/${pid}/status`, "utf8").match(/^VmHWM:\s+(\d+) kB/m)?.[1]) / 1000;

/** @param {string} binary @returns {Promise<import("./figures.mjs").Row[]>} */
export const memoryRows = async (binary) => {
  const [home, sink] = [temporaryFolder("bench-memory"), await startSink()];
  const file = join(home.path, "softbell.toml");
  writeFileSync(file, settings(home.path, sink.url));
  const run = async () => {
    const program = start(binary, ["serve", "--settings", file], { env: { SOFTBELL_LOG: "error" } });
    const [ready] = await program.line(/^\{.*\}$/);
    return { program, ...JSON.parse(ready) };
  };
  const first = await run();
  await first.program.stop();
  fill(first.database);
  const { program, server } = await run();
  const idle = peak(program.child.pid);
  await sendToAll(server, home.path);
  const began = Date.now();
  await until("all pushes", () => sink.count() >= DEVICES, { ...PATIENCE, hint: () => program.output.slice(-3) });
  const rate = DEVICES * 1000 / (Date.now() - began);
  const busy = peak(program.child.pid);
  await program.stop();
  sink.close();
  home.remove();
  return [
    { what: "server, resident after its start with 100 000 devices", samples: [idle], unit: "MB" },
    { what: "server, the most it had while sending to all of them", samples: [busy], unit: "MB", bar: BAR },
    { what: "  and how fast it sent, to a sink in Node.js on the same cores", samples: [rate], unit: "/s" },
  ];
};

const [, script = "", binary = "target/release/softbell-server"] = process.argv;
if (import.meta.url === pathToFileURL(script).href) console.log(table(await memoryRows(binary)));
