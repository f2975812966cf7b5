// Runs @vercel/nft, the tool our lists are compared with, and prints what it found as one JSON object.
//
//   node nft.mjs BASE PROCESS_CWD OPTIONS_JSON ENTRY...
//
// Paths may be relative to the current folder. OPTIONS_JSON is merged into nft's options ('{}' for none).
// Prints {fileList, esmFileList, reasons: {FILE: {type, ignored, parents}}, warnings, seconds, maxRssKb};
// lists are sorted, `seconds` is the trace alone (not starting Node nor loading nft), `maxRssKb` is the
// process's peak.

import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { nodeFileTrace } from '@vercel/nft';

const [base, processCwd, optionsJson, ...entries] = process.argv.slice(2);
if (entries.length === 0) {
  console.error('usage: node nft.mjs BASE PROCESS_CWD OPTIONS_JSON ENTRY...');
  process.exit(2);
}

const started = performance.now();
const result = await nodeFileTrace(
  entries.map((entry) => path.resolve(entry)),
  { base: path.resolve(base), processCwd: path.resolve(processCwd), ...JSON.parse(optionsJson) },
);
const seconds = (performance.now() - started) / 1000;

const reasons = {};
for (const file of [...result.reasons.keys()].sort()) {
  const { type, ignored, parents } = result.reasons.get(file);
  reasons[file] = { type: [...type].sort(), ignored, parents: [...parents].sort() };
}
const output = JSON.stringify({
  fileList: [...result.fileList].sort(),
  esmFileList: [...result.esmFileList].sort(),
  reasons,
  warnings: [...result.warnings].map((warning) => warning.message),
  seconds,
  maxRssKb: process.resourceUsage().maxRSS,
});
process.stdout.write(`${output}\n`);
