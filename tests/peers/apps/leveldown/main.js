'use strict';

// The callbacks of an older addon of the same family, which has its own copy of node-gyp-build.
const assert = require('node:assert');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const leveldown = require('leveldown');

process.exitCode = 1;

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'monotrace-leveldown-'));
const db = leveldown(path.join(dir, 'db'));
const must = (then) => (err, value) => {
  assert.ifError(err);
  then(value);
};
db.open(
  must(() =>
    db.put('key', 'value', must(() =>
      db.get('key', { asBuffer: false }, must((value) => {
        assert.strictEqual(value, 'value');
        db.close(must(() => {
          fs.rmSync(dir, { recursive: true, force: true });
          console.log('ok leveldown');
          process.exitCode = 0;
        }));
      })),
    )),
  ),
);
