// Transforms and bundles: the work is done by a program in a package of this platform.
import assert from 'node:assert';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

process.exitCode = 1;

const here = path.dirname(fileURLToPath(import.meta.url));
const { code } = await esbuild.transform('let n: number = 1 + 2; export default n', { loader: 'ts', minify: true });
assert.match(code, /export default/);
assert.ok(!code.includes('number'));

const result = await esbuild.build({
  stdin: { contents: 'import { twice } from "./twice"; globalThis.answer = twice(21)', loader: 'ts', resolveDir: path.join(here, 'src') },
  bundle: true,
  write: false,
  format: 'iife',
});
(0, eval)(result.outputFiles[0].text);
assert.strictEqual(globalThis.answer, 42);
await esbuild.stop();
console.log('ok esbuild');
process.exitCode = 0;
