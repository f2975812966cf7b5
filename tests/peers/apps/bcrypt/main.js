'use strict';

// Hashes a password in an addon, by the promises and by the calls that block.
const assert = require('node:assert');
const bcrypt = require('bcrypt');

process.exitCode = 1;

(async () => {
  const hash = await bcrypt.hash('secret', 4);
  assert.ok(await bcrypt.compare('secret', hash));
  assert.ok(!bcrypt.compareSync('Secret', hash));
  assert.strictEqual(bcrypt.getRounds(hash), 4);
  console.log('ok bcrypt');
  process.exitCode = 0;
})();
