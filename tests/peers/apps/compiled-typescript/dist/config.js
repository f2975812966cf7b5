"use strict";
var __importDefault = (this && this.__importDefault) || function (mod) {
    return (mod && mod.__esModule) ? mod : { "default": mod };
};
Object.defineProperty(exports, "__esModule", { value: true });
exports.loadConfig = loadConfig;
const fs_1 = __importDefault(require("fs"));
const node_path_1 = require("node:path");
const CONFIG_DIR = (0, node_path_1.join)(__dirname, '..', 'config');
function loadConfig(env) {
    const file = (0, node_path_1.join)(CONFIG_DIR, `${env}.json`);
    return { ...read((0, node_path_1.join)(CONFIG_DIR, 'default.json')), ...(fs_1.default.existsSync(file) ? read(file) : {}) };
}
const read = (file) => JSON.parse(fs_1.default.readFileSync(file, 'utf-8'));
