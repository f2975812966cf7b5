'use strict';

// A pool of processes and one of threads, which both run a script that registers its methods.
const assert = require('node:assert');
const workerpool = require('workerpool');

process.exitCode = 1;

async function main() {
  for (const workerType of ['process', 'thread']) {
    const pool = workerpool.pool(__dirname + '/workers/fibonacci.js', { workerType, maxWorkers: 1 });
    assert.strictEqual(await pool.exec('fibonacci', [15]), 610);
    await pool.terminate();
  }
  // Without a script the package runs one of its own.
  const pool = workerpool.pool({ workerType: 'thread' });
  assert.strictEqual(await pool.exec((a, b) => a * b, [6, 7]), 42);
  await pool.terminate();
  console.log('ok workerpool');
  process.exitCode = 0;
}

main();
