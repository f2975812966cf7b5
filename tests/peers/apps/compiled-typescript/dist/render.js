"use strict";
var __importDefault = (this && this.__importDefault) || function (mod) {
    return (mod && mod.__esModule) ? mod : { "default": mod };
};
Object.defineProperty(exports, "__esModule", { value: true });
exports.Templates = void 0;
exports.render = render;
const fs_1 = require("fs");
const path_1 = __importDefault(require("path"));
class Templates {
    read(name) {
        return (0, fs_1.readFileSync)(path_1.default.join(Templates.root, name + '.html'), { encoding: 'utf8' }).trim();
    }
}
exports.Templates = Templates;
Templates.root = path_1.default.resolve(__dirname, '../assets/templates');
function render(name, values) {
    return new Templates().read(name).replace(/\{(\w+)\}/g, (_, key) => values[key] ?? '');
}
