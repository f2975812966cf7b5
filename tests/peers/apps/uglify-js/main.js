'use strict';

// UglifyJS reads the files of its lib folder and evaluates them as one script.
const assert = require('node:assert');
const fs = require('node:fs');
const UglifyJS = require('uglify-js');

process.exitCode = 1;

const code = { 'add.js': fs.readFileSync(`${__dirname}/scripts/add.js`, 'utf8'), 'use.js': fs.readFileSync(`${__dirname}/scripts/use.js`, 'utf8') };
const { code: min, error } = UglifyJS.minify(code, { toplevel: true, sourceMap: { filename: 'out.js' } });
assert.ifError(error);
assert.ok(min.length < 60, min);
assert.match(min, /console\.log\(5\)/);
console.log('ok uglify-js');
process.exitCode = 0;
