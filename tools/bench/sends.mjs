// Pushes to a push service that takes everything: our server's whole queue (database, encryption, HTTP, record of each
// answer) against npm web-push in a loop, 64 at a time. Plain HTTP on kept connections for both.

import { Agent } from "node:https";
import { connect } from "node:net";
import webPush from "web-push";
import { rate, sendToCrowd, subscriptionKeys, withSink } from "./crowd.mjs";

const OURS = 20_000;
const NPM = 2000;
const CONNECTIONS = 64;
const ROUNDS = 3;

/** web-push always calls https.request; this lets it speak plain HTTP to the sink. */
class PlainAgent extends Agent {
  /** @override @param {{ host?: string | null, port?: number | string | null }} to */
  createConnection(to) {
    return connect({ host: to.host ?? "127.0.0.1", port: Number(to.port), noDelay: true });
  }
}

const ours = () => withSink(async (sink) => {
  await sendToCrowd(sink, OURS);
  return rate(sink);
});

const npm = () => withSink(async (sink) => {
  const agent = new PlainAgent({ keepAlive: true, maxSockets: CONNECTIONS });
  const vapidDetails = { subject: "mailto:bench@example.com", ...webPush.generateVAPIDKeys() };
  const [keys, text] = [subscriptionKeys(), "x".repeat(400)];
  let next = 0;
  await Promise.all(Array.from({ length: CONNECTIONS }, async () => {
    while (next < NPM) {
      const endpoint = `${sink.replace("http:", "https:")}/${next++}`;
      await webPush.sendNotification({ endpoint, keys }, text, { vapidDetails, agent, contentEncoding: "aes128gcm" });
    }
  }));
  agent.destroy();
  return rate(sink);
});

/** @returns {Promise<import("./figures.mjs").Row[]>} */
export const sendRows = async () => {
  const [mine, theirs] = [/** @type {number[]} */ ([]), /** @type {number[]} */ ([])];
  for (let round = 0; round < ROUNDS; round++) {
    mine.push(await ours());
    theirs.push(await npm());
  }
  return [
    { what: "sends to a local sink, our server", samples: mine, unit: "/s" },
    { what: "sends to a local sink, npm web-push", samples: theirs, unit: "/s" },
    { what: "ours / npm web-push", samples: mine.map((each, at) => each / (theirs[at] ?? NaN)), unit: "x", floor: 8 },
  ];
};
