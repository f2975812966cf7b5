var __create = Object.create;
var __defProp = Object.defineProperty;
var __getOwnPropDesc = Object.getOwnPropertyDescriptor;
var __getOwnPropNames = Object.getOwnPropertyNames;
var __getProtoOf = Object.getPrototypeOf;
var __hasOwnProp = Object.prototype.hasOwnProperty;
var __glob = (map) => (path4) => {
  var fn = map[path4];
  if (fn) return fn();
  throw new Error("Module not found in bundle: " + path4);
};
var __commonJS = (cb, mod) => function __require() {
  try {
    return mod || (0, cb[__getOwnPropNames(cb)[0]])((mod = { exports: {} }).exports, mod), mod.exports;
  } catch (e) {
    throw mod = 0, e;
  }
};
var __copyProps = (to, from, except, desc) => {
  if (from && typeof from === "object" || typeof from === "function") {
    for (let key of __getOwnPropNames(from))
      if (!__hasOwnProp.call(to, key) && key !== except)
        __defProp(to, key, { get: () => from[key], enumerable: !(desc = __getOwnPropDesc(from, key)) || desc.enumerable });
  }
  return to;
};
var __toESM = (mod, isNodeMode, target) => (target = mod != null ? __create(__getProtoOf(mod)) : {}, __copyProps(
  // If the importer is in node compatibility mode or this is not an ESM
  // file that has been converted to a CommonJS file using a Babel-
  // compatible transform (i.e. "__esModule" has not been set), then set
  // "default" to the CommonJS "module.exports" for node compatibility.
  isNodeMode || !mod || !mod.__esModule ? __defProp(target, "default", { value: mod, enumerable: true }) : target,
  mod
));

// src/i18n/en.json
var require_en = __commonJS({
  "src/i18n/en.json"(exports2, module2) {
    module2.exports = { bye: "bye" };
  }
});

// src/i18n/nl.json
var require_nl = __commonJS({
  "src/i18n/nl.json"(exports2, module2) {
    module2.exports = { bye: "dag" };
  }
});

// src/main.ts
var import_node_assert = __toESM(require("node:assert"));
var import_node_events = require("node:events");
var import_node_child_process = require("node:child_process");
var path3 = __toESM(require("path"));
var import_node_worker_threads = require("node:worker_threads");

// src/render.ts
var import_fs = require("fs");
var import_path = __toESM(require("path"));
var Templates = class _Templates {
  static root = import_path.default.resolve(__dirname, "../assets/templates");
  read(name) {
    return (0, import_fs.readFileSync)(import_path.default.join(_Templates.root, name + ".html"), { encoding: "utf8" }).trim();
  }
};
function render(name, values) {
  return new Templates().read(name).replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
}

// src/config.ts
var import_fs2 = __toESM(require("fs"));
var import_node_path = require("node:path");
var CONFIG_DIR = (0, import_node_path.join)(__dirname, "..", "config");
function loadConfig(env) {
  const file = (0, import_node_path.join)(CONFIG_DIR, `${env}.json`);
  return { ...read((0, import_node_path.join)(CONFIG_DIR, "default.json")), ...import_fs2.default.existsSync(file) ? read(file) : {} };
}
var read = (file) => JSON.parse(import_fs2.default.readFileSync(file, "utf-8"));

// require("./i18n/**/*.json") in src/i18n.ts
var globRequire_i18n_json = __glob({
  "./i18n/en.json": () => require_en(),
  "./i18n/nl.json": () => require_nl()
});

// src/i18n.ts
function translate(language, word) {
  const words = globRequire_i18n_json("./i18n/" + language + ".json");
  return words[word] ?? word;
}

// src/migrate.ts
var import_promises = require("node:fs/promises");
var import_node_path2 = __toESM(require("node:path"));
async function migrations() {
  const dir = import_node_path2.default.join(__dirname, "migrations");
  const files = (await (0, import_promises.readdir)(dir)).filter((file) => file.endsWith(".js")).sort();
  return files.map((file) => require(import_node_path2.default.join(dir, file)).name);
}

// src/main.ts
process.exitCode = 1;
async function main() {
  const config = loadConfig(process.env.NODE_ENV ?? "development");
  import_node_assert.default.strictEqual(config.title, "Notes (development)");
  import_node_assert.default.strictEqual(render("page", { title: config.title }), "<h1>Notes (development)</h1>");
  import_node_assert.default.strictEqual(translate("nl", "bye"), "dag");
  import_node_assert.default.deepStrictEqual(await migrations(), ["1-create", "2-index"]);
  const worker = new import_node_worker_threads.Worker(path3.resolve(__dirname, "./jobs/count.js"), { workerData: "one two" });
  import_node_assert.default.deepStrictEqual(await (0, import_node_events.once)(worker, "message"), [2]);
  const child = (0, import_node_child_process.fork)(path3.join(__dirname, "jobs", "ping.js"));
  child.send("ping");
  import_node_assert.default.strictEqual((await (0, import_node_events.once)(child, "message"))[0], "pong");
  child.disconnect();
  console.log("ok bundled-esbuild");
  process.exitCode = 0;
}
void main();
