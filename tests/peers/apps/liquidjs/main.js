'use strict';

// Templates, partials and layouts in folders of their own.
const assert = require('node:assert');
const { resolve } = require('node:path');
const { Liquid } = require('liquidjs');

process.exitCode = 1;

const engine = new Liquid({
  root: resolve(__dirname, 'views'),
  partials: resolve(__dirname, 'views/partials'),
  layouts: resolve(__dirname, 'views/layouts'),
  extname: '.liquid',
});
engine.renderFile('todo', { todos: ['rest', 'walk'] }).then((html) => {
  assert.match(html, /^<h1>todo<\/h1>/);
  assert.match(html, /<i>1 rest<\/i>\s*<i>2 walk<\/i>/);
  assert.match(engine.renderFileSync('partials/item', { n: 3, item: 'sleep' }), /3 sleep/);
  console.log('ok liquidjs');
  process.exitCode = 0;
});
