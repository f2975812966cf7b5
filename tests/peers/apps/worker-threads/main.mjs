// Threads of Node itself, by a URL, by a path, and from a module that computes the name.
import assert from 'node:assert';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { runTask } from './tasks/run.mjs';

process.exitCode = 1;

const __dirname = path.dirname(fileURLToPath(import.meta.url));
const byUrl = new Worker(new URL('./by-url.mjs', import.meta.url), { workerData: 20 });
assert.deepStrictEqual(await once(byUrl, 'message'), [40]);

const byPath = new Worker(path.join(__dirname, 'by-path.cjs'), { workerData: 'word' });
assert.deepStrictEqual(await once(byPath, 'message'), ['drow']);

assert.strictEqual(await runTask('double', 4), 8);
assert.strictEqual(await runTask('triple', 4), 12);
console.log('ok worker-threads');
process.exitCode = 0;
