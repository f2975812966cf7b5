'use strict';

// Log lines to three transports in a worker thread: a file, a prettier, and one of the program's own.
const assert = require('node:assert');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');
const pino = require('pino');

process.exitCode = 1;

async function main() {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'monotrace-pino-'));
  const file = (name) => path.join(dir, name);
  const transport = pino.transport({
    targets: [
      { target: 'pino/file', options: { destination: file('plain.log') } },
      { target: 'pino-pretty', options: { destination: file('pretty.log'), colorize: false, sync: true } },
      { target: path.join(__dirname, 'transports', 'upper.js'), options: { destination: file('upper.log') } },
    ],
  });
  const logger = pino(transport);
  logger.info({ answer: 42 }, 'hello');

  const read = (name) => (fs.existsSync(file(name)) ? fs.readFileSync(file(name), 'utf8') : '');
  const complete = () => read('plain.log') && read('upper.log') && read('pretty.log').includes('answer');
  for (let tries = 0; tries < 100 && !complete(); tries++) await sleep(50);
  assert.strictEqual(JSON.parse(read('plain.log')).answer, 42);
  assert.match(read('pretty.log'), /INFO.*: hello\n\s+answer: 42/);
  assert.strictEqual(read('upper.log'), 'HELLO\n');
  transport.end();
  fs.rmSync(dir, { recursive: true, force: true });
  console.log('ok pino');
  process.exitCode = 0;
}

main();
