"use strict";
var __importDefault = (this && this.__importDefault) || function (mod) {
    return (mod && mod.__esModule) ? mod : { "default": mod };
};
Object.defineProperty(exports, "__esModule", { value: true });
exports.Templates = void 0;
exports.render = render;
var fs_1 = require("fs");
var path_1 = __importDefault(require("path"));
var Templates = /** @class */ (function () {
    function Templates() {
    }
    Templates.prototype.read = function (name) {
        return (0, fs_1.readFileSync)(path_1.default.join(Templates.root, name + '.html'), { encoding: 'utf8' }).trim();
    };
    Templates.root = path_1.default.resolve(__dirname, '../assets/templates');
    return Templates;
}());
exports.Templates = Templates;
function render(name, values) {
    return new Templates().read(name).replace(/\{(\w+)\}/g, function (_, key) { var _a; return (_a = values[key]) !== null && _a !== void 0 ? _a : ''; });
}
