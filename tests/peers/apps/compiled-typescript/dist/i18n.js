"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.translate = translate;
function translate(language, word) {
    const words = require('./i18n/' + language + '.json');
    return words[word] ?? word;
}
