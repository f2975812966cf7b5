'use strict';

// A build by a configuration file with three loaders. webpack requires a loader by its name or path.
const assert = require('node:assert');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const webpack = require('webpack');
const config = require('./webpack.config');

process.exitCode = 1;

async function main() {
  const out = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'monotrace-webpack-loaders-')));
  try {
    const compiler = webpack({ ...config, output: { ...config.output, path: out } });
    const stats = await new Promise((resolve, reject) =>
      compiler.run((err, result) => (err ? reject(err) : resolve(result))),
    );
    await new Promise((resolve, reject) => compiler.close((err) => (err ? reject(err) : resolve())));
    assert.deepStrictEqual(stats.toJson({ all: false, errors: true }).errors, []);
    const built = require(path.join(out, 'bundle.js'));
    assert.strictEqual(built.total([1, 2, 3]), 6);
    assert.match(String(built.css), /\.total\s*{\s*color: teal/);
    assert.strictEqual(built.logo, 'data:image/svg+xml');
  } finally {
    fs.rmSync(out, { recursive: true, force: true });
  }
  console.log('ok webpack-loaders');
  process.exitCode = 0;
}

main();
