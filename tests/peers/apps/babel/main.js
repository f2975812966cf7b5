'use strict';

// Compiles modern code for an old target, with the preset and a plugin looked up by name.
const assert = require('node:assert');
const vm = require('node:vm');
const babel = require('@babel/core');

process.exitCode = 1;

const source = `
  class A { #x = 1; static async *each(list) { for (const v of list) yield v?.n ?? 0; } get x() { return this.#x; } }
  const { a, ...rest } = { a: 1, b: 2 };
  export const x = new A().x + rest.b;
  export default (re = /(?<year>\\d{4})/u) => re.exec('in 2024').groups.year;
`;
// A name is looked up from the folder of the config, which is this one.
const result = babel.transformSync(source, {
  babelrc: false,
  configFile: false,
  cwd: __dirname,
  filename: 'input.js',
  presets: [['@babel/preset-env', { targets: { ie: '11' }, modules: 'commonjs' }]],
  plugins: ['@babel/plugin-transform-template-literals'],
});
assert.ok(!/\bclass A\b|=>|\?\.n|async /.test(result.code));
const mod = { exports: {} };
vm.runInNewContext(result.code, { exports: mod.exports, module: mod, Symbol, Promise });
assert.strictEqual(mod.exports.x, 3);
assert.strictEqual(mod.exports.default(), '2024');

const modern = babel.transformSync('export const f = (a) => a ** 2;', {
  babelrc: false,
  configFile: false,
  cwd: __dirname,
  presets: [[require('@babel/preset-env'), { targets: { node: '20' }, modules: false }]],
});
assert.strictEqual(modern.code, 'export const f = a => a ** 2;');

console.log('ok babel');
process.exitCode = 0;
