// Runs @vercel/nft on many programs in one process.
//
//   node nft-many.mjs < PROGRAMS
//
// Each line of the input is {"base", "processCwd", "entry"}, all absolute paths. For each, in the same order,
// prints a line with the sorted array of the files that nft lists, relative to the base.

import { createInterface } from 'node:readline';
import { nodeFileTrace } from '@vercel/nft';

for await (const line of createInterface({ input: process.stdin })) {
  const { base, processCwd, entry } = JSON.parse(line);
  const { fileList } = await nodeFileTrace([entry], { base, processCwd });
  process.stdout.write(`${JSON.stringify([...fileList].sort())}\n`);
}
