'use strict';

// A task that runs in the background: in a process that the package forks, from a file of the program.
const assert = require('node:assert');
const path = require('node:path');
const cron = require('node-cron');

process.exitCode = 1;

async function main() {
  const task = cron.createTask('* * * * * *', path.join(__dirname, 'tasks', 'report.js'), { name: 'report' });
  await task.start();
  assert.strictEqual(await task.execute(), 'reported 3 rows');
  await task.stop();
  console.log('ok node-cron');
  process.exit(0);
}

main();
