'use strict';

// Encodings of whole families; their tables are loaded lazily by the library.
const assert = require('node:assert');
const iconv = require('iconv-lite');

process.exitCode = 1;

const samples = { gb18030: '漢字€', shift_jis: 'かな', 'euc-kr': '한글', big5: '中文', win1251: 'привет', 'utf-7': 'ü' };
for (const [encoding, text] of Object.entries(samples)) {
  assert.strictEqual(iconv.decode(iconv.encode(text, encoding), encoding), text, encoding);
}
console.log('ok iconv-lite');
process.exitCode = 0;
