"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.translate = translate;
function translate(language, word) {
    var _a;
    var words = require('./i18n/' + language + '.json');
    return (_a = words[word]) !== null && _a !== void 0 ? _a : word;
}
