// The core of a highlighter and the languages of a list, and a theme read from the package.
import assert from 'node:assert';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import hljs from 'highlight.js/lib/core';

process.exitCode = 1;

const require = createRequire(import.meta.url);
const languages = JSON.parse(readFileSync(new URL('languages.json', import.meta.url), 'utf8'));
for (const language of languages) {
  hljs.registerLanguage(language, require(`highlight.js/lib/languages/${language}`));
}
assert.match(hljs.highlight('SELECT 1', { language: 'sql' }).value, /<span class="hljs-keyword">SELECT<\/span>/);
assert.strictEqual(hljs.highlightAuto('fn main() { println!("x"); }').language, 'rust');
const css = readFileSync(require.resolve('highlight.js/styles/github.css'), 'utf8');
assert.match(css, /\.hljs-keyword/);
console.log('ok highlight.js');
process.exitCode = 0;
