'use strict';

// One interface to many template engines, each loaded when it is first asked for.
const assert = require('node:assert');
const path = require('node:path');
const cons = require('consolidate');

process.exitCode = 1;

const VIEWS = path.join(__dirname, 'views');

async function main() {
  const engines = { handlebars: 'greeting.hbs', nunjucks: 'greeting.njk', mustache: 'greeting.mustache', ejs: 'greeting.ejs' };
  for (const [engine, view] of Object.entries(engines)) {
    const html = await cons[engine](path.join(VIEWS, view), { name: 'Ada' });
    assert.strictEqual(html.trim(), `<p>${engine} greets Ada</p>`);
  }
  console.log('ok consolidate');
  process.exitCode = 0;
}

main();
