"use strict";
var __assign = (this && this.__assign) || function () {
    __assign = Object.assign || function(t) {
        for (var s, i = 1, n = arguments.length; i < n; i++) {
            s = arguments[i];
            for (var p in s) if (Object.prototype.hasOwnProperty.call(s, p))
                t[p] = s[p];
        }
        return t;
    };
    return __assign.apply(this, arguments);
};
var __importDefault = (this && this.__importDefault) || function (mod) {
    return (mod && mod.__esModule) ? mod : { "default": mod };
};
Object.defineProperty(exports, "__esModule", { value: true });
exports.loadConfig = loadConfig;
var fs_1 = __importDefault(require("fs"));
var node_path_1 = require("node:path");
var CONFIG_DIR = (0, node_path_1.join)(__dirname, '..', 'config');
function loadConfig(env) {
    var file = (0, node_path_1.join)(CONFIG_DIR, "".concat(env, ".json"));
    return __assign(__assign({}, read((0, node_path_1.join)(CONFIG_DIR, 'default.json'))), (fs_1.default.existsSync(file) ? read(file) : {}));
}
var read = function (file) { return JSON.parse(fs_1.default.readFileSync(file, 'utf-8')); };
