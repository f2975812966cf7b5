"use strict";

Object.defineProperty(exports, "__esModule", {
  value: true
});
exports.translate = translate;
function translate(language, word) {
  var _words$word;
  const words = require('./i18n/' + language + '.json');
  return (_words$word = words[word]) !== null && _words$word !== void 0 ? _words$word : word;
}
