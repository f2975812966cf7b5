'use strict';

// Names of countries in languages from the settings: the package requires a table for each it has.
const assert = require('node:assert');
const countries = require('i18n-iso-countries');

process.exitCode = 1;

const languages = (process.env.LANGUAGES || 'en,it,ja').split(',');
const names = languages.map((language) => countries.getName('NL', language));
assert.deepStrictEqual(names, ['Netherlands', 'Paesi Bassi', 'オランダ']);
assert.strictEqual(countries.getAlpha3Code('Germany', 'en'), 'DEU');
const tables = languages.map((language) => require('i18n-iso-countries/langs/' + language + '.json'));
assert.strictEqual(tables[1].countries.DE, 'Germania');
console.log('ok countries');
process.exitCode = 0;
