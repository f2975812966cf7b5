'use strict';

// Waits for a callback without giving up the stack: an addon for each platform and each version of Node.
const assert = require('node:assert');
const fs = require('node:fs');
const deasync = require('deasync');

process.exitCode = 1;

const stat = deasync(fs.stat);
assert.ok(stat(__dirname).isDirectory());
let done = false;
setTimeout(() => (done = true), 20);
deasync.loopWhile(() => !done);
assert.ok(done);
console.log('ok deasync');
process.exitCode = 0;
