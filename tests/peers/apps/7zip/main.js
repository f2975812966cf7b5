'use strict';

// Packs a folder with a program that the package brings for each platform; npm does not mark it as one
// that may be run.
const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { path7za } = require('7zip-bin');

process.exitCode = 1;

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'monotrace-7zip-'));
try {
  const program = path.join(dir, '7za');
  fs.copyFileSync(path7za, program);
  fs.chmodSync(program, 0o755);
  const archive = path.join(dir, 'out.7z');
  execFileSync(program, ['a', archive, path.join(__dirname, 'files')], { stdio: 'ignore' });
  const listing = execFileSync(program, ['l', '-ba', archive], { encoding: 'utf8' });
  assert.match(listing, /files\/note\.txt/);
} finally {
  fs.rmSync(dir, { recursive: true, force: true });
}
console.log('ok 7zip');
process.exitCode = 0;
