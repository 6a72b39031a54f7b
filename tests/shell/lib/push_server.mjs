// As much of the server as a page meets: whose device it is, which state it has, and how it is erased. The codes are those
// of server/src/error.rs, the order of a PUT's checks that of server/src/device.rs.

/**
 * @typedef {Record<string, any> & {revision: number, consent_entries: {id: string}[]}} State
 * @typedef {object} Device
 * @property {string} secret @property {number} revision @property {Partial<State>} state
 * @property {string | null} user @property {string[]} lines of the ledger, their ids @property {any[]} reports
 * @typedef {{method: string, device: string, secret: string, body: any}} Asked
 * @typedef {{status: number, body?: any, headers?: Record<string, string>}} Answer
 * @typedef {ReturnType<typeof openServer>} Server
 */

/** @param {number} status @param {string} code @returns {Answer} */
const refused = (status, code) => ({ status, body: { code } });

/** @param {string} secret @returns {Device} */
const newDevice = (secret) => ({ secret, revision: -1, state: {}, user: null, lines: [], reports: [] });

/** Whoever holds the device keeps its user or lets go of him; another one needs a token. @param {Device} known @param {State} state */
const isProven = ({ user }, { user: named, token }) => !named || named === user || !!token;

export const openServer = () => {
  /** @type {Map<string, Device>} */
  const devices = new Map();
  /** @type {Set<string>} */
  const erased = new Set();
  /** Every request of a device, with the status of its answer. @type {(Asked & {status: number})[]} */
  const asked = [];

  /** An endpoint has one device. @param {Device} device @param {Partial<State>} state */
  const claim = (device, { subscription }) => {
    for (const other of devices.values())
      if (other !== device && subscription && other.state.subscription?.endpoint === subscription.endpoint) other.state.subscription = null;
  };

  /** @param {Device} device @param {State} state @returns {Answer} */
  const put = (device, state) => {
    if (!isProven(device, state)) return refused(422, "token_missing");
    const { consent_entries: lines, revision, user } = state;
    device.lines.push(...lines.map(({ id }) => id).filter((id) => !device.lines.includes(id)));
    if (revision >= device.revision && user !== undefined) device.user = user;
    if (revision > device.revision) {
      claim(device, state);
      Object.assign(device, { revision, state });
    }
    return { status: 200, body: { revision: device.revision } };
  };

  /** @param {Asked} request @returns {Answer} */
  const ofDevice = ({ method, device: id, secret, body }) => {
    const known = devices.get(id);
    if (known ? known.secret !== secret : method !== "PUT" && !erased.has(id)) return refused(401, "secret_wrong");
    if (!known && erased.has(id)) return refused(401, "device_erased");
    const device = known ?? newDevice(secret);
    if (method === "GET") return { status: 200, body: device.state };
    if (method === "DELETE") {
      erase(id);
      return { status: 204 };
    }
    const { status, body: answer } = put(device, body);
    if (status === 200) devices.set(id, device);
    return { status, body: { ...answer, report_token: `1.${id}` } };
  };

  /** @param {any[]} batch @returns {Answer} */
  const events = (batch) => {
    const drop = batch.flatMap((report, index) => {
      const device = devices.get(report.softbelltoken.slice(2));
      if (!device) return { index, code: "device_erased" };
      if (!device.reports.some(({ id }) => id === report.id)) device.reports.push(report);
      return [];
    });
    return { status: 200, body: { stored: batch.length - drop.length, duplicates: 0, drop } };
  };

  /** What the admin does, too. @param {string} id */
  const erase = (id) => {
    devices.delete(id);
    erased.add(id);
  };

  /** @type {Answer | undefined} */
  let busy;

  return {
    devices, asked, erase,
    /** Too many requests, until it is called without seconds. @param {number} [seconds] to wait */
    refuse: (seconds) => {
      busy = seconds ? { status: 429, body: { code: "rate_limited" }, headers: { "retry-after": String(seconds) } } : undefined;
    },
    /** The one device that there is. */
    get device() {
      const [device, ...more] = devices.values();
      if (!device || more.length) throw new Error(`the server has ${devices.size} devices`);
      return device;
    },
    /** @param {Asked} request @returns {Answer} */
    answer: (request) => {
      const answer = busy ?? (request.method === "POST" ? events(request.body) : ofDevice(request));
      asked.push({ ...request, status: answer.status });
      return answer;
    },
  };
};
