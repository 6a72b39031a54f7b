// A build reads the senders that it names, and carries no byte of the others.

import assert from "node:assert/strict";
import { test } from "node:test";
import { bundleWorker, FORMATS } from "../../tools/bundle.mjs";

/** A word that only this format needs. @type {Record<string, string>} */
const MARKS = {
  ajo: "WEBURL", batch: "com.batch", clevertap: "notificationOptions", firebase: "fcmMessageId", mastodon: "notification_type",
  onesignal: "custom", pusher: "deep_link", pushwoosh: "pwcid",
};

/** @param {string[]} named */
const found = async (named) => {
  const code = await bundleWorker("build", named);
  return Object.keys(MARKS).filter((name) => RegExp(`\\b${MARKS[name]}\\b`).test(code));
};

test("J9: a build names the senders it reads: all, two, each alone, or none", async () => {
  assert.deepEqual(Object.keys(MARKS), FORMATS);
  // Pushwoosh looks at Firebase's id too: what has one is not its own.
  const also = (/** @type {string[]} */ named) => FORMATS.filter((name) => named.includes(name) || (name === "firebase" && named.includes("pushwoosh")));
  for (const named of [FORMATS, ["onesignal", "firebase"], ...FORMATS.map((name) => [name]), []]) assert.deepEqual(await found(named), also(named), `${named}`);
});

test("J9: a sender that there is none of is refused by name", () => {
  assert.throws(() => bundleWorker("build", ["onesignal", "braze"]), /"braze".*ajo,batch/);
});
