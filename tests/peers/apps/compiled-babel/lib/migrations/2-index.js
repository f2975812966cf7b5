"use strict";

Object.defineProperty(exports, "__esModule", {
  value: true
});
exports.name = void 0;
var _naming = require("../naming");
const name = exports.name = (0, _naming.naming)(2, 'index');
