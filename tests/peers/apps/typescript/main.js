'use strict';

// Transpiles a module and walks a syntax tree: TypeScript's own script alone, without its lib files.
const assert = require('node:assert');
const ts = require('typescript');

process.exitCode = 1;

const out = ts.transpileModule('enum E { A = 2 }\nexport const x: number = E.A as number;', {
  compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2020 },
});
const exported = {};
new Function('exports', out.outputText)(exported);
assert.strictEqual(exported.x, 2);

const parsed = ts.createSourceFile('a.ts', 'let a: string; function f() {}', ts.ScriptTarget.ES2022);
const kinds = [];
ts.forEachChild(parsed, (node) => void kinds.push(ts.SyntaxKind[node.kind]));
assert.deepStrictEqual(kinds, ['FirstStatement', 'FunctionDeclaration', 'EndOfFileToken']);

console.log('ok typescript');
process.exitCode = 0;
