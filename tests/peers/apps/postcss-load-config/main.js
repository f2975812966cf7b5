'use strict';

// The plugins of a configuration file: it is found by its name in the folder that the program gives,
// and names its plugins as strings.
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const postcss = require('postcss');
const postcssrc = require('postcss-load-config');

process.exitCode = 1;

async function main() {
  const from = path.join(__dirname, 'css', 'main.css');
  const { plugins, options } = await postcssrc({ env: 'production' }, path.join(__dirname, 'config'));
  const result = await postcss(plugins).process(fs.readFileSync(from, 'utf8'), { ...options, from });
  assert.match(result.css, /-webkit-user-select: none/);
  console.log('ok postcss-load-config');
  process.exitCode = 0;
}

main();
