'use strict';

// Locales and plugins, each required by a name from the settings.
const assert = require('node:assert');
const dayjs = require('dayjs');
const settings = require('./settings.json');

process.exitCode = 1;

for (const plugin of settings.plugins) {
  dayjs.extend(require('dayjs/plugin/' + plugin));
}
function useLocale(name) {
  require(`dayjs/locale/${name}.js`);
  return dayjs.locale(name);
}
const day = dayjs.utc('2024-03-01T12:00:00Z');
assert.strictEqual(useLocale(settings.locale), 'sv');
assert.strictEqual(day.locale('sv').format('dddd D MMMM'), 'fredag 1 mars');
useLocale('pt-br');
assert.strictEqual(day.locale('pt-br').from(day.subtract(2, 'day')), 'em 2 dias');
console.log('ok dayjs');
process.exitCode = 0;
