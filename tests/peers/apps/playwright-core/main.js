'use strict';

// No browser here: which one the library would start is in its browsers.json, and it says what is missing.
const assert = require('node:assert');
const os = require('node:os');
const path = require('node:path');

process.exitCode = 1;

process.env.PLAYWRIGHT_BROWSERS_PATH = path.join(os.tmpdir(), 'monotrace-no-browsers');
const { chromium, devices } = require('playwright-core');

async function main() {
  assert.ok(devices['iPhone 13'].isMobile);
  assert.match(chromium.executablePath(), /monotrace-no-browsers.*chrom/);
  await assert.rejects(chromium.launch(), /Executable doesn't exist/);
  console.log('ok playwright-core');
  process.exitCode = 0;
}

main();
