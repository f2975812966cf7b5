'use strict';

// What browsers can do: tables of caniuse-lite by computed names, and the list of browsers from a
// configuration file in the program's folder.
const assert = require('node:assert');
const path = require('node:path');
const browserslist = require('browserslist');
const { feature, region } = require('caniuse-lite');
const compat = require('core-js-compat');

process.exitCode = 1;

function table(name) {
  return feature(require(`caniuse-lite/data/features/${name}`));
}
const config = browserslist.loadConfig({ config: path.join(__dirname, '.browserslistrc') });
const browsers = browserslist(config);
assert.ok(browsers.includes('chrome 90') && browsers.length === 2, browsers.join());
assert.match(table('css-grid').title, /CSS Grid/);
assert.match(table('webp').stats.chrome['90'], /^y/);
const netherlands = region(require('caniuse-lite/data/regions/NL.js'));
assert.ok(netherlands.chrome);
const usage = browserslist('> 5% in NL');
assert.ok(usage.length > 0);
const { list } = compat({ targets: browsers, modules: ['es.array.at', 'es.object.assign'] });
assert.deepStrictEqual(list, ['es.array.at']);
console.log('ok caniuse');
process.exitCode = 0;
