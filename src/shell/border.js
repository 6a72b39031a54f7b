// The border's codes and field orders, for the shell.
// Generated from src/logic/event.rs and src/logic/effect.rs (BLESS=1 cargo test --test logic_border); do not edit.

/** @typedef {[...config: string[]]} ConfigureFields */
export const EVENT_CONFIGURE = 1;

/** @typedef {[permission: string, secure: string, workers: string, push: string, top: string, ios_tab: string, storage: string, history: string, ticket: string, fingerprint: string, locale: string, path: string, ios_app: string]} StartFields */
export const EVENT_START = 2;

/** @typedef {[...config: string[]]} RemoteFields */
export const EVENT_REMOTE = 3;

/** @typedef {[]} RemoteFailedFields */
export const EVENT_REMOTE_FAILED = 4;

/** @typedef {[timer: string]} TimerFields */
export const EVENT_TIMER = 5;

/** @typedef {[control: string, trusted: string]} PressedFields */
export const EVENT_PRESSED = 6;

/** @typedef {[permission: string]} AnsweredFields */
export const EVENT_ANSWERED = 7;

/** @typedef {[]} WorkerActiveFields */
export const EVENT_WORKER_ACTIVE = 8;

/** @typedef {[error: string]} WorkerFailedFields */
export const EVENT_WORKER_FAILED = 9;

/** @typedef {[endpoint: string, p256dh: string, auth: string]} SubscribedFields */
export const EVENT_SUBSCRIBED = 10;

/** @typedef {[error: string]} SubscribeFailedFields */
export const EVENT_SUBSCRIBE_FAILED = 11;

/** @typedef {[live: string]} DeviceAckedFields */
export const EVENT_DEVICE_ACKED = 12;

/** @typedef {[force: string]} AskFields */
export const EVENT_ASK = 13;

/** @typedef {[]} ExplainFields */
export const EVENT_EXPLAIN = 14;

/** @typedef {[permission: string]} LookedFields */
export const EVENT_LOOKED = 15;

/** @typedef {[path: string]} PageFields */
export const EVENT_PAGE = 16;

/** @typedef {[name: string, properties: string]} TrackFields */
export const EVENT_TRACK = 17;

/** @typedef {[active: string]} RequestFields */
export const EVENT_REQUEST = 18;

/** @typedef {[data: string]} ConversionFields */
export const EVENT_CONVERSION = 19;

/** @typedef {[]} OptOutFields */
export const EVENT_OPT_OUT = 20;

/** @typedef {[]} OptInFields */
export const EVENT_OPT_IN = 21;

/** @typedef {[]} UnsubscribedFields */
export const EVENT_UNSUBSCRIBED = 22;

/** @typedef {[code: string]} DeviceRefusedFields */
export const EVENT_DEVICE_REFUSED = 24;

/** @typedef {[]} StorageFailedFields */
export const EVENT_STORAGE_FAILED = 25;

/** @typedef {[history: string]} RestoredFields */
export const EVENT_RESTORED = 26;

/** @typedef {[]} ErasedFields */
export const EVENT_ERASED = 40;

/** @typedef {[user: string]} IdentifyFields */
export const EVENT_IDENTIFY = 30;

/** @typedef {[suspended: string]} UserAnsweredFields */
export const EVENT_USER_ANSWERED = 31;

/** @typedef {[]} LogoutFields */
export const EVENT_LOGOUT = 32;

/** @typedef {[paused: string]} PauseFields */
export const EVENT_PAUSE = 51;

/** @typedef {[snoozed_until: string]} ChosenFields */
export const EVENT_CHOSEN = 52;

/** @typedef {[id: string]} LandedFields */
export const EVENT_LANDED = 60;

/** @typedef {[url: string, fresh: string]} FetchConfigFields */
export const EFFECT_FETCH_CONFIG = 1;

/** @typedef {[status: string, code: string, reason: string, permission: string, subscription: string, reachable: string]} StatusFields */
export const EFFECT_STATUS = 2;

/** @typedef {[]} ReadyFields */
export const EFFECT_READY = 3;

/** @typedef {[...nodes: string[]]} DrawFields */
export const EFFECT_DRAW = 4;

/** @typedef {[]} EnableFields */
export const EFFECT_ENABLE = 5;

/** @typedef {[]} EraseFields */
export const EFFECT_ERASE = 6;

/** @typedef {[]} RequestPermissionFields */
export const EFFECT_REQUEST_PERMISSION = 7;

/** @typedef {[url: string, scope: string, limit: string]} RegisterWorkerFields */
export const EFFECT_REGISTER_WORKER = 8;

/** @typedef {[vapid: string, limit: string]} SubscribeFields */
export const EFFECT_SUBSCRIBE = 9;

/** @typedef {[...state: string[]]} PatchFields */
export const EFFECT_PATCH = 10;

/** @typedef {[kind: string, ...data: string[]]} ReportFields */
export const EFFECT_REPORT = 11;

/** @typedef {[]} FlushFields */
export const EFFECT_FLUSH = 12;

/** @typedef {[history: string]} SaveHistoryFields */
export const EFFECT_SAVE_HISTORY = 13;

/** @typedef {[ticket: string]} SaveTicketFields */
export const EFFECT_SAVE_TICKET = 14;

/** @typedef {[timer: string, limit: string]} StartTimerFields */
export const EFFECT_START_TIMER = 15;

/** @typedef {[outcome: string, code: string, next: string]} AskDoneFields */
export const EFFECT_ASK_DONE = 16;

/** @typedef {[code: string, next: string]} ExplainedFields */
export const EFFECT_EXPLAINED = 17;

/** @typedef {[name: string]} EmitFields */
export const EFFECT_EMIT = 18;

/** @typedef {[code: string, field: string]} FailFields */
export const EFFECT_FAIL = 19;

/** @typedef {[]} UnsubscribeFields */
export const EFFECT_UNSUBSCRIBE = 20;

/** @typedef {[call: string, code: string]} SettledFields */
export const EFFECT_SETTLED = 21;

/** @typedef {[val: string, source: string, withdrawal: string]} ConsentFields */
export const EFFECT_CONSENT = 40;

/** @typedef {[ask: string, token: string]} PutUserFields */
export const EFFECT_PUT_USER = 30;

/** @typedef {[]} DetachFields */
export const EFFECT_DETACH = 31;

/** @typedef {[id: string]} LandFields */
export const EFFECT_LAND = 60;

/** @typedef {[]} FollowFields */
export const EFFECT_FOLLOW = 61;
