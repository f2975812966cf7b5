// Prints on a picture with one of the bitmap fonts that the package brings as files.
import assert from 'node:assert';
import { fileURLToPath } from 'node:url';
import { Jimp, loadFont, measureText } from 'jimp';
import { SANS_16_BLACK } from 'jimp/fonts';

process.exitCode = 1;

const image = await Jimp.read(fileURLToPath(new URL('./assets/photo.png', import.meta.url)));
image.resize({ w: 100, h: 40 });
const font = await loadFont(SANS_16_BLACK);
assert.ok(measureText(font, 'Hello') > 20);
const before = Buffer.from(image.bitmap.data);
image.print({ font, x: 5, y: 5, text: 'Hello' });
assert.ok(!before.equals(image.bitmap.data));
const jpeg = await image.getBuffer('image/jpeg');
assert.deepStrictEqual([...jpeg.subarray(0, 2)], [0xff, 0xd8]);
console.log('ok jimp');
process.exitCode = 0;
