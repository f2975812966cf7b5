// Runs TypeScript entries: preload it with `node --require`. PATTERNS_TYPESCRIPT is the path of the compiler.

'use strict';

const fs = require('node:fs');
const module_ = require('node:module');
const { pathToFileURL } = require('node:url');
const typescript = require(process.env.PATTERNS_TYPESCRIPT);

for (const extension of ['.ts', '.tsx', '.cts']) {
  module_._extensions[extension] = (module, file) => {
    const { outputText } = typescript.transpileModule(fs.readFileSync(file, 'utf8'), {
      fileName: file,
      compilerOptions: {
        esModuleInterop: true,
        jsx: typescript.JsxEmit.React,
        module: typescript.ModuleKind.CommonJS,
        target: typescript.ScriptTarget.ES2022,
      },
    });
    module._compile(outputText, file);
  };
}
module_.register('./typescript.mjs', pathToFileURL(__filename));
