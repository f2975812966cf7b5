'use strict';

// Settings of several files in a folder, one for each environment.
const assert = require('node:assert');
const path = require('node:path');

process.exitCode = 1;

process.env.NODE_CONFIG_DIR = path.join(__dirname, 'config');
process.env.NODE_ENV ||= 'production';
process.env.DB_HOST = 'db.example.org';
const config = require('config');

assert.strictEqual(config.get('server.port'), 8080);
assert.strictEqual(config.get('server.host'), 'localhost');
assert.strictEqual(config.get('db.host'), 'db.example.org');
assert.ok(!config.has('db.missing'));
console.log('ok config');
process.exitCode = 0;
