// Other people's senders reach our worker: a site may keep the library that its back end has.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { Agent } from "node:https";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import webpush from "web-push";
import { address } from "./lib/send.mjs";
import { reports } from "./lib/server.mjs";
import { LIMITED } from "./lib/processes.mjs";
import { subscriber } from "./lib/subscriber.mjs";
import { test } from "./lib/test.mjs";

/** A connection to the lab, whatever push service is asked for: the sender notices no difference but the missing TLS. */
class ToLab extends Agent {
  /** @param {string} pushUrl */
  constructor(pushUrl) {
    super();
    this.lab = new URL(pushUrl);
  }

  /** @override */
  createConnection() {
    return connect(Number(this.lab.port), this.lab.hostname);
  }
}

/** @param {string} title @param {object} mark */
const message = (title, mark) => JSON.stringify({ notification: { title, body: "Not ours, and shown all the same.", data: { softbell: mark } } });

/** Waits until it is shown and its report is stored. @param {Awaited<ReturnType<typeof subscriber>>} set @param {string} title @param {string} id */
async function arrived({ lab, server }, title, id) {
  const shown = await lab.notification((n) => n.summary === title);
  assert.equal(shown.text, "Not ours, and shown all the same.");
  await reports(server.database, (all) => all.some((row) => row.message_id === id && row.type === "notification.displayed" && row.verified === 1));
}

test("chromium: npm web-push's own sender delivers to our worker", async (t) => {
  const set = await subscriber(t, "chromium");
  const { vapidDetails, subscription } = await address(set.server);
  const mark = set.send.softbell();
  const options = { vapidDetails, TTL: 60, agent: new ToLab(set.lab.push_url) };
  const { statusCode } = await webpush.sendNotification(subscription, message("From npm web-push", mark), options);
  assert.equal(statusCode, 201);
  await arrived(set, "From npm web-push", mark.m);
});

test("chromium: PyPI pywebpush's own sender delivers to our worker", async (t) => {
  const python = process.env.HTTP_ECE_PYTHON;
  assert.ok(python, "HTTP_ECE_PYTHON names a Python with pywebpush; ./build.sh test sets it");
  const set = await subscriber(t, "chromium");
  const { vapidDetails, subscription } = await address(set.server);
  const mark = set.send.softbell();
  const job = {
    lab: set.lab.push_url, subscription, payload: message("From pywebpush", mark),
    private_key: vapidDetails.privateKey, subject: vapidDetails.subject,
  };
  const running = promisify(execFile)(python, [fileURLToPath(new URL("lib/pywebpush_send.py", import.meta.url))], LIMITED);
  running.child.stdin?.end(JSON.stringify(job));
  assert.equal((await running).stdout.trim(), "201");
  await arrived(set, "From pywebpush", mark.m);
});
