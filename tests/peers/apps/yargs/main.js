'use strict';

// A command line with its commands in a folder, and messages in the language of the user.
const assert = require('node:assert');
const yargs = require('yargs/yargs');

process.exitCode = 1;

async function main() {
  const ran = await yargs(['add', '2', '3']).commandDir('commands').parseAsync();
  assert.strictEqual(ran.sum, 5);
  await yargs(['remove', 'x', '--force']).commandDir('commands').parseAsync();
  assert.deepStrictEqual(globalThis.removed, ['x', true]);

  const help = await yargs([]).locale('de').option('port', { demandOption: true }).getHelp();
  assert.match(help, /Optionen:/);
  assert.match(help, /erforderlich/);
  console.log('ok yargs');
  process.exitCode = 0;
}

main();
