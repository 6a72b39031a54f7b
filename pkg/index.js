// The npm entry: importing it does nothing, in a browser or in Node; `init()` loads the rest.

export { init } from "./dist/softbell/client.js";
