'use strict';

// A style sheet from the classes of a page. Tailwind reads its own preflight.css by __dirname and the
// configuration by the path it is given.
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const postcss = require('postcss');
const tailwindcss = require('tailwindcss');

process.exitCode = 1;

async function main() {
  const from = path.join(__dirname, 'input.css');
  const plugin = tailwindcss(path.resolve(__dirname, 'tailwind.config.js'));
  const { css } = await postcss([plugin]).process(fs.readFileSync(from, 'utf8'), { from });
  assert.match(css, /\.text-brand\s*{/);
  assert.match(css, /\.md\\:flex\s*{/);
  assert.ok(!css.includes('.hidden'));
  // From preflight.css.
  assert.match(css, /-webkit-text-size-adjust: 100%/);
  console.log('ok tailwindcss');
  process.exitCode = 0;
}

main();
