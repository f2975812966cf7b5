// Compiles a style sheet that uses others, from a folder of its own and from a load path.
import assert from 'node:assert';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as sass from 'sass';

process.exitCode = 1;

const here = path.dirname(fileURLToPath(import.meta.url));
const { css, loadedUrls } = sass.compile(path.join(here, 'scss/main.scss'), {
  loadPaths: [path.join(here, 'scss'), path.join(here, 'vendor')],
  style: 'compressed',
});
assert.strictEqual(css, '.card{color:teal;padding:16px}.card--wide{width:90%}');
assert.strictEqual(loadedUrls.length, 3);
console.log('ok sass');
process.exitCode = 0;
