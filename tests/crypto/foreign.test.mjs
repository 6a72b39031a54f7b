// d1: independent implementations decrypt what our server encrypts (npm http_ece, PyPI http-ece, npm web-push-testing).

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createECDH, randomBytes } from "node:crypto";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import ece from "http_ece";
import webpush from "web-push";
import { PushApiModel } from "web-push-testing/src/PushApiModel.js";
import { encrypt, encryptAndSign } from "./encrypt.mjs";

/** Shortest, ordinary, and the longest that RFC 8291 allows. */
const PLAINTEXTS = ["", "When I grow up, I want to be a watermelon", "Grüße 🔔 من هنا", "x".repeat(3993)];

/** A browser's keys. */
const receiver = () => {
  const keys = createECDH("prime256v1");
  const p256dh = keys.generateKeys("base64url");
  return { keys, p256dh, auth: randomBytes(16).toString("base64url") };
};

test("d1 npm http_ece decrypts what we encrypt", () => {
  for (const plaintext of PLAINTEXTS) {
    const { keys, p256dh, auth } = receiver();
    const body = encrypt(p256dh, auth, plaintext);
    const clear = ece.decrypt(body, { version: "aes128gcm", privateKey: keys, authSecret: auth });
    assert.equal(clear.toString(), plaintext);
  }
});

test("d1 a body meant for somebody else stays closed", () => {
  const mine = receiver();
  const other = receiver();
  const body = encrypt(mine.p256dh, mine.auth, "secret");
  assert.throws(() => ece.decrypt(body, { version: "aes128gcm", privateKey: other.keys, authSecret: mine.auth }));
  assert.throws(() => ece.decrypt(body, { version: "aes128gcm", privateKey: mine.keys, authSecret: other.auth }));
});

test("d1 PyPI http-ece decrypts what we encrypt", () => {
  const python = process.env.HTTP_ECE_PYTHON;
  assert.ok(python, "HTTP_ECE_PYTHON names a Python with http-ece; ./build.sh test sets it");
  const cases = PLAINTEXTS.map((plaintext) => {
    const { keys, p256dh, auth } = receiver();
    return { private: keys.getPrivateKey("base64url"), auth, body: encrypt(p256dh, auth, plaintext).toString("base64url") };
  });
  const script = fileURLToPath(new URL("decrypt.py", import.meta.url));
  const { stdout, stderr, status } = spawnSync(python, [script], { input: JSON.stringify(cases) });
  assert.equal(status, 0, String(stderr));
  assert.deepEqual(JSON.parse(String(stdout)), PLAINTEXTS);
});

test("d1 npm web-push-testing, a foreign push service, accepts our push and reads it", async () => {
  // Its model without its server, which would listen on every network of the machine.
  const service = new PushApiModel();
  service.notifyUrl = "https://push.example/notify/";
  const vapid = webpush.generateVAPIDKeys();
  const { endpoint, keys, clientHash } = await service.subscribe({ userVisibleOnly: "true", applicationServerKey: vapid.publicKey });
  const { body, headers } = encryptAndSign(keys.p256dh, keys.auth, "Hello from Softbell", new URL(endpoint).origin, vapid);
  const seen = { encoding: headers["content-encoding"], authorization: headers.authorization, ttl: "60" };
  await service.handleNotification(clientHash, seen, body);
  assert.deepEqual(service.getNotifications({ clientHash }).messages, ["Hello from Softbell"]);
  const stranger = encryptAndSign(keys.p256dh, keys.auth, "x", new URL(endpoint).origin, webpush.generateVAPIDKeys());
  await assert.rejects(service.handleNotification(clientHash, { ...seen, authorization: stranger.headers.authorization }, stranger.body));
});
