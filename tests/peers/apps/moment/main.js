'use strict';

// Locales that moment itself requires by a computed name when they are first asked for.
const assert = require('node:assert');
const moment = require('moment');

process.exitCode = 1;

const day = moment.utc('2024-03-01T12:00:00Z');
const written = {};
for (const locale of ['en', 'fr', 'ja', 'ar-sa']) {
  assert.strictEqual(moment.locale(locale), locale);
  written[locale] = day.clone().locale(locale).format('MMMM');
}
assert.deepStrictEqual(written, { en: 'March', fr: 'mars', ja: '3月', 'ar-sa': 'مارس' });
console.log('ok moment');
process.exitCode = 0;
