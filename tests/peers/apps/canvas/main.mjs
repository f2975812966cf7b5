// Draws text with a font of another package: a native addon, and a file named by two path calls.
import assert from 'node:assert';
import { createRequire } from 'node:module';
import path from 'node:path';
import { createCanvas, GlobalFonts } from '@napi-rs/canvas';

process.exitCode = 1;

const require = createRequire(import.meta.url);
const fonts = path.join(path.dirname(require.resolve('pdfjs-dist/package.json')), 'standard_fonts');
assert.ok(GlobalFonts.registerFromPath(path.join(fonts, 'LiberationSans-Regular.ttf'), 'Liberation'));
assert.ok(GlobalFonts.has('Liberation'));

const canvas = createCanvas(200, 50);
const context = canvas.getContext('2d');
context.fillStyle = 'white';
context.fillRect(0, 0, 200, 50);
context.fillStyle = 'black';
context.font = '30px Liberation';
const width = context.measureText('Hello').width;
assert.ok(width > 40 && width < 120, String(width));
context.fillText('Hello', 10, 35);
const pixels = context.getImageData(0, 0, 200, 50).data;
let dark = 0;
for (let i = 0; i < pixels.length; i += 4) dark += pixels[i] < 128 ? 1 : 0;
assert.ok(dark > 100, String(dark));
const png = await canvas.encode('png');
assert.strictEqual(png.subarray(1, 4).toString(), 'PNG');
console.log('ok canvas');
process.exitCode = 0;
