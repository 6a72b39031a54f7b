// The real server, as an operator runs it, for a site on a given origin.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { binary } from "../../e2e/lib/binary.mjs";
import { cleanEnvironment, start, temporaryFolder } from "../../e2e/lib/processes.mjs";

/** @param {import("node:test").TestContext} t @param {string} origin @returns {Promise<string>} the server's own origin */
export const serve = async (t, origin) => {
  const folder = temporaryFolder("serve");
  const file = join(folder.path, "softbell.toml");
  writeFileSync(file, `
    listen = "127.0.0.1:0"
    data_dir = "${folder.path}/data"
    contact = "mailto:tests@example.com"
    [sites.shop]
    origins = ["${origin}"]
    [lab]
  `);
  const server = start(binary("softbell-server", "SOFTBELL_SERVER"), ["serve", "--settings", file], { env: cleanEnvironment(folder.path) });
  t.after(async () => {
    await server.stop();
    folder.remove();
  });
  const [line] = await server.line(/^\{.*"server".*\}$/);
  return JSON.parse(line).server;
};
