'use strict';

// A farm of child processes and one of threads around a module of the program.
const assert = require('node:assert');
const { Worker: JestWorker } = require('jest-worker');

process.exitCode = 1;

async function main() {
  for (const enableWorkerThreads of [false, true]) {
    const farm = new JestWorker(require.resolve('./work'), { numWorkers: 1, enableWorkerThreads });
    assert.strictEqual(await farm.hash('text'), '982d9e3eb996f559e633f4d194def3761d909f5a3b647d1a851fead67c32c9d1');
    assert.strictEqual(await farm.length('text'), 4);
    await farm.end();
  }
  console.log('ok jest-worker');
  process.exitCode = 0;
}

main();
