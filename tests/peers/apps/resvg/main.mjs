// Renders a drawing of its own folder with a font file: the addon is a package per platform.
import assert from 'node:assert';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Resvg } from '@resvg/resvg-js';

process.exitCode = 1;

const require = createRequire(import.meta.url);
const svg = await readFile(fileURLToPath(new URL('./art/badge.svg', import.meta.url)), 'utf8');
const font = require.resolve('pdfjs-dist/standard_fonts/LiberationSans-Bold.ttf');
const resvg = new Resvg(svg, { font: { loadSystemFonts: false, fontFiles: [font], defaultFontFamily: 'Liberation Sans' } });
const image = resvg.render();
assert.deepStrictEqual([image.width, image.height], [120, 40]);
const pixels = image.pixels;
let white = 0;
for (let i = 0; i < pixels.length; i += 4) white += pixels[i] > 200 && pixels[i + 1] > 200 ? 1 : 0;
assert.ok(white > 50, `only ${white} pixels of text`);
console.log('ok resvg');
process.exitCode = 0;
