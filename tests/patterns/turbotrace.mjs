// Measures what turbotrace lists for each program of this folder, for turbotrace.txt.
//
// No test runs it. turbotrace was published as @vercel/experimental-nft, which is
// gone; it lives on in the addon that Next.js 13 and 14 compile with:
//
//   npm install --prefix FOLDER @next/swc-linux-x64-gnu@14.2.30
//   node tests/patterns/turbotrace.mjs FOLDER/node_modules/@next/swc-linux-x64-gnu > tests/patterns/turbotrace.txt
//
// A process for each program, so that none finds what another left behind.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const own = fileURLToPath(import.meta.url);
const [addon, ...question] = process.argv.slice(2);
const require = createRequire(import.meta.url);
if (question.length > 0) await answer(...question);
else measure();

/** One program: the list goes to descriptor 3, because the tracer talks on stdout. */
async function answer(root, cwd, entry) {
  const { createTurboTasks, runTurboTracing } = require(path.resolve(addon));
  const options = { action: 'print', contextDirectory: root, processCwd: cwd, input: [entry], exact: true, logLevel: 'error' };
  // Kept to the end: a trace whose tasks are collected never ends.
  const tasks = createTurboTasks(512 * 1024 * 1024);
  const files = await runTurboTracing(Buffer.from(JSON.stringify(options)), tasks);
  fs.writeSync(3, JSON.stringify(files));
  // The addon's threads do not always let the process end.
  process.kill(process.pid, tasks && 'SIGKILL');
}

function measure() {
  const { name, version } = require(path.resolve(addon, 'package.json'));
  console.log('# What turbotrace lists for each program: NAME: FILES; no files where it fails.');
  console.log('# Measured by turbotrace.mjs; the tests take it as it stands.');
  console.log(`# version: ${name} ${version}`);
  console.log(`# measured: ${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}`);
  const folder = path.dirname(own);
  const groups = fs.readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const programs = groups.flatMap(({ name }) => fs.readdirSync(path.join(folder, name)).map((file) => `${name}/${file}`));
  for (const program of programs.sort()) {
    const files = list(fs.readFileSync(path.join(folder, program), 'utf8'));
    console.log(`${program.replace(/\.txt$/, '')}: ${files.sort().join(' ')}`.trimEnd());
  }
}

function list(text) {
  const header = (key, otherwise) => text.match(new RegExp(`^# ${key}: *(.*)$`, 'm'))?.[1] ?? otherwise;
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'turbotrace-')));
  for (const part of text.split('//- ').slice(1)) {
    const end = part.indexOf('\n');
    const [head, content] = end < 0 ? [part, ''] : [part.slice(0, end), part.slice(end + 1)];
    const [file, target] = head.split(' -> ').map((name) => name.trim());
    fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    if (target === undefined) fs.writeFileSync(path.join(root, file), content);
    else fs.symlinkSync(target, path.join(root, file));
  }
  const cwd = path.join(root, header('cwd', '.'));
  fs.mkdirSync(cwd, { recursive: true });
  const words = [own, addon, root, cwd, path.join(root, header('entry', 'a.js'))];
  const { output, error } = spawnSync(process.execPath, words, { cwd, timeout: 60_000, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
  fs.rmSync(root, { recursive: true });
  if (error) throw error;
  return JSON.parse(output[3].toString() || '[]');
}
