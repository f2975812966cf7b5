'use strict';

// A document with built-in fonts, whose metrics are files of pdfkit, and with a font file of its own.
const assert = require('node:assert');
const path = require('node:path');
const PDFDocument = require('pdfkit');

process.exitCode = 1;

const font = path.join(require.resolve('pdfjs-dist/package.json'), '..', 'standard_fonts', 'LiberationSans-Italic.ttf');
const doc = new PDFDocument({ compress: false });
const chunks = [];
doc.on('data', (chunk) => chunks.push(chunk));
doc.on('end', () => {
  const pdf = Buffer.concat(chunks).toString('latin1');
  assert.match(pdf, /^%PDF-1\.3/);
  assert.match(pdf, /\/BaseFont \/Times-Bold\b/);
  assert.match(pdf, /\/BaseFont \/[A-Z]+\+LiberationSans-Italic/);
  assert.match(pdf, /\/Subtype \/Image/);
  console.log('ok pdfkit');
  process.exitCode = 0;
});
doc.font('Times-Bold').fontSize(20).text('Title');
doc.font('Helvetica').text('A paragraph that is long enough to be measured and broken. '.repeat(10));
doc.font(font).text('Slanted');
doc.image(path.join(__dirname, 'images', 'dot.png'), { width: 20 });
doc.end();
