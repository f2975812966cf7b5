// A pool of threads that all run the same file, given as a URL.
import assert from 'node:assert';
import { Piscina } from 'piscina';

process.exitCode = 1;

const pool = new Piscina({
  filename: new URL('./worker.mjs', import.meta.url).href,
  minThreads: 1,
  maxThreads: 2,
});
const results = await Promise.all([pool.run({ a: 1, b: 2 }), pool.run({ a: 3, b: 4 }), pool.run({ a: 5 }, { name: 'negate' })]);
assert.deepStrictEqual(results, [3, 7, -5]);
await pool.destroy();
console.log('ok piscina');
process.exitCode = 0;
