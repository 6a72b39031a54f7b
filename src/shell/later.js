// What no popup needs to show: outbox, worker, push service, the sentences for developers, and the public events. Loaded
// when the first of them is needed.

export { conversion, explain, optIn } from "./calls.js";
export { askAbout, refuse, setTags, setTopics, snooze } from "./choices.js";
export { eraseData, exportData, withdraw } from "./erasing.js";
export { hearWorker } from "./hear.js";
export { identify, logout } from "./identity.js";
export { optOut } from "./ledger.js";
export { perform } from "./perform_later.js";
export { reportsOf, wholeStatus } from "./record.js";
