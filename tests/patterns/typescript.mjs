// The half of typescript.cjs that serves the ES module loader: .mts files.

import { fileURLToPath } from 'node:url';

import typescript from './typescript.cjs';

export async function load(url, context, nextLoad) {
  if (!url.endsWith('.mts')) return nextLoad(url, context);
  // What earlier hooks do on loading is done all the same.
  await nextLoad(url, { ...context, format: 'module' });
  return { format: 'module', source: typescript.transpile(fileURLToPath(url), 'ESNext'), shortCircuit: true };
}
