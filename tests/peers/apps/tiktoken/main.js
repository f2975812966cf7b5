'use strict';

// Counts tokens: the WebAssembly file and the table of an encoding stand beside the scripts that read them.
const assert = require('node:assert');
const { encoding_for_model, get_encoding } = require('tiktoken');
const { Tiktoken } = require('tiktoken/lite');
const name = 'p50k_base';
const ranks = require(`tiktoken/encoders/${name}`);

process.exitCode = 1;

const encoding = get_encoding('cl100k_base');
assert.deepStrictEqual([...encoding.encode('hello world')], [15339, 1917]);
encoding.free();
const model = encoding_for_model('gpt-3.5-turbo');
assert.strictEqual(new TextDecoder().decode(model.decode([15339])), 'hello');
model.free();
const lite = new Tiktoken(ranks.bpe_ranks, ranks.special_tokens, ranks.pat_str);
assert.deepStrictEqual([...lite.encode('hello world')], [31373, 995]);
lite.free();
console.log('ok tiktoken');
process.exitCode = 0;
