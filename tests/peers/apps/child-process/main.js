'use strict';

// Programs of its own that it forks, spawns and executes.
const assert = require('node:assert');
const { execFileSync, fork, spawn } = require('node:child_process');
const { once } = require('node:events');
const { join, resolve } = require('node:path');

process.exitCode = 1;

async function main() {
  const child = fork(join(__dirname, 'children', 'echo.js'), ['--loud']);
  child.send('hello');
  const [answer] = await once(child, 'message');
  assert.strictEqual(answer, 'HELLO');
  child.disconnect();

  const script = resolve(__dirname, 'children/count.mjs');
  const counter = spawn(process.execPath, [script, '3'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  counter.stdout.on('data', (data) => (printed += data));
  await once(counter, 'close');
  assert.strictEqual(printed, '1 2 3\n');

  const shell = execFileSync('sh', [`${__dirname}/children/greet.sh`, 'Ada'], { encoding: 'utf8' });
  assert.strictEqual(shell, 'Hello Ada\n');
  console.log('ok child-process');
  process.exitCode = 0;
}

main();
