"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.name = void 0;
var naming_1 = require("../naming");
exports.name = (0, naming_1.naming)(2, 'index');
