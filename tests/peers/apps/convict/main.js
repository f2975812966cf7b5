'use strict';

// A schema of the settings, and the file of the environment that the schema has found out.
const assert = require('node:assert');
const config = require('./config');

process.exitCode = 1;

assert.strictEqual(config.get('port'), 9000);
assert.strictEqual(config.get('title'), 'Staging');
console.log('ok convict');
process.exitCode = 0;
