// index.d.ts declares exactly what is built: no member, event, option or code more or less, and each is documented.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { ALLOWED, WHY } from "../../src/shell/words.js";
import { serveFolder } from "../e2e/lib/site.mjs";
import { openChromium } from "./lib/chromium.mjs";
import { compile } from "./lib/compile.mjs";
import { ROOT } from "./lib/packed.mjs";
import { comment, configFields, declared, example, members, text, words } from "./lib/types.mjs";

/** @param {string} path */
const read = (path) => readFileSync(ROOT + path, "utf8");
/** @param {string} folder @param {string} ending */
const readAll = (folder, ending) => readdirSync(ROOT + folder).filter((name) => name.endsWith(ending)).map((name) => read(`${folder}/${name}`)).join("\n");
/** What the patterns capture, each once, sorted. @param {string} text @param {...RegExp} patterns */
const captured = (text, ...patterns) =>
  [...new Set(patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([, found]) => String(found))))].sort();

const logic = readAll("src/logic", ".rs");
const shell = readAll("src/shell", ".js");
/** @param {string} type */
const names = (type) => members(type).map(({ name }) => name).sort();
/** @param {string} type @param {string} member */
const member = (type, member) => members(type).find(({ name }) => name === member)?.type;
/** @param {string} type */
const alias = (type) => words(declared.get(type)?.type).sort();

/** What the built kit exports, and what its client has and answers where no server is. @param {import("node:test").TestContext} t */
const built = async (t) => {
  const { origin, close } = await serveFolder(`${ROOT}pkg/dist/softbell`);
  t.after(close);
  const page = await (await openChromium(t)).newPage();
  await page.goto(`${origin}/client.js`); // any page of this origin
  return page.evaluate(async (url) => {
    const kit = await import(url);
    const softbell = kit.init({ site: "shop", server: "http://localhost:1" });
    const [status, explanation, asked] = [await softbell.getStatus(), await softbell.explain(), await softbell.ask()];
    return {
      exports: Object.keys(kit),
      members: Object.keys(softbell).map((name) => `${name} ${typeof softbell[name]}`).sort(),
      StatusInfo: Object.keys(status), Explanation: Object.keys(explanation), AskResult: Object.keys(asked),
    };
  }, `${origin}/client.js`);
};

test("the built object has exactly the declared members", async (t) => {
  const kit = await built(t);
  assert.deepEqual(kit.exports, ["init"]);
  const wanted = members("Softbell").map(({ name, isMethod }) => `${name} ${isMethod ? "function" : "object"}`).sort();
  assert.deepEqual(kit.members, wanted);
  for (const type of /** @type {const} */ (["StatusInfo", "Explanation", "AskResult"]))
    assert.deepEqual(kit[type].filter((key) => !names(type).includes(key)), [], `${type} declares what the object carries`);
});

test("exactly the events that are told are declared", () => {
  // A popup that is turned down tells the type of its report.
  const turnedDown = logic.match(/let \(kind, outcome\) = match answer \{([^]*?)\};/)?.[1] ?? "";
  const types = Object.fromEntries([...read("src/contract/report.rs").matchAll(/^ {4}(\w+) = "([\w.]+)",$/gm)].map(([, variant, name]) => [variant, name]));
  const told = [
    ...captured(logic, /Emit \{ name: "([\w.]+)" \}/g), ...captured(shell, /\bemit\("([\w.]+)"/g),
    ...captured(turnedDown, /ReportType::(\w+)/g).map((variant) => types[variant]),
  ];
  assert.deepEqual([...new Set(told)].sort(), names("Events"));
});

test("exactly the fields that the client reads from a configuration are declared", () => {
  // The two others: an attribute that is no JSON, and fields that nobody knows.
  const taken = Object.keys(ALLOWED).filter((field) => field !== "data-config" && field !== "");
  assert.deepEqual(configFields().sort(), taken.sort());
  const { de } = JSON.parse(read("src/view/texts.json"));
  assert.deepEqual(captured(text(member("Config", "texts")).split(",")[0] ?? "", /"(\w+)"/g), Object.keys(de).sort());
});

test("exactly the codes that can come are declared", () => {
  const errors = captured(shell, /\berror\("(\w+)"/g, /\brefused\(client, "(\w+)"/g, /refuse(?:"\)\(|\(this, )"(\w+)"/g).concat(captured(logic, /Fail \{ code: "(\w+)"/g));
  // Those of identify(): its own, and the server's about a token.
  const user = [...captured(read("src/shell/identity.js") + read("src/shell/put_user.js"), /"((?:token|server|storage)_\w+)"/g), ...captured(read("server/src/wire/user_token.rs"), /=> "(token_\w+)"/g)];
  assert.deepEqual(alias("ErrorCode"), [...new Set([...errors, ...user])].sort());
  assert.deepEqual(alias("WhyCode"), Object.keys(WHY).sort());
  const [, status = "", reason = "", subscription = ""] = read("src/contract/status.rs").split(/^impl (?:PushStatus|StatusReason|Subscription) \{$/m);
  const strings = (/** @type {string} */ text) => captured(text.split(/^}$/m)[0] ?? "", /=> "(\w+)"/g);
  assert.deepEqual(alias("PushStatus"), strings(status));
  assert.deepEqual(alias("StatusReason"), strings(reason));
  assert.deepEqual(words(member("StatusInfo", "subscription")).sort(), strings(subscription));
  const outcomes = captured(logic, /ask_done\("(\w+)"/g, /\(ReportType::\w+, "(\w+)"\)/g);
  assert.deepEqual(words(member("AskResult", "outcome")).sort(), outcomes);
});

test("everything that is declared is documented, and every example compiles", () => {
  const internal = ["Method", "Given", "Listening"]; // not exported
  for (const [name, node] of declared) {
    if (internal.includes(name)) continue;
    assert.match(comment(node), /\w/, name);
    for (const field of node.members ? members(name) : []) assert.match(comment(field.node), /\w/, `${name}.${field.name}`);
  }
  const examples = [...[...members("Softbell"), ...members("Events")].map(({ name, node }) => ({ name: name.replace(".", "_"), code: example(node) })), { name: "init", code: example(declared.get("init")) }];
  const bodies = examples.map(({ name, code }) => {
    assert.ok(code, `${name} has an example`);
    return `/* ${name} */ export const ${name}_ = async (softbell: Softbell) => {\n${name === "init" ? code?.replace("const softbell =", "return") : code}\n};`;
  });
  assert.equal(compile(`import { init, type Softbell } from "softbell";\n${bodies.join("\n")}`), "");
});

test("the script tag's queue takes what the declarations say, and nothing else", () => {
  const site = (/** @type {string} */ command) => `import type {} from "softbell";\n(window.softbell ||= []).push(${command});`;
  for (const good of ['["track", "cart_opened", { items: 3 }]', '["ask", { force: true }]', '["on", "error", console.log]', "(softbell) => softbell.page()", '["page"], ["optOut"]'])
    assert.equal(compile(site(good)), "", good);
  for (const bad of ['["trak", "x"]', '["track"]', '["track", "x", { deep: {} }]', '["on", "nothing", () => {}]', "7"])
    assert.match(compile(site(bad)), /error TS/, bad);
});
