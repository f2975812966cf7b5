'use strict';

// Reads the text of a document, by one of the four versions of PDF.js that the package holds.
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const pdf = require('pdf-parse');

process.exitCode = 1;

async function main() {
  // A copy: old versions of PDF.js read the whole memory that a small Buffer shares with others.
  const data = new Uint8Array(fs.readFileSync(path.join(__dirname, 'documents', 'letter.pdf')));
  const parsed = await pdf(data, { version: process.env.PDFJS_VERSION || 'v2.0.550' });
  assert.strictEqual(parsed.numpages, 1);
  assert.match(parsed.text, /Dear reader/);
  assert.strictEqual(parsed.version, '2.0.550');
  console.log('ok pdf-parse');
  process.exitCode = 0;
}

main();
