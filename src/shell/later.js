// What no popup needs to show: outbox, worker, push service, and the sentences for developers. Loaded when the first of
// them is needed.

export { openReports } from "./reports.js";
export { registerWorker, subscribe, unsubscribe } from "./subscribe.js";
export { ALLOWED, WHY } from "./words.js";
