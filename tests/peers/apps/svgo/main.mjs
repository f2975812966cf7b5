// Optimizes drawings by the configuration file of the program, which SVGO imports by its path.
import assert from 'node:assert';
import fs from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { loadConfig, optimize } from 'svgo';

process.exitCode = 1;

const here = new URL('.', import.meta.url);
const config = await loadConfig(fileURLToPath(new URL('svgo.config.mjs', here)));
const icons = new URL('icons/', here);
const sizes = [];
for (const name of (await fs.readdir(icons)).sort()) {
  const svg = await fs.readFile(new URL(name, icons), 'utf8');
  const { data } = optimize(svg, { ...config, path: name });
  assert.ok(data.length < svg.length);
  assert.ok(!data.includes('comment'));
  sizes.push(data.length);
}
assert.strictEqual(sizes.length, 2);
console.log('ok svgo');
process.exitCode = 0;
