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

import { parse, tokTypes } from 'acorn';
import { answerAll, PARSE_OPTIONS, parsedAs } from './acorn-files.mjs';

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

function tokens(text, sourceType) {
  const found = [];
  parse(text, {
    ...PARSE_OPTIONS,
    sourceType,
    onToken(token) {
      const kind = KINDS.get(token.type);
      if (kind !== undefined) found.push(kind, token.start, token.end);
    },
  });
  return found;
}

await answerAll((path, text, toBytes) => {
  const found = parsedAs(path, text, (sourceType) => tokens(text, sourceType));
  let line = 'T';
  for (let i = 0; i < found.length; i += 3) line += ` ${found[i]}${toBytes(found[i + 1])},${toBytes(found[i + 2])}`;
  return line;
});
