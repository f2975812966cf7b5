// Notes every file of a tree that a program opens: preload it with `node --require`, given in NODE_OPTIONS so
// that worker threads and children have it too.
//
//   PATTERNS_TREE     the tree's real path; what lies outside is not noted
//   PATTERNS_LOG      each file's real path is added here, a line each
//   PATTERNS_IMPORTS  yes where the ES module loader is watched too, which costs a thread
//
// A file counts as opened when it is read, asked for (stat, access, exists), started, required or imported. A
// folder that is listed counts as its files. What is only written, renamed or removed does not count. Links are
// followed: the real file is noted.

'use strict';

const childProcess = require('node:child_process');
const fs = require('node:fs');
const module_ = require('node:module');
const path = require('node:path');
const { fileURLToPath, pathToFileURL } = require('node:url');

const tree = process.env.PATTERNS_TREE;
const log = process.env.PATTERNS_LOG;
const { appendFileSync, constants, readdirSync, realpathSync, statSync } = fs;
const noted = new Set();
/** What removes a tree looks at it first: that is no reading. */
let removing = 0;

function toPath(value) {
  if (Buffer.isBuffer(value)) return path.resolve(value.toString());
  if (value instanceof URL) return value.protocol === 'file:' ? fileURLToPath(value) : undefined;
  return typeof value === 'string' && !value.includes('\0') ? path.resolve(value) : undefined;
}

function note(value) {
  const named = toPath(value);
  if (removing > 0 || !named?.startsWith(tree) || noted.has(named)) return;
  noted.add(named);
  if (!statSync(named, { throwIfNoEntry: false })?.isFile()) return;
  const real = realpathSync(named);
  if (real.startsWith(tree + path.sep)) appendFileSync(log, `${real}\n`);
}

function noteFolder(value, recursive) {
  const folder = toPath(value);
  if (!folder?.startsWith(tree) || !statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) recursive && noteFolder(file, true);
    else note(file);
  }
}

/** Whether open() with these flags can read what was there. */
function reads(flags) {
  if (typeof flags === 'number') return (flags & constants.O_ACCMODE) !== constants.O_WRONLY && !(flags & constants.O_TRUNC);
  return flags === undefined || flags === null || typeof flags === 'function' || /^(r|a.*\+)/.test(flags);
}
constants.O_ACCMODE ?? Object.defineProperty(constants, 'O_ACCMODE', { value: 3 });

function wrap(object, name, before) {
  const original = object[name];
  if (typeof original !== 'function') return;
  const wrapper = function (...args) {
    before(args);
    return Reflect.apply(original, this, args);
  };
  // `fs.realpath.native` and the symbols that util.promisify looks for.
  Object.defineProperties(wrapper, Object.getOwnPropertyDescriptors(original));
  object[name] = wrapper;
}

const ASKS = ['access', 'exists', 'lstat', 'readFile', 'readlink', 'realpath', 'stat', 'copyFile', 'watchFile'];
for (const name of ASKS) {
  for (const [object, method] of [[fs, name], [fs, `${name}Sync`], [fs.promises, name]]) {
    wrap(object, method, ([file]) => note(file));
  }
}
wrap(fs, 'openAsBlob', ([file]) => note(file));
wrap(process, 'dlopen', ([, file]) => note(file));
for (const [object, method] of [[fs, 'open'], [fs, 'openSync'], [fs.promises, 'open']]) {
  wrap(object, method, ([file, flags]) => reads(flags) && note(file));
}
for (const name of ['readdir', 'opendir', 'cp']) {
  for (const [object, method] of [[fs, name], [fs, `${name}Sync`], [fs.promises, name]]) {
    wrap(object, method, (args) => {
      const options = args.find((argument) => argument && typeof argument === 'object' && 'recursive' in argument);
      noteFolder(args[0], Boolean(options?.recursive));
      if (name === 'cp') note(args[0]);
    });
  }
}

for (const name of ['rmSync', 'rmdirSync']) {
  const original = fs[name];
  fs[name] = (...args) => {
    removing += 1;
    try {
      return original(...args);
    } finally {
      removing -= 1;
    }
  };
}

function noteProgram(file, args, cwd) {
  for (const argument of [file, ...(Array.isArray(args) ? args : [])]) {
    if (typeof argument === 'string') note(path.resolve(cwd ?? '.', argument));
  }
}
wrap(childProcess.ChildProcess.prototype, 'spawn', ([options]) => noteProgram(options.file, options.args, options.cwd));
for (const name of ['spawnSync', 'execFileSync']) {
  wrap(childProcess, name, ([file, args, options]) => noteProgram(file, args, options?.cwd));
}

module_.syncBuiltinESMExports();
if (process.env.PATTERNS_IMPORTS === 'yes') {
  module_.register('./hook.mjs', pathToFileURL(__filename), { data: { tree, log } });
}
