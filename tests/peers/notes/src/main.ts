import assert from 'node:assert';
import { once } from 'node:events';
import { fork } from 'node:child_process';
import * as path from 'path';
import { Worker } from 'node:worker_threads';
import { render } from './render';
import { loadConfig } from './config';
import { translate } from './i18n';
import { migrations } from './migrate';

process.exitCode = 1;

async function main(): Promise<void> {
  const config = loadConfig(process.env.NODE_ENV ?? 'development');
  assert.strictEqual(config.title, 'Notes (development)');
  assert.strictEqual(render('page', { title: config.title }), '<h1>Notes (development)</h1>');
  assert.strictEqual(translate('nl', 'bye'), 'dag');
  assert.deepStrictEqual(await migrations(), ['1-create', '2-index']);

  const worker = new Worker(path.resolve(__dirname, './jobs/count.js'), { workerData: 'one two' });
  assert.deepStrictEqual(await once(worker, 'message'), [2]);
  const child = fork(path.join(__dirname, 'jobs', 'ping.js'));
  child.send('ping');
  assert.strictEqual((await once(child, 'message'))[0], 'pong');
  child.disconnect();
  console.log('ok NAME');
  process.exitCode = 0;
}

void main();
