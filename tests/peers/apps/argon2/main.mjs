// Hashes and verifies a password, in an addon found by node-gyp-build.
import assert from 'node:assert';
import argon2 from 'argon2';

process.exitCode = 1;

const hash = await argon2.hash('secret', { type: argon2.argon2id, memoryCost: 4096, timeCost: 2 });
assert.match(hash, /^\$argon2id\$v=19\$/);
assert.strictEqual(await argon2.verify(hash, 'secret'), true);
assert.strictEqual(await argon2.verify(hash, 'wrong'), false);
console.log('ok argon2');
process.exitCode = 0;
