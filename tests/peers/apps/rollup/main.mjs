// Bundles a source folder as its own configuration file says, which Rollup loads by its path.
import assert from 'node:assert';
import { fileURLToPath } from 'node:url';
import { rollup } from 'rollup';
import { loadConfigFile } from 'rollup/loadConfigFile';

process.exitCode = 1;

const { options, warnings } = await loadConfigFile(fileURLToPath(new URL('rollup.config.mjs', import.meta.url)));
assert.strictEqual(warnings.count, 0);
const bundle = await rollup(options[0]);
const { output } = await bundle.generate(options[0].output[0]);
assert.ok(!output[0].code.includes('unused'));
assert.strictEqual(new Function(`${output[0].code}; return area`)(), 12);
await bundle.close();
console.log('ok rollup');
process.exitCode = 0;
