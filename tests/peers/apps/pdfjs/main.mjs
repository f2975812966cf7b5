// Reads a page with PDF.js, which imports its worker by name, reads a map of Japanese characters and one
// of its standard fonts from folders that the program tells it.
import assert from 'node:assert';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';

process.exitCode = 1;

const root = path.dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'));
const data = new Uint8Array(await readFile(new URL('documents/japanese.pdf', import.meta.url)));
const document = await getDocument({
  data,
  cMapUrl: path.join(root, 'cmaps') + '/',
  cMapPacked: true,
  standardFontDataUrl: path.join(root, 'standard_fonts/'),
  disableFontFace: true,
}).promise;
const page = await document.getPage(1);
const { items } = await page.getTextContent();
assert.deepStrictEqual(items.map((item) => item.str).filter((text) => text.trim()), ['Hello', '日本']);
const operators = await page.getOperatorList();
assert.ok(operators.fnArray.length > 5);
await document.destroy();
console.log('ok pdfjs');
process.exitCode = 0;
