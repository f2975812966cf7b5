// The half of typescript.cjs that serves the ES module loader: .mts files.

import fs from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

export async function load(url, context, nextLoad) {
  if (!url.endsWith('.mts')) return nextLoad(url, context);
  const typescript = createRequire(import.meta.url)(process.env.PATTERNS_TYPESCRIPT);
  const { outputText } = typescript.transpileModule(fs.readFileSync(fileURLToPath(url), 'utf8'), {
    fileName: fileURLToPath(url),
    compilerOptions: { module: typescript.ModuleKind.ESNext, target: typescript.ScriptTarget.ES2022 },
  });
  // What earlier hooks do on loading is done all the same.
  await nextLoad(url, { ...context, format: 'module' });
  return { format: 'module', source: outputText, shortCircuit: true };
}
