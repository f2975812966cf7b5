'use strict';

// Settings from the command line, the environment and files, each by a store the package loads by name.
const assert = require('node:assert');
const path = require('node:path');
const nconf = require('nconf');

process.exitCode = 1;

nconf.argv().env({ whitelist: ['NODE_ENV', 'PATH'] });
nconf.file('user', path.join(__dirname, 'settings', 'user.json'));
nconf.file('base', { file: path.join(__dirname, 'settings', 'base.json') });
nconf.defaults({ color: 'none', size: 1 });
assert.strictEqual(nconf.get('color'), 'red');
assert.strictEqual(nconf.get('limits:rate'), 10);
assert.strictEqual(nconf.get('size'), 1);
assert.ok(nconf.get('PATH'));
console.log('ok nconf');
process.exitCode = 0;
