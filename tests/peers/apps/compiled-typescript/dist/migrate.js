"use strict";
var __importDefault = (this && this.__importDefault) || function (mod) {
    return (mod && mod.__esModule) ? mod : { "default": mod };
};
Object.defineProperty(exports, "__esModule", { value: true });
exports.migrations = migrations;
const promises_1 = require("node:fs/promises");
const node_path_1 = __importDefault(require("node:path"));
async function migrations() {
    const dir = node_path_1.default.join(__dirname, 'migrations');
    const files = (await (0, promises_1.readdir)(dir)).filter((file) => file.endsWith('.js')).sort();
    return files.map((file) => require(node_path_1.default.join(dir, file)).name);
}
