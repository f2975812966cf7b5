'use strict';

// A hash in WebAssembly, read from the package's own folder.
const assert = require('node:assert');
const farmhash = require('farmhash-modern');

process.exitCode = 1;

const hash = farmhash.fingerprint64('hello world');
assert.strictEqual(hash, farmhash.fingerprint64(Buffer.from('hello world')));
assert.strictEqual(typeof hash, 'bigint');
assert.notStrictEqual(hash, farmhash.fingerprint64('hello World'));
assert.strictEqual(farmhash.hash32('test'), farmhash.hash32('test'));
console.log('ok farmhash');
process.exitCode = 0;
