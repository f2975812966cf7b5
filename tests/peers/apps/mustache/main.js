'use strict';

// Reads every partial of a folder, then renders a page with them.
const assert = require('node:assert');
const fs = require('node:fs');
const { join, parse } = require('node:path');
const Mustache = require('mustache');

process.exitCode = 1;

const partialsDir = join(__dirname, 'templates', 'partials');
const partials = {};
for (const file of fs.readdirSync(partialsDir)) {
  partials[parse(file).name] = fs.readFileSync(join(partialsDir, file), 'utf8');
}
const page = fs.readFileSync(`${__dirname}/templates/page.mustache`).toString();
const html = Mustache.render(page, { title: 'Menu', links: [{ href: '/a' }, { href: '/b' }] }, partials);
assert.match(html, /<h1>Menu<\/h1>/);
assert.match(html, /<a href="&#x2F;a">\s*<a href="&#x2F;b">/);
assert.match(html, /bye/);
console.log('ok mustache');
process.exitCode = 0;
