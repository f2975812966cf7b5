// Starts a server, asks it for everything that the app in this folder has, and prints what was wrong.
//   node requests.mjs PROGRAM STATIC [CWD]
// PROGRAM is the server or its launcher, STATIC the folder `static` of the build. The last line is
// "PASSED/ALL"; the exit status is 1 if they differ.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const [program, assets, cwd = '/'] = process.argv.slice(2);

const freePort = () => new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

/** The first file below `static` with this ending, as a URL. */
function asset(ending) {
  const files = readdirSync(assets, { recursive: true }).map(String).sort();
  return `/_next/static/${files.find((file) => file.endsWith(ending))}`;
}

// A path, the status, and what the text must hold. An environment file, middleware, the configuration and
// instrumentation show in what the pages say.
const requests = [
  ['/custom', 200, 'the custom server, 172800000'],
  ['/', 200, 'home page'],
  ['/dyn', 200, /dynamic page.*7.*from middleware/s],
  ['/dyn', 200, /dynamic page/, { headers: { RSC: '1' } }],
  ['/isr', 200, 'isr page'],
  ['/isr', 200, 'isr page'],
  ['/legacy', 200, /legacy page.*1\.3\.0/s],
  ['/legacy', 200, 'jsx-'],
  ['/old-static', 200, 'old static page'],
  ['/rewritten', 200, 'legacy page'],
  ['/api/file', 200, 'hello from data via pages'],
  ['/api/read', 200, 'hello from data via app'],
  ['/api/env', 200, '"env":"from an environment file","node":"production","hook":"instrumented 9"'],
  ['/edge', 200, 'edge route'],
  ['/hello.txt', 200, 'public file'],
  ['/sub/n.txt', 200, 'nested'],
  [asset('.js'), 200, /./],
  [asset('.css'), 200, 'color'],
  ['/_next/image?url=%2Fpixel.png&w=64&q=75', 200, /./],
  ['/nothing-here', 404, 'my not found'],
];

const port = await freePort();
const { NODE_ENV, ...env } = process.env;
const child = spawn(process.execPath, [program], { cwd, env: { ...env, PORT: port, NEXT_TELEMETRY_DISABLED: '1' } });
let log = '';
child.stdout.on('data', (text) => { log += text; });
child.stderr.on('data', (text) => { log += text; });
let ended = false;
child.on('exit', () => { ended = true; });

const get = (url, options) => fetch(`http://127.0.0.1:${port}${url}`, { signal: AbortSignal.timeout(30_000), ...options });

for (let tries = 0; tries < 300 && !ended; tries += 1) {
  if (await get('/custom').then(() => true, () => false)) break;
  await sleep(100);
}
let passed = 0;
for (const [url, status, holds, options] of ended ? [] : requests) {
  try {
    const response = await get(url, options);
    const text = await response.text();
    const is = holds instanceof RegExp ? holds.test(text) : text.includes(holds);
    if (response.status === status && is) passed += 1;
    else console.log(`${url}: ${response.status} ${text.slice(0, 200)}`);
  } catch (error) {
    console.log(`${url}: ${error}`);
  }
}
if (passed < requests.length) console.log(log.slice(0, 4000));
console.log(`${passed}/${requests.length}`);
child.kill('SIGKILL');
process.exit(passed === requests.length ? 0 : 1);
