'use strict';

// A page with a script and a style; its synchronous request runs in a process that jsdom starts.
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const { JSDOM } = require('jsdom');

process.exitCode = 1;

async function main() {
  const dom = await JSDOM.fromFile(path.join(__dirname, 'page', 'index.html'), {
    runScripts: 'dangerously',
    resources: 'usable',
    pretendToBeVisual: true,
  });
  await new Promise((resolve) => dom.window.addEventListener('load', resolve));
  assert.strictEqual(dom.window.document.querySelector('#out').textContent, 'from the script');
  // The style sheet that jsdom itself brings.
  const { display } = dom.window.getComputedStyle(dom.window.document.querySelector('li'));
  assert.strictEqual(display, 'list-item');

  const request = new dom.window.XMLHttpRequest();
  request.open('GET', 'data:text/plain,synchronous', false);
  request.send();
  assert.strictEqual(request.responseText, 'synchronous');
  assert.ok(fs.existsSync(path.join(__dirname, 'page', 'script.js')));
  console.log('ok jsdom');
  process.exit(0);
}

main();
