'use strict';

// Configuration files of several kinds, loaded by path and by a search in a folder.
const assert = require('node:assert');
const path = require('node:path');
const { cosmiconfig, cosmiconfigSync } = require('cosmiconfig');

process.exitCode = 1;

async function main() {
  const explorer = cosmiconfig('painter');
  const found = await explorer.search(path.join(__dirname, 'project'));
  assert.deepStrictEqual(found.config, { colour: 'green', brushes: ['fine'] });
  assert.strictEqual(path.basename(found.filepath), '.painterrc.yaml');

  const loaded = await explorer.load(path.join(__dirname, 'painter.config.mjs'));
  assert.deepStrictEqual(loaded.config, { colour: 'blue' });
  const sync = cosmiconfigSync('painter').load(path.resolve(__dirname, './painter.config.cjs'));
  assert.deepStrictEqual(sync.config, { colour: 'black' });
  console.log('ok cosmiconfig');
  process.exitCode = 0;
}

main();
