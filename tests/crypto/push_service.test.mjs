// A foreign fake push service, npm web-push-testing, takes and reads what a running server of ours sends.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { PushApiModel } from "web-push-testing/src/PushApiModel.js";
import { binary } from "../e2e/lib/binary.mjs";
import { start, temporaryFolder } from "../e2e/lib/processes.mjs";
import { until } from "../e2e/lib/until.mjs";

const SHOP = fileURLToPath(new URL("../../www/shop", import.meta.url));
/** Where browsers would be told to find it; the server's lab mode sends to its stand-in on loopback. */
const NOTIFY = "https://push.example.com/notify/";

/** Its model without its own server, which would listen on every network of the machine. @param {import("node:test").TestContext} t */
async function foreignService(t) {
  const model = new PushApiModel();
  model.notifyUrl = NOTIFY;
  /** @type {unknown[]} */
  const refusals = [];
  const service = createServer(async (request, response) => {
    const { "content-encoding": encoding, authorization, ttl } = request.headers;
    const hash = String(request.url).replace("/notify/", "");
    const status = await model.handleNotification(hash, { encoding, authorization, ttl: String(ttl) }, await buffer(request)).then(() => 201, (error) => (refusals.push(error), 400));
    response.writeHead(status).end();
  });
  await new Promise((resolve) => service.listen(0, "127.0.0.1", () => resolve(null)));
  t.after(() => (service.close(), service.closeAllConnections()));
  const address = /** @type {import("node:net").AddressInfo} */ (service.address());
  return { model, refusals, url: `http://127.0.0.1:${address.port}` };
}

test("npm web-push-testing accepts and reads what our server sends", async (t) => {
  const { model, refusals, url } = await foreignService(t);
  const data = temporaryFolder("service");
  t.after(data.remove);
  const program = start(binary("softbell-server", "SOFTBELL_SERVER"), [
    "demo", "--listen", "127.0.0.1:0", "--shop-listen", "127.0.0.1:0", "--data", data.path, "--shop", SHOP, "--lab-push-url", url,
  ], { env: { PATH: String(process.env.PATH) } });
  t.after(program.stop);
  const { server, shop } = JSON.parse((await program.line(/^\{.*"database".*\}$/))[0]);

  const { vapid } = await (await fetch(`${server}/v1/sites/shop/config`)).json();
  const { endpoint, keys, clientHash } = await model.subscribe({ userVisibleOnly: "true", applicationServerKey: vapid });
  const state = {
    revision: 1, permission: "granted", status: "allowed", topics: [], tags: {}, capabilities: {}, consent_entries: [],
    subscription: { endpoint, ...keys, vapid },
  };
  const made = await fetch(`${server}/v1/sites/shop/devices/AAAAAAAAAAAAAAAAAAAAAA`, {
    method: "PUT", body: JSON.stringify(state), headers: { origin: shop, authorization: `Bearer ${"s".repeat(43)}`, "content-type": "application/json" },
  });
  assert.equal(made.status, 200, await made.text());

  const [text] = await until("the welcome", async () => {
    const { messages } = model.getNotifications({ clientHash });
    return messages.length > 0 && messages;
  }, { hint: () => refusals.map(String) });
  assert.equal(JSON.parse(String(text)).notification.title, "Welcome to Juniper & Finch");
  assert.deepEqual(refusals, []);
});
