// The PUT that names a user: the whole device, as every PUT, and who uses it. Only a page knows that, so only a page sends it.

import { base64url, changed } from "../../sw/outbox.js";
import { address, isPaused, passes, send, wire } from "../../sw/sender.js";

/**
 * @typedef {import("../../sw/outbox.js").Device} Device
 * @typedef {import("../../sw/sender.js").Sender} Sender
 */

/** One that finds a device unknown, one that finds its state out of date, and the one that is heard. */
const ATTEMPTS = 3;

/** The mark by which the worker knows whose device it is, without his id. There is no `subtle` on an insecure page, but no push either. @param {string} device @param {string} user */
const markOf = async (device, user) => {
  const digest = await crypto.subtle?.digest("SHA-256", new TextEncoder().encode(`${device}.${user}`));
  return digest && base64url(new Uint8Array(digest, 0, 16));
};

/**
 * Whether the server said for how long it wants to hear nothing. After a mere failure a page that names somebody is worth an
 * attempt, as one that changes something is (sw/patch.js).
 * @param {Device} device
 */
const isHeld = (device) => {
  const { why = 0 } = device.pause ?? {};
  return isPaused(device, true) && why > 0 && why < 500;
};

/**
 * @param {Sender} outbox @param {string} user @param {string | undefined} token
 * @param {() => boolean} isWanted nobody else was named since, and nobody has left
 * @returns {Promise<string>} empty: it is the device's user; `suspended`: an earlier one; else why not
 */
export const putUser = async (outbox, user, token, isWanted) => {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const device = await outbox.device();
    if (!device || !isWanted() || isHeld(device)) break;
    const { id, secret, revision, state } = device;
    const headers = { "content-type": "application/json", authorization: `Bearer ${secret}` };
    const { ok, status, wait, answer } = await send(`${address(device)}/devices/${id}`, "PUT", headers, wire({ revision, ...state, user, token }));
    if (status === 401) {
      // The server does not know this device: a flush makes a new one of it.
      await outbox.changeDevice((found) => found && { ...found, sentAt: 0 });
      await outbox.flush();
    } else if (String(answer.code).startsWith("token_")) {
      return answer.code;
    } else if (!ok) {
      // It is the device's state that the server does not want: a flush finds that out, and knows what to do.
      if (passes(status) || status === 403 || status === 404) await outbox.heed(device, status, wait);
      break;
    } else if (typeof answer.report_token !== "string") {
      // Not every 200 is from Softbell: a hotel's login page is one, too.
      await outbox.heed(device, 0, 0);
      break;
    } else {
      const isOlder = answer.revision > revision;
      const suspended = answer.status === "suspended";
      if (!isOlder && !suspended) await own(outbox, device, await markOf(id, user), isWanted);
      // That somebody else has left is still to be told: this PUT named another.
      if (!suspended || state.user !== null) await outbox.acknowledged(device, answer.report_token, answer.revision);
      if (!isOlder) return suspended ? "suspended" : "";
    }
  }
  return "server_unavailable";
};

/**
 * Notes whose device it is. Who has left meanwhile still has, and the server, which was just told otherwise, must hear of
 * it: he may have left before, so that the record is as it was. @param {Sender} outbox @param {Device} device @param {string | undefined} user @param {() => boolean} isWanted
 */
const own = (outbox, { id }, user, isWanted) =>
  outbox.changeDevice((found) => {
    if (found?.id !== id) return found;
    if (!isWanted()) return { ...found, revision: found.revision + 1 };
    return { ...found, user, state: { ...found.state, user: undefined } };
  });

/** Notes that the device has no user any more; the next PUT tells. @param {Device | undefined} found @returns {Device | undefined} */
export const disown = (found) => found && changed({ ...found, user: undefined }, { user: null });
