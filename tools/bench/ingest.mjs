// Report batches into a running server: stored events per second, and how long a batch waits for its answer.

import { Agent, request } from "node:http";
import { performance } from "node:perf_hooks";
import { quantile } from "./figures.mjs";
import { SITE, putDevice, random, startRelease } from "./server_process.mjs";

const BATCH = 20;
const CONNECTIONS = 64;
const DEVICES = 200;
const ROUNDS = 5;
const ROUND_MS = 3000;

/** @param {import("./server_process.mjs").Device} device */
const batch = (device) => JSON.stringify(Array.from({ length: BATCH }, () => ({
  specversion: "1.0", id: random(16), source: `softbell:${SITE}`, type: "prompt.shown",
  time: new Date().toISOString(), datacontenttype: "application/json", data: { trigger: "page_views" },
  softbelltoken: device.report_token,
})));

/** @param {Agent} agent @param {string} url @param {string} body @returns {Promise<number>} stored events */
const post = (agent, url, body) => new Promise((resolve, reject) => {
  const headers = { "content-type": "text/plain", "content-length": Buffer.byteLength(body) };
  request(url, { agent, method: "POST", headers }, (response) => {
    let text = "";
    response.on("data", (part) => { text += part; });
    response.on("end", () => {
      if (response.statusCode !== 200) return void reject(new Error(`events answered ${response.statusCode}: ${text}`));
      resolve(JSON.parse(text).stored);
    });
  }).on("error", reject).end(body);
});

/** @returns {Promise<import("./figures.mjs").Row[]>} */
export const ingestRows = async () => {
  const home = await startRelease("http://127.0.0.1:9");
  const { program, server } = await home.run();
  const devices = await Promise.all(Array.from({ length: DEVICES }, () => putDevice(server)));
  const url = `${server}/v1/sites/${SITE}/events`;
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  /** @type {number[]} */
  const waits = [];
  /** @param {number} length ms @returns {Promise<number>} stored events per second */
  const round = async (length) => {
    const began = performance.now();
    let stored = 0;
    await Promise.all(Array.from({ length: CONNECTIONS }, async (_, at) => {
      for (let turn = at; performance.now() - began < length; turn += CONNECTIONS) {
        const device = devices[turn % DEVICES];
        if (!device) return;
        const asked = performance.now();
        const taken = await post(agent, url, batch(device));
        stored += taken; // in one step: the others add to it while this one waits
        waits.push(performance.now() - asked);
      }
    }));
    return stored * 1000 / (performance.now() - began);
  };
  await round(500);
  waits.length = 0;
  const rates = [];
  for (let count = 0; count < ROUNDS; count++) rates.push(await round(ROUND_MS));
  agent.destroy();
  await program.stop();
  home.remove();
  return [
    { what: `stored events, batches of ${BATCH}, ${CONNECTIONS} connections, SQLite with fsync`, samples: rates, unit: "/s", floor: 10_000 },
    { what: "  a batch's answer, p50", samples: waits },
    { what: "  a batch's answer, p99", samples: waits, figure: quantile(waits, 0.99) },
  ];
};
