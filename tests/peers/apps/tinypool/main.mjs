// Tasks in child processes, then in threads: the package starts its own script for each kind.
import assert from 'node:assert';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import Tinypool from 'tinypool';

process.exitCode = 1;

const __dirname = dirname(fileURLToPath(import.meta.url));
for (const runtime of ['child_process', 'worker_threads']) {
  const pool = new Tinypool({ filename: resolve(__dirname, './tasks/square.mjs'), runtime, minThreads: 1, maxThreads: 1 });
  assert.strictEqual(await pool.run(12), 144);
  await pool.destroy();
}
console.log('ok tinypool');
process.exitCode = 0;
