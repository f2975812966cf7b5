'use strict';

// Like `webpack`, but minified, which terser-webpack-plugin does in worker threads of jest-worker.
const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const webpack = require('webpack');

process.exitCode = 1;

async function main() {
  const dir = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'monotrace-webpack-minimize-')));
  try {
    fs.writeFileSync(path.join(dir, 'a.mjs'), 'export const used = 40; export const not = "GONE";');
    fs.writeFileSync(path.join(dir, 'b.cjs'), 'exports.two = 2;');
    fs.writeFileSync(path.join(dir, 'lazy.js'), 'export default (a, b) => a + b + VERSION;');
    fs.writeFileSync(path.join(dir, 'data.json'), '{"word": "sum"}');
    fs.writeFileSync(
      path.join(dir, 'entry.js'),
      'import { used } from "./a.mjs"; import b from "./b.cjs"; import data from "./data.json";' +
        'import("./lazy.js").then((m) => console.log(data.word, m.default(used, b.two)));',
    );
    const compiler = webpack({
      mode: 'production',
      target: 'node',
      context: dir,
      entry: './entry.js',
      output: { path: path.join(dir, 'out'), filename: 'bundle.js' },
      optimization: { minimize: true },
      plugins: [new webpack.DefinePlugin({ VERSION: '0.5' })],
    });
    const stats = await new Promise((resolve, reject) =>
      compiler.run((err, result) => (err ? reject(err) : resolve(result))),
    );
    await new Promise((resolve, reject) => compiler.close((err) => (err ? reject(err) : resolve())));
    assert.deepStrictEqual(stats.toJson({ errors: true, warnings: true }).errors, []);
    const bundle = path.join(dir, 'out', 'bundle.js');
    const printed = execFileSync(process.execPath, [bundle], { encoding: 'utf8' });
    assert.strictEqual(printed, 'sum 42.5\n');
    assert.ok(!fs.readFileSync(bundle, 'utf8').includes('GONE'));
    assert.ok(!fs.readFileSync(bundle, 'utf8').trim().includes('\n'));
  } finally {
    fs.rmSync(dir, { recursive: true, force: true });
  }
  console.log('ok webpack-minimize');
  process.exitCode = 0;
}

main().catch((err) => {
  console.error(err);
  process.exit(1);
});
