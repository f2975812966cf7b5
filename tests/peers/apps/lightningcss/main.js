'use strict';

// Compiles the style sheets of a folder, each by its name.
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const { transform, browserslistToTargets } = require('lightningcss');

process.exitCode = 1;

const styles = path.join(__dirname, 'styles');
const targets = browserslistToTargets(['chrome 80']);
const compiled = fs
  .readdirSync(styles)
  .sort()
  .map((name) => {
    const code = fs.readFileSync(path.join(styles, name));
    return transform({ filename: name, code, minify: true, targets }).code.toString();
  });
assert.deepStrictEqual(compiled, ['.card .title{color:red}', '.wide{margin-inline-start:4px;margin-inline-end:4px}']);
console.log('ok lightningcss');
process.exitCode = 0;
