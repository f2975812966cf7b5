"use strict";

Object.defineProperty(exports, "__esModule", {
  value: true
});
exports.Templates = void 0;
exports.render = render;
var _fs = require("fs");
var _path = _interopRequireDefault(require("path"));
function _interopRequireDefault(e) { return e && e.__esModule ? e : { default: e }; }
function _defineProperty(e, r, t) { return (r = _toPropertyKey(r)) in e ? Object.defineProperty(e, r, { value: t, enumerable: !0, configurable: !0, writable: !0 }) : e[r] = t, e; }
function _toPropertyKey(t) { var i = _toPrimitive(t, "string"); return "symbol" == typeof i ? i : i + ""; }
function _toPrimitive(t, e) { if ("object" != typeof t || !t) return t; var r; if ("undefined" != typeof Symbol && void 0 !== (r = t[Symbol.toPrimitive])) { var i = r.call(t, e || "default"); if ("object" != typeof i) return i; throw new TypeError("@@toPrimitive must return a primitive value."); } return ("string" === e ? String : Number)(t); }
class Templates {
  read(name) {
    return (0, _fs.readFileSync)(_path.default.join(Templates.root, name + '.html'), {
      encoding: 'utf8'
    }).trim();
  }
}
exports.Templates = Templates;
_defineProperty(Templates, "root", _path.default.resolve(__dirname, '../assets/templates'));
function render(name, values) {
  return new Templates().read(name).replace(/\{(\w+)\}/g, (_, key) => {
    var _values$key;
    return (_values$key = values[key]) !== null && _values$key !== void 0 ? _values$key : '';
  });
}
