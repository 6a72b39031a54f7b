// The page's way to change the device record: it may make one. The worker finds what a page has made.

import { OUTBOX_DROPPED } from "./contract.js";
import { changed, random, size } from "./outbox.js";
import { DAY, within } from "./sender.js";

/**
 * @typedef {import("./outbox.js").Device} Device
 * @typedef {import("./outbox.js").Site} Site
 * @typedef {import("./outbox.js").State} State
 */

/** What `openDatabase` makes, once and for all. @param {IDBOpenDBRequest} request */
export const makeStores = ({ result }) => {
  result.createObjectStore("state");
  result.createObjectStore("reports", { autoIncrement: true }).createIndex("id", "event.id", { unique: true });
};

const newNames = () => ({ id: random(16), secret: random(32) });

/**
 * The server has these lines of the consent ledger. After a PUT by a worker they stay for the next one: the server knows
 * a line by its id.
 * @param {Device} device as it was sent @param {State} state as it is now @returns {State}
 */
const entered = ({ state: { consent_entries: lines } }, state) =>
  ({ ...state, consent_entries: state.consent_entries.filter(({ id }) => !lines.some((line) => line.id === id)) });

/** The server does not know this device: it becomes a new one, at most once a day. @param {Device} device */
const renews = ({ renewedAt = 0 }) => !within(renewedAt, DAY);

/**
 * A device that was erased on the server takes nothing along that says something about a person; what the visitor decided
 * meanwhile it does.
 * @param {Device} found @param {Device} sent @param {unknown} code the server's @returns {Partial<Device>}
 */
const renew = (found, sent, code) => {
  const erased = code === "device_erased" && {
    user: undefined, state: { ...entered(sent, found.state), user: undefined, topics: [], tags: {}, snoozed_until: undefined },
  };
  return { ...newNames(), acked: 0, sentAt: 0, token: undefined, renewedAt: Date.now(), ...erased };
};

/** Why nothing is sent while a page has the server erase the device: no status, so that only its time ends it, or the page. */
export const HELD = 1;

/** What no answer to another page ends. @param {Device} device @returns {Partial<Device>} */
const held = ({ pause }) => (pause?.why === HELD && within(pause.from, pause.until - pause.from) ? { pause } : {});

/** @typedef {typeof pageSide} PageSide What a page's sender does and a worker's does not. */
export const pageSide = { renews, renew, entered, held };

/** The report of drops, as it waits in the outbox. @param {number} count @returns {import("./outbox.js").Entry} */
export const tellDrops = (count) => {
  const event = { id: random(16), type: OUTBOX_DROPPED, time: new Date(Date.now()).toISOString(), data: { count } };
  return { event, lease: 0, bytes: size(event) };
};

/**
 * Where the last press on a notification led, if no page has said that it goes there; nobody is told of it again. An app
 * on the iOS Home Screen that the press starts may open its start page instead (WebKit bug 259212).
 * @param {Pick<import("./outbox.js").Outbox, "pending">} outbox
 * @returns {Promise<import("./outbox.js").Pending | undefined>} the page checks age and origin
 */
export const takePending = async (outbox) => (await outbox.pending()).result;

/** @param {Site} site @returns {Device} */
const newDevice = ({ site, server }) => ({
  site,
  server,
  ...newNames(),
  revision: 0,
  acked: 0,
  sentAt: 0,
  state: { subscription: null, topics: [], tags: {}, capabilities: {}, consent_entries: [] },
});

/**
 * Merges into the device's state and raises its revision if that changed anything. A visitor has done something then:
 * that is worth one attempt at once, even where the last one found no server or a broken one.
 * @param {Pick<import("./outbox.js").Outbox, "changeDevice">} outbox @param {Site} site
 * @param {Partial<State> | ((state: State) => Partial<State>)} changes
 */
export const patch = (outbox, site, changes) =>
  outbox.changeDevice((found) => {
    const device = found?.site === site.site ? found : newDevice(site);
    const patched = changed(device, typeof changes === "function" ? changes(device.state) : changes);
    const moved = device.server !== site.server && { server: site.server, sentAt: 0 };
    const { why = 1 } = device.pause ?? {};
    const retry = patched !== device && (why === 0 || why >= 500) && { pause: undefined };
    return { ...patched, ...site, ...moved, ...retry };
  });
