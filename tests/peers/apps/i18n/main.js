'use strict';

// Catalogs of words and plurals, read from a directory as they are needed.
const assert = require('node:assert');
const path = require('node:path');
const { I18n } = require('i18n');

process.exitCode = 1;

const i18n = new I18n({
  locales: ['en', 'nl'],
  directory: path.join(__dirname, 'locales'),
  updateFiles: false,
  defaultLocale: 'en',
});
assert.strictEqual(i18n.__('Hello'), 'Hello');
i18n.setLocale('nl');
assert.strictEqual(i18n.__('Hello'), 'Hallo');
assert.strictEqual(i18n.__n('%s cat', 3), '3 katten');
assert.strictEqual(i18n.__({ phrase: 'Hello', locale: 'en' }), 'Hello');
console.log('ok i18n');
process.exitCode = 0;
