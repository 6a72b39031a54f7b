// Starts the lab: push services and a desktop on loopback, and speaks to its control port.

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { start } from "./processes.mjs";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

export async function startLab({ display }) {
  const [command, ...args] = (process.env.SOFTBELL_LAB ?? "").split(" ");
  const lab = start(command, [...args, "--with-parent"], { env: display.env });
  const [text] = await lab.line(/^\{.*"control".*\}$/);
  return { ...JSON.parse(text), close: lab.stop };
}
