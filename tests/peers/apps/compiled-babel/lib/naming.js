"use strict";

Object.defineProperty(exports, "__esModule", {
  value: true
});
exports.naming = void 0;
const naming = (n, word) => `${n}-${word}`;
exports.naming = naming;
