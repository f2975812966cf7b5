'use strict';

// Style sheets that import one another and a plugin, which less requires by the name they give.
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const less = require('less');

process.exitCode = 1;

async function main() {
  const filename = path.join(__dirname, 'styles', 'main.less');
  const { css, imports } = await less.render(fs.readFileSync(filename, 'utf8'), {
    filename,
    paths: [path.join(__dirname, 'styles')],
  });
  assert.strictEqual(imports.length, 2);
  assert.match(css, /\.box \{\s*color: #336699;\s*width: 42;/);
  console.log('ok less');
  process.exitCode = 0;
}

main();
