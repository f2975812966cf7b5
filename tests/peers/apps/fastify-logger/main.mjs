// The logger of Fastify through pino-pretty, which Fastify's user only names.
import assert from 'node:assert';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import Fastify from 'fastify';

process.exitCode = 1;

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'monotrace-fastify-logger-'));
const destination = path.join(dir, 'server.log');
const app = Fastify({
  logger: { level: 'info', transport: { target: 'pino-pretty', options: { destination, colorize: false, sync: true } } },
});
app.get('/', async (request) => {
  request.log.info('somebody came');
  return 'hi';
});
assert.strictEqual((await app.inject('/')).body, 'hi');
await app.close();
const written = () => fs.existsSync(destination) && fs.readFileSync(destination, 'utf8');
for (let tries = 0; tries < 80 && !/request completed/.test(written()); tries++) await setTimeout(50);
assert.match(written(), /INFO.*: somebody came/);
fs.rmSync(dir, { recursive: true, force: true });
console.log('ok fastify-logger');
process.exitCode = 0;
