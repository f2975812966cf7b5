'use strict';

// No Redis here: the part of a queue that runs a job in a process of its own, from a processor file.
const assert = require('node:assert');
const path = require('node:path');
const Queue = require('bull');
const childPool = require('bull/lib/process/child-pool');
const sandbox = require('bull/lib/process/sandbox');

process.exitCode = 1;

async function main() {
  assert.strictEqual(typeof Queue, 'function');
  const pool = childPool();
  const run = sandbox(path.join(__dirname, 'processors', 'sum.js'), pool);
  const job = { id: 1, data: [1, 2, 3], toJSON: () => ({ id: 1, data: [1, 2, 3], opts: {} }) };
  assert.strictEqual(await run(job), 6);
  pool.clean();
  console.log('ok bull');
  process.exitCode = 0;
}

main();
