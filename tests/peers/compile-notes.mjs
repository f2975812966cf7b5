// Writes the programs apps/compiled-* and apps/bundled-* out of the TypeScript program in notes/, as its
// users would compile it: file by file with four compilers, and into one file with a bundler.
//
//   node compile-notes.mjs

import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import babel from '@babel/core';
import * as esbuild from 'esbuild';
import ts from 'typescript';

const peers = import.meta.dirname;
const notes = path.join(peers, 'notes');
const { resolve } = createRequire(import.meta.url);

const files = (folder) =>
  fs
    .readdirSync(path.join(notes, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(notes, path.join(entry.parentPath, entry.name)));

function put(file, content) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
}

// Every program says its own name at the end.
const source = (file, name) => fs.readFileSync(path.join(notes, file), 'utf8').replace('ok NAME', `ok ${name}`);

function copyData(name) {
  const to = path.join(peers, 'apps', name);
  fs.rmSync(to, { recursive: true, force: true });
  for (const file of [...files('assets'), ...files('config')]) {
    put(path.join(to, file), fs.readFileSync(path.join(notes, file)));
  }
  return to;
}

function compile(name, out, compiler) {
  const to = path.join(copyData(name), out);
  for (const file of files('src')) {
    const target = path.join(to, path.relative('src', file));
    if (file.endsWith('.ts')) put(target.replace(/ts$/, 'js'), compiler(source(file, name), file));
    else put(target, source(file, name));
  }
}

const typescript = (compilerOptions) => (text) => ts.transpileModule(text, { compilerOptions }).outputText;
const withoutTypes = typescript({ module: 'esnext', target: 'esnext' });
const presets = [[resolve('@babel/preset-env'), { targets: { node: '6' }, modules: 'commonjs' }]];

const { ES5, ES2020 } = ts.ScriptTarget;
const common = { module: ts.ModuleKind.CommonJS, esModuleInterop: true };
compile('compiled-typescript', 'dist', typescript({ ...common, target: ES2020 }));
compile('compiled-typescript-es5', 'dist', typescript({ ...common, target: ES5, downlevelIteration: true }));
compile('compiled-babel', 'lib', (text, filename) => {
  const { code } = babel.transformSync(withoutTypes(text), { babelrc: false, configFile: false, filename, presets });
  return `${code}\n`;
});
compile('compiled-esbuild-minified', 'out', (text) => {
  return esbuild.transformSync(text, { loader: 'ts', format: 'cjs', minify: true, platform: 'node', target: 'node18' }).code;
});

for (const [name, minify] of [
  ['bundled-esbuild', false],
  ['bundled-esbuild-minified', true],
]) {
  const sayName = (build) =>
    build.onLoad({ filter: /main\.ts$/ }, () => ({ contents: source('src/main.ts', name), loader: 'ts' }));
  await esbuild.build({
    absWorkingDir: notes,
    // What runs by itself or is found by a path at run time is no part of the bundle.
    entryPoints: ['src/main.ts', ...files('src/jobs'), ...files('src/migrations')],
    outbase: 'src',
    outdir: path.join(copyData(name), 'dist'),
    bundle: true,
    platform: 'node',
    target: 'node18',
    minify,
    plugins: [{ name: 'say-name', setup: sayName }],
  });
}
