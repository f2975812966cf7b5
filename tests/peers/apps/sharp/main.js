'use strict';

// Resizes a photo and puts a mark on it: the native library is another package, chosen by platform.
const assert = require('node:assert');
const path = require('node:path');
const sharp = require('sharp');

process.exitCode = 1;

async function main() {
  const photo = path.join(__dirname, 'assets', 'photo.png');
  const mark = path.join(__dirname, 'assets', 'mark.svg');
  const { data, info } = await sharp(photo)
    .resize(16, 12)
    .composite([{ input: mark, top: 0, left: 0 }])
    .raw()
    .toBuffer({ resolveWithObject: true });
  assert.deepStrictEqual([info.width, info.height], [16, 12]);
  assert.deepStrictEqual([...data.subarray(0, 3)], [255, 0, 0]);

  const webp = await sharp(photo).webp({ quality: 80 }).toBuffer();
  assert.strictEqual((await sharp(webp).metadata()).format, 'webp');
  console.log('ok sharp');
  process.exitCode = 0;
}

main().catch((err) => {
  console.error(err);
  process.exit(1);
});
