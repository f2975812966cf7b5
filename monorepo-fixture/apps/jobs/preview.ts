// Node 22.18 or newer, from the workspace root: node apps/jobs/preview.ts
// The package's sources name each other with ".js", as TypeScript wants it;
// the hook finds the ".ts" files, as every TypeScript runner does.
import './js-to-ts.mjs';
import { rule } from './rule.js';

const { render } = await import('@fixture/tables/src/index.ts');
console.log(`preview: ${rule} ${render([{ name: 'plums', count: 5 }] satisfies object[])}`);
