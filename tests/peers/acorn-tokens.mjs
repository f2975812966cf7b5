// The tokens acorn sees in files, to check our lexer with.
//
//   node acorn-tokens.mjs < LIST_OF_PATHS > TOKENS
//
// Reads paths, one a line, and answers for each, in the same order, with two lines:
//
//   F <path>
//   T <token> <token> ...      or, where there is nothing to compare:   S <reason>
//
// A token is a letter, or the bracket itself, then START,END as byte offsets into the file (UTF-8; a
// byte order mark is 3 bytes), END being the first byte after it:
//
//   s   string, with its quotes
//   t   text between a template's ` or } and its next ${ or `; may be empty; without those delimiters
//   r   regular expression, with its slashes and flags
//   ( ) [ ] { }   brackets; a } that ends a ${ is a plain }
//   $   the two characters ${
//
// Everything else (names, numbers, operators, the ` itself) is left out. A file without such tokens
// gets a lone `T`. Tokens come from acorn's parser, not its bare tokenizer, so that whether a slash
// starts a regular expression is decided by the grammar. An .mjs file is parsed as a module, a .cjs
// file as a script; others as what they look like, and if that fails, as the other. A file that
// neither can parse, or that is not UTF-8, gets `S`.

import fs from 'node:fs';
import readline from 'node:readline';
import { parse, tokTypes } from 'acorn';

const KINDS = new Map([
  [tokTypes.string, 's'],
  [tokTypes.template, 't'],
  [tokTypes.invalidTemplate, 't'],
  [tokTypes.regexp, 'r'],
  [tokTypes.parenL, '('],
  [tokTypes.parenR, ')'],
  [tokTypes.bracketL, '['],
  [tokTypes.bracketR, ']'],
  [tokTypes.braceL, '{'],
  [tokTypes.braceR, '}'],
  [tokTypes.dollarBraceL, '$'],
]);

const MODULE_SYNTAX = /(?:^|[;}\s])(?:import\s*(?:[\w$*{"'])|import\s*\.\s*meta\b|export\s*[\w${*])/;

// fatal: refuse what is not UTF-8; ignoreBOM: keep the mark in the text, as acorn's offsets count it.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function tokens(text, sourceType) {
  const found = [];
  parse(text, {
    ecmaVersion: 'latest',
    sourceType,
    allowHashBang: true,
    allowReturnOutsideFunction: true,
    allowAwaitOutsideFunction: true,
    allowSuperOutsideMethod: true,
    allowImportExportEverywhere: false,
    onToken(token) {
      const kind = KINDS.get(token.type);
      if (kind !== undefined) found.push(kind, token.start, token.end);
    },
  });
  return found;
}

function sourceTypes(path, text) {
  if (path.endsWith('.mjs')) return ['module'];
  if (path.endsWith('.cjs')) return ['script'];
  return MODULE_SYNTAX.test(text) ? ['module', 'script'] : ['script', 'module'];
}

// Replaces, in place, offsets into the text by offsets into its UTF-8 form. They only ever grow.
function toByteOffsets(found, text) {
  let at = 0;
  let bytes = 0;
  for (let i = 0; i < found.length; i += 3) {
    for (let j = i + 1; j <= i + 2; j += 1) {
      for (; at < found[j]; at += 1) {
        const unit = text.charCodeAt(at);
        // Half of a surrogate pair is 2 of the 4 bytes of its character.
        bytes += unit < 0x80 ? 1 : unit < 0x800 || (unit & 0xf800) === 0xd800 ? 2 : 3;
      }
      found[j] = bytes;
    }
  }
}

function record(path) {
  let text;
  let raw;
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
  let failure;
  for (const sourceType of sourceTypes(path, text)) {
    let found;
    try {
      found = tokens(text, sourceType);
    } catch (err) {
      failure ??= err;
      continue;
    }
    if (text.length !== raw.length) toByteOffsets(found, text);
    let line = 'T';
    for (let i = 0; i < found.length; i += 3) line += ` ${found[i]}${found[i + 1]},${found[i + 2]}`;
    return line;
  }
  return `S ${String(failure.message).replace(/\s+/g, ' ')}`;
}

let pending = '';
for await (const path of readline.createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  if (path === '') continue;
  pending += `F ${path}\n${record(path)}\n`;
  if (pending.length > 1 << 20) {
    const drained = process.stdout.write(pending);
    pending = '';
    if (!drained) await new Promise((resolve) => process.stdout.once('drain', resolve));
  }
}
process.stdout.write(pending);
