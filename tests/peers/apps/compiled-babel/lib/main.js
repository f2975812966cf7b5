"use strict";

var _nodeAssert = _interopRequireDefault(require("node:assert"));
var _nodeEvents = require("node:events");
var _nodeChild_process = require("node:child_process");
var path = _interopRequireWildcard(require("path"));
var _nodeWorker_threads = require("node:worker_threads");
var _render = require("./render");
var _config = require("./config");
var _i18n = require("./i18n");
var _migrate = require("./migrate");
var cache;
function _interopRequireWildcard(e, t) { if (!t && e && e.__esModule) return e; var r, c, a = Object.defineProperty, n = { __proto__: null, default: e }; if (Object(e) !== e) return n; if (cache || "function" != typeof WeakMap || (cache = new WeakMap()), cache) { if (cache.has(e)) return cache.get(e); cache.set(e, n); } for (c in e) "default" !== c && {}.hasOwnProperty.call(e, c) && ((r = a && Object.getOwnPropertyDescriptor(e, c)) && (r.get || r.set) ? a(n, c, r) : n[c] = e[c]); return n; }
function _interopRequireDefault(e) { return e && e.__esModule ? e : { default: e }; }
function asyncGeneratorStep(n, t, e, r, o, a, c) { try { var i = n[a](c), u = i.value; } catch (n) { return void e(n); } i.done ? t(u) : Promise.resolve(u).then(r, o); }
function _asyncToGenerator(n) { return function () { var t = this, e = arguments; return new Promise(function (r, o) { var a = n.apply(t, e); function _next(n) { asyncGeneratorStep(a, r, o, _next, _throw, "next", n); } function _throw(n) { asyncGeneratorStep(a, r, o, _next, _throw, "throw", n); } _next(void 0); }); }; }
process.exitCode = 1;
function main() {
  return _main.apply(this, arguments);
}
function _main() {
  _main = _asyncToGenerator(function* () {
    var _process$env$NODE_ENV;
    const config = (0, _config.loadConfig)((_process$env$NODE_ENV = process.env.NODE_ENV) !== null && _process$env$NODE_ENV !== void 0 ? _process$env$NODE_ENV : 'development');
    _nodeAssert.default.strictEqual(config.title, 'Notes (development)');
    _nodeAssert.default.strictEqual((0, _render.render)('page', {
      title: config.title
    }), '<h1>Notes (development)</h1>');
    _nodeAssert.default.strictEqual((0, _i18n.translate)('nl', 'bye'), 'dag');
    _nodeAssert.default.deepStrictEqual(yield (0, _migrate.migrations)(), ['1-create', '2-index']);
    const worker = new _nodeWorker_threads.Worker(path.resolve(__dirname, './jobs/count.js'), {
      workerData: 'one two'
    });
    _nodeAssert.default.deepStrictEqual(yield (0, _nodeEvents.once)(worker, 'message'), [2]);
    const child = (0, _nodeChild_process.fork)(path.join(__dirname, 'jobs', 'ping.js'));
    child.send('ping');
    _nodeAssert.default.strictEqual((yield (0, _nodeEvents.once)(child, 'message'))[0], 'pong');
    child.disconnect();
    console.log('ok compiled-babel');
    process.exitCode = 0;
  });
  return _main.apply(this, arguments);
}
void main();
