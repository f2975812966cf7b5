// What Node itself answers to `require(specifier)` and `import 'specifier'`, to check our resolver with.
//
//   node --experimental-import-meta-resolve node-resolve.mjs < QUESTIONS > ANSWERS
//
// A question is a line {"specifier": "...", "parent": "/abs/file", "kind": "require" | "import"}.
// Each gets one line, in the same order:
//
//   {"path": "/abs/real/file"}     the file, with symbolic links resolved
//   {"builtin": "node:fs"}         a builtin module, always with its prefix
//   {"url_missing": "/abs/path"}   import only: a path came out, but there is no file; a real import
//                                  fails with ERR_MODULE_NOT_FOUND
//   {"directory": "/abs/path"}     import only: a folder came out; ERR_UNSUPPORTED_DIR_IMPORT
//   {"url": "data:..."}            import only: neither a file nor a builtin (data:, https:)
//   {"error": "ERR_CODE"}          Node refuses: the error's code, or its name where it has none
//
// Answers are those of one process: Node remembers package.json files and paths it has seen, so ask
// again in a new process after changing files.

import fs from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import readline from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';

// Without the flag a second argument is ignored, and all answers would be about this file.
const probe = pathToFileURL('/monotrace-probe/parent.mjs').href;
if (import.meta.resolve('./a.mjs', probe) !== new URL('./a.mjs', probe).href) {
  console.error('node-resolve.mjs needs: node --experimental-import-meta-resolve');
  process.exit(2);
}

const requireOf = new Map();

function withPrefix(name) {
  return { builtin: name.startsWith('node:') ? name : `node:${name}` };
}

function askRequire(specifier, parent) {
  let require = requireOf.get(parent);
  if (require === undefined) {
    if (requireOf.size > 10000) requireOf.clear();
    require = createRequire(parent);
    requireOf.set(parent, require);
  }
  const found = require.resolve(specifier);
  return isBuiltin(found) ? withPrefix(found) : { path: found };
}

function askImport(specifier, parent) {
  const url = import.meta.resolve(specifier, pathToFileURL(parent).href);
  if (url.startsWith('node:')) return withPrefix(url);
  if (!url.startsWith('file:')) return { url };
  const file = fileURLToPath(url);
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  // Node calls a path with a slash at its end a folder, whatever is there.
  if (file.endsWith('/') || stat?.isDirectory()) return { directory: file };
  if (stat === undefined) return { url_missing: file };
  return { path: fs.realpathSync(file) };
}

function answer(line) {
  const { specifier, parent, kind } = JSON.parse(line);
  try {
    return kind === 'import' ? askImport(specifier, parent) : askRequire(specifier, parent);
  } catch (err) {
    return { error: err.code ?? err.name };
  }
}

let pending = '';
for await (const line of readline.createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  if (line === '') continue;
  pending += `${JSON.stringify(answer(line))}\n`;
  if (pending.length > 65536) {
    const drained = process.stdout.write(pending);
    pending = '';
    if (!drained) await new Promise((resolve) => process.stdout.once('drain', resolve));
  }
}
process.stdout.write(pending);
