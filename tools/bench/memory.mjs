// What the server takes of the machine's memory while it sends one message to 100 000 devices.

import { readFileSync } from "node:fs";
import { sendToCrowd, withSink } from "./crowd.mjs";

const DEVICES = 100_000;

/** The most a process ever had resident, in MB. @param {number | undefined} pid */
const peak = (pid) => Number(readFileSync(`/proc/${pid}/status`, "utf8").match(/^VmHWM:\s+(\d+) kB/m)?.[1]) / 1000;

/** @returns {Promise<import("./figures.mjs").Row[]>} */
export const memoryRows = async () => {
  /** @type {number[]} */
  const peaks = [];
  await withSink((sink) => sendToCrowd(sink, DEVICES, (pid) => peaks.push(peak(pid))));
  return [
    { what: "server, resident after its start with 100 000 devices", samples: peaks.slice(0, 1), unit: "MB" },
    { what: "server, the most it had while sending to all of them", samples: peaks.slice(1), unit: "MB", bar: 150 },
  ];
};
