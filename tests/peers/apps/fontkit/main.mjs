// Opens a font file and measures text in it; the library brings tables of its own for Unicode.
import assert from 'node:assert';
import { createRequire } from 'node:module';
import * as fontkit from 'fontkit';

process.exitCode = 1;

const { resolve } = createRequire(import.meta.url);
const font = await fontkit.open(resolve('pdfjs-dist/standard_fonts/LiberationSans-Regular.ttf'));
assert.strictEqual(font.familyName, 'Liberation Sans');
const run = font.layout('office');
assert.ok(run.glyphs.length >= 4 && run.glyphs.length <= 6);
assert.strictEqual(font.layout('مرحبا').glyphs.length > 0, true);
const subset = font.createSubset();
for (const glyph of run.glyphs) subset.includeGlyph(glyph);
assert.ok(subset.encode().length > 500);
console.log('ok fontkit');
process.exitCode = 0;
