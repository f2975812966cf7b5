// Runs TypeScript entries: preload it with `node --require`.
//
//   PATTERNS_TYPESCRIPT  the path of the compiler
//   PATTERNS_CACHE       a folder that keeps what it made, by the source's hash: the compiler takes long to load

'use strict';

const { createHash } = require('node:crypto');
const fs = require('node:fs');
const module_ = require('node:module');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

const { readFileSync, renameSync, writeFileSync } = fs;

/** The JavaScript of a file, as CommonJS or as an ES module. */
exports.transpile = function transpile(file, module) {
  const source = readFileSync(file, 'utf8');
  const hash = createHash('sha256').update(`1 ${module} ${path.extname(file)} ${source}`).digest('hex');
  const cached = path.join(process.env.PATTERNS_CACHE, `${hash}.js`);
  try {
    return readFileSync(cached, 'utf8');
  } catch {
    const typescript = require(process.env.PATTERNS_TYPESCRIPT);
    const { outputText } = typescript.transpileModule(source, {
      fileName: file,
      compilerOptions: {
        esModuleInterop: true,
        jsx: typescript.JsxEmit.React,
        module: typescript.ModuleKind[module],
        target: typescript.ScriptTarget.ES2022,
      },
    });
    // Another run may be at the same: a file appears whole.
    writeFileSync(`${cached}.${process.pid}`, outputText);
    renameSync(`${cached}.${process.pid}`, cached);
    return outputText;
  }
};

for (const extension of ['.ts', '.tsx', '.cts']) {
  module_._extensions[extension] = (module, file) => {
    // Read once more where a hook sees it.
    fs.readFileSync(file);
    module._compile(exports.transpile(file, 'CommonJS'), file);
  };
}
if (process.env.PATTERNS_IMPORTS === 'yes') module_.register('./typescript.mjs', pathToFileURL(__filename));
