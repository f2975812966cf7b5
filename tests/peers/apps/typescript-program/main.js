'use strict';

// Type-checks a program, for which TypeScript reads its own lib.*.d.ts files: data it finds by name
// next to its own script.
const assert = require('node:assert');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const ts = require('typescript');

process.exitCode = 1;

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'monotrace-typescript-'));
try {
  const file = path.join(dir, 'a.ts');
  fs.writeFileSync(file, 'const n: number = "text";\nexport const m = new Map([[1, n]]);\n');
  const program = ts.createProgram([file], {
    target: ts.ScriptTarget.ES2022,
    noEmit: true,
    types: [],
  });
  const found = ts.getPreEmitDiagnostics(program).map((d) => d.code);
  // 2322 is the wrong assignment alone: without the lib files there would be others.
  assert.deepStrictEqual(found, [2322]);
} finally {
  fs.rmSync(dir, { recursive: true, force: true });
}
console.log('ok typescript-program');
process.exitCode = 0;
