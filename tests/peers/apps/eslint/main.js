'use strict';

// The Linter with rules, the ESLint class with a fix, and a formatter loaded by name.
const assert = require('node:assert');
const { ESLint, Linter } = require('eslint');

process.exitCode = 1;

async function main() {
  const messages = new Linter().verify('var a = 1\nif (a == b) { debugger }', {
    rules: { eqeqeq: 'error', 'no-undef': 'error', 'no-var': 'error', 'no-debugger': 'warn' },
  });
  assert.deepStrictEqual(messages.map((m) => m.ruleId).sort(), [
    'eqeqeq',
    'no-debugger',
    'no-undef',
    'no-var',
  ]);

  const eslint = new ESLint({
    cwd: __dirname,
    overrideConfigFile: true,
    fix: true,
    overrideConfig: {
      rules: { 'prefer-const': 'error', 'no-unused-vars': 'error', 'object-shorthand': 'error' },
    },
  });
  const results = await eslint.lintText('let a = 1; export default { a: a }; let unused;\n');
  assert.strictEqual(results[0].output, 'const a = 1; export default { a }; let unused;\n');
  assert.deepStrictEqual(
    results[0].messages.map((m) => m.ruleId),
    ['no-unused-vars'],
  );
  const formatter = await eslint.loadFormatter('stylish');
  assert.match(await formatter.format(results), /1 problem/);
  const json = await eslint.loadFormatter('json');
  assert.strictEqual(JSON.parse(await json.format(results)).length, 1);

  console.log('ok eslint');
  process.exitCode = 0;
}

main().catch((err) => {
  console.error(err);
  process.exit(1);
});
