// A store with two databases in it, and a transaction: the addon is a package per platform.
import assert from 'node:assert';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { open } from 'lmdb';

process.exitCode = 1;

const dir = mkdtempSync(path.join(os.tmpdir(), 'monotrace-lmdb-'));
try {
  const root = open({ path: path.join(dir, 'store'), compression: true });
  const people = root.openDB('people');
  await people.transaction(() => {
    people.put('ada', { born: 1815, notes: 'x'.repeat(5000) });
    people.put('alan', { born: 1912 });
  });
  assert.strictEqual(people.get('ada').notes.length, 5000);
  assert.deepStrictEqual([...people.getRange({ start: 'al' })], [{ key: 'alan', value: { born: 1912 } }]);
  await root.close();
} finally {
  rmSync(dir, { recursive: true, force: true });
}
console.log('ok lmdb');
process.exitCode = 0;
