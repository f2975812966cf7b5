// What the judges that read files with acorn share: which grammar, which offsets, how they answer.

import fs from 'node:fs';
import readline from 'node:readline';

const MODULE_SYNTAX = /(?:^|[;}\s])(?:import\s*(?:[\w$*{"'])|import\s*\.\s*meta\b|export\s*[\w${*])/;

// fatal: refuse what is not UTF-8; ignoreBOM: keep the mark in the text, as acorn's offsets count it.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export const PARSE_OPTIONS = {
  ecmaVersion: 'latest',
  allowHashBang: true,
  allowReturnOutsideFunction: true,
  allowAwaitOutsideFunction: true,
  allowSuperOutsideMethod: true,
  allowImportExportEverywhere: false,
};

// An .mjs file is a module, a .cjs file a script; others are what they look like, else the other.
// Gives what `parse(sourceType)` gives for the first that does not throw; throws the first error.
export function parsedAs(path, text, parse) {
  let failure;
  for (const sourceType of sourceTypes(path, text)) {
    try {
      return parse(sourceType);
    } catch (err) {
      failure ??= err;
    }
  }
  throw failure;
}

function sourceTypes(path, text) {
  if (path.endsWith('.mjs')) return ['module'];
  if (path.endsWith('.cjs')) return ['script'];
  return MODULE_SYNTAX.test(text) ? ['module', 'script'] : ['script', 'module'];
}

// A function from offsets in the text to those in its UTF-8 form, to be asked in growing order.
function byteOffsets(text, raw) {
  if (text.length === raw.length) return (offset) => offset;
  let at = 0;
  let bytes = 0;
  return (offset) => {
    for (; at < offset; at += 1) {
      const unit = text.charCodeAt(at);
      // Half of a surrogate pair is 2 of the 4 bytes of its character.
      bytes += unit < 0x80 ? 1 : unit < 0x800 || (unit & 0xf800) === 0xd800 ? 2 : 3;
    }
    return bytes;
  };
}

function line(path, answer) {
  let raw;
  let text;
  try {
    raw = fs.readFileSync(path);
  } catch (err) {
    return `S unreadable: ${err.code}`;
  }
  try {
    text = decoder.decode(raw);
  } catch {
    return 'S invalid UTF-8';
  }
  try {
    return answer(path, text, byteOffsets(text, raw));
  } catch (err) {
    return `S ${String(err.message).replace(/\s+/g, ' ')}`;
  }
}

// Reads paths, one a line, and answers each with `F <path>` and the line that `answer` gives for its
// path, text and offsets; `S <reason>` if it throws or the file is no text.
export async function answerAll(answer) {
  let pending = '';
  for await (const path of readline.createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    if (path === '') continue;
    pending += `F ${path}\n${line(path, answer)}\n`;
    if (pending.length > 1 << 20) {
      const drained = process.stdout.write(pending);
      pending = '';
      if (!drained) await new Promise((resolve) => process.stdout.once('drain', resolve));
    }
  }
  process.stdout.write(pending);
}
