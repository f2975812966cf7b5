// Opens an address in the browser, which is a script of the program here. The package runs the copy of
// xdg-open that stands beside its module.
import assert from 'node:assert';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import open from 'open';

process.exitCode = 1;

const dir = mkdtempSync(path.join(os.tmpdir(), 'monotrace-open-'));
process.env.OPENED = path.join(dir, 'opened');
process.env.BROWSER = `sh ${fileURLToPath(new URL('./browser.sh', import.meta.url))}`;
for (const name of ['DISPLAY', 'WAYLAND_DISPLAY', 'XDG_CURRENT_DESKTOP', 'DESKTOP_SESSION']) delete process.env[name];
await open('https://example.org/');
for (let tries = 0; tries < 60 && !existsSync(process.env.OPENED); tries++) await sleep(50);
assert.strictEqual(readFileSync(process.env.OPENED, 'utf8'), 'https://example.org/\n');
rmSync(dir, { recursive: true, force: true });
console.log('ok open');
process.exitCode = 0;
