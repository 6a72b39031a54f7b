// What other senders send, put into our words: who changes to Softbell may keep a sender for as long as it takes.
//
// Nothing is checked here. What comes out goes the way of our own messages, through the same checks of texts and URLs.

import { ajo } from "./ajo.js";
import { batch } from "./batch.js";
import { clevertap } from "./clevertap.js";
import { firebase } from "./firebase.js";
import { mastodon } from "./mastodon.js";
import { onesignal } from "./onesignal.js";
import { pusher } from "./pusher.js";
import { pushwoosh } from "./pushwoosh.js";

/**
 * A build can leave each of them out (SOFTBELL_FORMATS, tools/bundle.mjs); a reader of its name in its file is all there
 * is to a format.
 * @param {Record<string, any>} payload
 * @returns {Record<string, unknown> | undefined} members of a notification, as `readMessage` reads them
 */
export const foreign = (payload) =>
  ajo(payload) ?? batch(payload) ?? clevertap(payload) ?? firebase(payload) ??
  mastodon(payload) ?? onesignal(payload) ?? pusher(payload) ?? pushwoosh(payload);
