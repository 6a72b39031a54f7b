// What no popup needs to show: outbox, worker and push service. Loaded when the first of them is needed.

export { openReports } from "./reports.js";
export { registerWorker, subscribe } from "./subscribe.js";
