// The half of hook.cjs that notes what the ES module loader reads: it runs in the loader's own thread.

import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

let tree;
let log;

export function initialize(data) {
  ({ tree, log } = data);
}

export async function load(url, context, nextLoad) {
  if (url.startsWith('file:')) {
    const file = fs.realpathSync(fileURLToPath(url));
    if (file.startsWith(tree + path.sep)) fs.appendFileSync(log, `${file}\n`);
  }
  return nextLoad(url, context);
}
