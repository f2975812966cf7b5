// One transport, named as most programs name it: in an object, with an option for each environment.
import assert from 'node:assert';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pino from 'pino';

process.exitCode = 1;

const file = path.join(os.tmpdir(), `monotrace-pino-single-${process.pid}.log`);
const production = process.env.NODE_ENV === 'production';
const logger = pino({
  transport: production
    ? { target: 'pino/file', options: { destination: file } }
    : { target: fileURLToPath(new URL('./short-transport.mjs', import.meta.url)), options: { file } },
});
logger.warn('careful');
for (let tries = 0; tries < 100 && !fs.existsSync(file); tries++) await sleep(50);
assert.strictEqual(fs.readFileSync(file, 'utf8'), 'W careful\n');
fs.rmSync(file);
console.log('ok pino-single');
process.exitCode = 0;
