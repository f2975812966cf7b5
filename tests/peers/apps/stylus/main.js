'use strict';

// Stylus reads its own library of functions, written in Stylus, and the sheets that the program imports.
const assert = require('node:assert');
const { readFileSync } = require('node:fs');
const path = require('node:path');
const stylus = require('stylus');

process.exitCode = 1;

const main = path.join(__dirname, 'styles', 'main.styl');
stylus(readFileSync(main, 'utf8'))
  .set('filename', main)
  .include(path.join(__dirname, 'styles', 'shared'))
  .render((err, css) => {
    assert.ifError(err);
    assert.match(css, /color: #00f/);
    assert.match(css, /opacity: 0\.5/);
    console.log('ok stylus');
    process.exitCode = 0;
  });
