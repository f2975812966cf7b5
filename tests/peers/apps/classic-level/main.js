'use strict';

// Writes, reads back and iterates over a database: an addon that node-gyp-build finds in prebuilds/.
const assert = require('node:assert');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { ClassicLevel } = require('classic-level');

process.exitCode = 1;

async function main() {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'monotrace-classic-level-'));
  try {
    const db = new ClassicLevel(path.join(dir, 'db'), { valueEncoding: 'json' });
    await db.batch([
      { type: 'put', key: 'a', value: { n: 1 } },
      { type: 'put', key: 'b', value: { n: 2 } },
      { type: 'put', key: 'c', value: { n: 3 } },
    ]);
    assert.deepStrictEqual(await db.get('b'), { n: 2 });
    const keys = [];
    for await (const key of db.keys({ gt: 'a' })) keys.push(key);
    assert.deepStrictEqual(keys, ['b', 'c']);
    await db.close();
  } finally {
    fs.rmSync(dir, { recursive: true, force: true });
  }
  console.log('ok classic-level');
  process.exitCode = 0;
}

main().catch((err) => {
  console.error(err);
  process.exit(1);
});
