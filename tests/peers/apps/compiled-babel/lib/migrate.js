"use strict";

Object.defineProperty(exports, "__esModule", {
  value: true
});
exports.migrations = migrations;
var _promises = require("node:fs/promises");
var _nodePath = _interopRequireDefault(require("node:path"));
function _interopRequireDefault(e) { return e && e.__esModule ? e : { default: e }; }
function asyncGeneratorStep(n, t, e, r, o, a, c) { try { var i = n[a](c), u = i.value; } catch (n) { return void e(n); } i.done ? t(u) : Promise.resolve(u).then(r, o); }
function _asyncToGenerator(n) { return function () { var t = this, e = arguments; return new Promise(function (r, o) { var a = n.apply(t, e); function _next(n) { asyncGeneratorStep(a, r, o, _next, _throw, "next", n); } function _throw(n) { asyncGeneratorStep(a, r, o, _next, _throw, "throw", n); } _next(void 0); }); }; }
function migrations() {
  return _migrations.apply(this, arguments);
}
function _migrations() {
  _migrations = _asyncToGenerator(function* () {
    const dir = _nodePath.default.join(__dirname, 'migrations');
    const files = (yield (0, _promises.readdir)(dir)).filter(file => file.endsWith('.js')).sort();
    return files.map(file => require(_nodePath.default.join(dir, file)).name);
  });
  return _migrations.apply(this, arguments);
}
