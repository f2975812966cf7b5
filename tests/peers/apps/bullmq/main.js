'use strict';

// No Redis here: a worker of a queue that never starts, and the process that it has ready for its jobs.
const assert = require('node:assert');
const path = require('node:path');
const { ChildCommand, ParentCommand, Worker } = require('bullmq');

process.exitCode = 1;

async function main() {
  const processor = path.join(__dirname, 'processor.js');
  const connection = { host: '127.0.0.1', port: 1, lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: null };
  const worker = new Worker('mail', processor, { connection, autorun: false });
  worker.on('error', () => {});
  const child = await worker.childPool.retain(processor);
  const done = new Promise((resolve) => child.on('message', (message) => message.cmd === ParentCommand.Completed && resolve(message.value)));
  await child.send({ cmd: ChildCommand.Start, job: { id: '1', name: 'send', data: JSON.stringify({ to: 'ada' }), opts: {} }, token: 't' });
  assert.strictEqual(await done, 'sent to ada');
  await worker.childPool.clean();
  console.log('ok bullmq');
  process.exit(0);
}

main();
