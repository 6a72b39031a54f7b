// Starts the lab: push services and a desktop on loopback, and speaks to its control port.

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { start } from "./processes.mjs";
import { until } from "./until.mjs";

const lab_path = (/** @type {string} */ profile) => fileURLToPath(new URL(`../../../target/${profile}/softbell-lab`, import.meta.url));

function program() {
  const path = [process.env.SOFTBELL_LAB, lab_path("debug"), lab_path("release")].find((p) => p);
  return path;
}

export async function startLab({ display }) {
  const [command, ...args] = (process.env.SOFTBELL_LAB ?? "").split(" ");
  const lab = start(command, [...args, "--with-parent"], { env: display.env });
  const [text] = await lab.line(/^\{.*"control".*\}$/);
  const facts = JSON.parse(text);
  const get = async (p) => (await fetch(facts.control + p)).json();
  return { ...facts,
    notification: (match, o) => until('a notification', async () => (await get('/notifications')).filter(x => x.m === 'Notify').find(match), { ...o, hint: () => get('/notifications') }),
    click: (id) => get(`/invoke?id=${id}&action=default`),
    action: (id, key) => get(`/invoke?id=${id}&action=${key}`),
    pushUrl: (endpoint) => facts.push_url + new URL(endpoint).pathname,
    close: lab.stop };
}
