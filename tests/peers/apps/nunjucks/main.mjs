// Templates that extend, include and import one another, from a folder.
import assert from 'node:assert';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import nunjucks from 'nunjucks';

process.exitCode = 1;

const __dirname = path.dirname(fileURLToPath(import.meta.url));
const env = nunjucks.configure(path.join(__dirname, 'templates'), { autoescape: true, trimBlocks: true });
env.addFilter('reverse_words', (text) => text.split(' ').reverse().join(' '));
const html = env.render('page.html', { title: 'A & B', items: ['one two', 'three four'] });
assert.match(html, /<title>A &amp; B<\/title>/);
assert.match(html, /<li>two one<\/li>\s*<li>four three<\/li>/);
assert.match(html, /<input name="q">/);
console.log('ok nunjucks');
process.exitCode = 0;
