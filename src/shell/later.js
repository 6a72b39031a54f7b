// What no popup needs to show: outbox, worker, push service, the sentences for developers, and the public events. Loaded
// when the first of them is needed.

export { perform } from "./perform_later.js";
export { reportsOf, wholeStatus } from "./record.js";
