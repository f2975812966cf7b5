'use strict';

// Languages by name, with the languages that they build on, and the style sheet of a theme.
const assert = require('node:assert');
const fs = require('node:fs');
const Prism = require('prismjs');
const loadLanguages = require('prismjs/components/');

process.exitCode = 1;

const wanted = process.argv.length > 2 ? process.argv.slice(2) : ['php', 'rust', 'jsx'];
loadLanguages(wanted);
for (const language of ['php', 'markup-templating', 'rust', 'jsx']) assert.ok(Prism.languages[language], language);
const html = Prism.highlight('fn main() {}', Prism.languages.rust, 'rust');
assert.match(html, /<span class="token keyword">fn<\/span>/);
const css = fs.readFileSync(require.resolve('prismjs/themes/prism-okaidia.css'), 'utf8');
assert.match(css, /\.token\.keyword/);
console.log('ok prismjs');
process.exitCode = 0;
