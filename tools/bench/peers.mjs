// The workers that are measured against each other: ours, the least that one can be, and those that npm has, each with the
// push that its own sender would send it.

import { readFileSync } from "node:fs";
import { build } from "esbuild";
import { peerPackages, versionOf } from "./peer_packages.mjs";

/**
 * @typedef {object} Worker
 * @property {string} name @property {string} what for the table
 * @property {(title: string, origin: string) => object} message what it shows under this title
 * @property {boolean} [silent] it shows nothing, whatever comes
 */

const BODY = "Printed yesterday.";

/** Our payload, as the server sends it. @param {string} title */
const declarative = (title) => ({
  notification: { title, body: BODY, navigate: "/welcome.html", data: { softbell: { m: title, t: `1.${title}` } } },
});

/** @type {readonly Worker[]} */
export const WORKERS = [
  { name: "softbell", what: "our worker", message: declarative },
  { name: "ten", what: "ten lines", message: declarative },
  {
    name: "alloy", what: `Adobe Alloy ${versionOf("@adobe/alloy")}`,
    message: (title, origin) => ({ web: { title, body: BODY, interaction: { type: "WEBURL", uri: `${origin}/welcome.html` } } }),
  },
  {
    name: "beams", what: `Pusher Beams ${versionOf("@pusher/push-notifications-web")}`,
    message: (title, origin) => ({
      notification: { title, body: BODY, deep_link: `${origin}/welcome.html` },
      data: { pusher: { instanceId: "bench", publishId: title, hasDisplayableContent: true, hasData: false } },
    }),
  },
  {
    name: "firebase", what: `Firebase messaging ${versionOf("@firebase/messaging")}, modular`,
    message: (title, origin) => ({
      notification: { title, body: BODY }, fcmOptions: { link: `${origin}/welcome.html` },
      from: "1", fcmMessageId: title, collapse_key: title, productId: 1,
    }),
  },
  { name: "pushjs", what: `push.js ${versionOf("push.js")}`, message: declarative, silent: true },
];

const FIREBASE = `
  import { initializeApp } from "@firebase/app";
  import { getMessaging } from "@firebase/messaging/sw";
  getMessaging(initializeApp({ projectId: "bench", messagingSenderId: "1", apiKey: "bench", appId: "1:1:web:1" }));`;

/** As their makers' bundlers would: one small file. @param {string} resolveDir @param {string} contents */
const bundled = async (resolveDir, contents) => {
  const { outputFiles: [file] } = await build({
    stdin: { contents, resolveDir }, bundle: true, minify: true, legalComments: "none", format: "iife", write: false, logLevel: "error",
  });
  if (!file) throw new Error("esbuild wrote nothing");
  return file.text;
};

/** The scripts of the workers that are not in the kit, by name. @returns {Promise<Record<string, string>>} */
export const scripts = async () => {
  const folder = peerPackages();
  const read = (/** @type {string | URL} */ file) => readFileSync(file, "utf8");
  return {
    ten: read(new URL("ten_lines.js", import.meta.url)),
    alloy: read(`${folder}/node_modules/@adobe/alloy/dist/alloyServiceWorker.min.js`),
    // npm has its source only.
    beams: await bundled(folder, `import "@pusher/push-notifications-web/src/service-worker.js";`),
    firebase: await bundled(folder, FIREBASE),
    pushjs: read(`${folder}/node_modules/push.js/bin/serviceWorker.min.js`),
  };
};
