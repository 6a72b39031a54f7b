// What no popup needs to show: outbox, worker, push service, and the sentences for developers. Loaded when the first of
// them is needed.

export { perform } from "./perform_later.js";
export { openReports } from "./reports.js";
