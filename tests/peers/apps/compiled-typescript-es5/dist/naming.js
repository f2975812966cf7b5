"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.naming = void 0;
var naming = function (n, word) { return "".concat(n, "-").concat(word); };
exports.naming = naming;
