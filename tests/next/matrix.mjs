// The app in this folder with every version and bundler of Next: built by Next, put into a folder by
// monotrace with and without the standalone folder, moved, the app moved away, and asked for all it has.
//   node matrix.mjs [--apps DIR] [--only TEXT]
// Needs npm, a network, and half an hour. `--apps` keeps installed and built apps for the next run.
// MONOTRACE is the command (target/release/monotrace). Prints a table; the exit status is 1 if a request failed.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { apps: { type: 'string' }, only: { type: 'string', default: '' } } });
const here = import.meta.dirname;
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'monotrace-next-'));
const apps = path.resolve(values.apps ?? path.join(scratch, 'apps'));
const monotrace = path.resolve(process.env.MONOTRACE ?? path.join(here, '../../target/release/monotrace'));

// Version, React, the bundlers and how each is asked for.
const kinds = [
  ['13.0', '18', { webpack: [] }],
  ['13.1', '18', { webpack: [] }],
  ['13.2', '18', { webpack: [] }],
  ['13.3', '18', { webpack: [] }],
  ['13.4', '18', { webpack: [] }],
  ['13', '18', { webpack: [] }],
  ['14', '18', { webpack: [] }],
  ['15', '19', { webpack: [], Turbopack: ['--turbopack'] }],
  ['16', '19', { webpack: ['--webpack'], Turbopack: ['--turbopack'] }],
];

const quiet = { stdio: ['ignore', 'ignore', 'inherit'] };
const env = (more) => ({ ...process.env, NEXT_TELEMETRY_DISABLED: '1', CI: '1', ...more });

/** Files of the app, as this version names them. */
function copyApp(folder, major) {
  fs.cpSync(path.join(here, 'app'), folder, { recursive: true });
  if (major === '16') return;
  const proxy = fs.readFileSync(path.join(folder, 'proxy.js'), 'utf8');
  fs.writeFileSync(path.join(folder, 'middleware.js'), proxy.replace('function proxy', 'function middleware'));
  fs.rmSync(path.join(folder, 'proxy.js'));
}

/** An app alone, installed by npm, or one of two in a workspace with shared packages, by npm or pnpm. */
function makeApp(folder, major, react, manager) {
  const next = major.includes('.') ? `~${major}.0` : `^${major}`;
  const versions = { next, react: `^${react}`, 'react-dom': `^${react}`, ms: '2.1.3', semver: '7.6.0' };
  const write = (file, text) => {
    fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    fs.writeFileSync(path.join(folder, file), typeof text === 'string' ? text : JSON.stringify(text, null, 2));
  };
  if (!manager) {
    copyApp(folder, major);
    write('package.json', { name: 'app', private: true, dependencies: versions });
    execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder, ...quiet });
    return folder;
  }
  const shared = manager === 'pnpm' ? 'workspace:*' : '*';
  for (const name of ['web', 'admin']) {
    const app = path.join(folder, 'apps', name);
    copyApp(app, major);
    const config = fs.readFileSync(path.join(app, 'next.config.js'), 'utf8');
    const inWorkspace = config.replace(/__dirname/g, "require('node:path').join(__dirname, '../..')");
    write(`apps/${name}/next.config.js`, inWorkspace.replace('headers:', "transpilePackages: ['@w/ui'],\n  headers:"));
    const page = fs.readFileSync(path.join(app, 'app/page.js'), 'utf8');
    write(`apps/${name}/app/page.js`, `import { Hello } from '@w/ui';\n${page.replace('home page', '<Hello />')}`);
    const server = fs.readFileSync(path.join(app, 'server.js'), 'utf8');
    write(`apps/${name}/server.js`, server.replace("require('ms')", "require('@w/util').ms"));
    write(`apps/${name}/package.json`, { name, private: true, dependencies: { ...versions, '@w/ui': shared, '@w/util': shared } });
  }
  write('packages/ui/package.json', { name: '@w/ui', version: '1.0.0', main: 'index.jsx' });
  write('packages/ui/index.jsx', 'export function Hello() { return <b>home page</b>; }\n');
  write('packages/util/package.json', { name: '@w/util', version: '1.0.0', main: 'dist/index.js', dependencies: { ms: '2.1.3' } });
  write('packages/util/dist/index.js', "exports.ms = require('ms');\n");
  write('package.json', { name: 'w', private: true, workspaces: ['apps/*', 'packages/*'] });
  write('pnpm-workspace.yaml', "packages: ['apps/*', 'packages/*']\n");
  const install = { npm: ['npm', 'install', '--no-audit', '--no-fund'], pnpm: ['npx', '--yes', 'pnpm@9', 'install'] };
  const [program, ...rest] = install[manager];
  execFileSync(program, [...rest, '--ignore-scripts', '--loglevel=error'], { cwd: folder, ...quiet });
  return path.join(folder, 'apps/web');
}

/** Builds the app; how long that took, and how long Next's own tracing by nft. */
function buildApp(app, flags, output) {
  const began = performance.now();
  const next = path.join(app, 'node_modules/next/dist/bin/next');
  const program = fs.existsSync(next) ? next : path.join(app, '../../node_modules/next/dist/bin/next');
  execFileSync(process.execPath, [program, 'build', ...flags], { cwd: app, env: env({ NEXT_OUTPUT: output }), ...quiet });
  const seconds = (performance.now() - began) / 1000;
  const events = fs.readFileSync(path.join(app, '.next/trace'), 'utf8').trim().split('\n').flatMap((line) => JSON.parse(line));
  fs.rmSync(path.join(app, '.next/cache'), { recursive: true, force: true });
  const nft = events.filter((event) => event.name === 'node-file-trace-build');
  return { seconds, nft: nft.length ? nft.reduce((sum, event) => sum + event.duration, 0) / 1e6 : null };
}

/** Makes the folder, takes it and the app elsewhere, and asks. */
function tryFolder(top, app, name) {
  const out = path.join(scratch, 'out');
  const moved = path.join(scratch, 'elsewhere');
  for (const folder of [out, moved]) fs.rmSync(folder, { recursive: true, force: true });
  const began = performance.now();
  const built = spawnSync(monotrace, ['build', 'server.js', '-o', out], { cwd: app, encoding: 'utf8' });
  const seconds = (performance.now() - began) / 1000;
  if (built.status !== 0) return { name, failed: built.stderr };
  const findings = (built.stderr.match(/MT\d{4}/g) ?? []).length;
  fs.renameSync(out, moved);
  const inside = path.join(moved, path.relative(top, app));
  const files = fs.readdirSync(moved, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const bytes = files.reduce((sum, entry) => sum + fs.statSync(path.join(entry.parentPath, entry.name)).size, 0);
  fs.renameSync(top, `${top}.away`);
  const asked = spawnSync(process.execPath, [
    path.join(here, 'requests.mjs'), path.join(inside, 'start.cjs'), path.join(inside, '.next/static'),
  ], { encoding: 'utf8' });
  fs.renameSync(`${top}.away`, top);
  const requests = asked.stdout.trim().split('\n').at(-1);
  return { name, requests, files: files.length, bytes, seconds, findings, failed: asked.status === 0 ? null : asked.stdout };
}

/** What the app itself answers where it is: the oldest versions do not answer all, whoever starts them. */
function askInPlace(app) {
  const start = path.join(app, 'matrix-start.cjs');
  fs.writeFileSync(start, "process.env.NODE_ENV = 'production';\nprocess.chdir(__dirname);\nrequire('./server.js');\n");
  const program = path.join(here, 'requests.mjs');
  const asked = spawnSync(process.execPath, [program, start, path.join(app, '.next/static'), app], { encoding: 'utf8' });
  fs.rmSync(start);
  return asked.stdout.trim().split('\n').at(-1);
}

function* all() {
  for (const [major, react, bundlers] of kinds) {
    for (const [bundler, flags] of Object.entries(bundlers)) {
      for (const output of ['standalone', '']) yield { major, react, bundler, flags, output };
    }
  }
  yield { major: '15', react: '19', bundler: 'webpack', flags: [], output: 'standalone', manager: 'npm' };
  yield { major: '15', react: '19', bundler: 'webpack', flags: [], output: '', manager: 'npm' };
  yield { major: '16', react: '19', bundler: 'Turbopack', flags: ['--turbopack'], output: 'standalone', manager: 'pnpm' };
  yield { major: '16', react: '19', bundler: 'Turbopack', flags: ['--turbopack'], output: '', manager: 'pnpm' };
}

let failures = 0;
console.log('| Next | bundler | workspace | standalone | requests | files | MB | `next build`, s | nft in it, s | monotrace, s |');
console.log('|---|---|---|---|---:|---:|---:|---:|---:|---:|');
for (const { major, react, bundler, flags, output, manager } of all()) {
  const name = [major, bundler, manager, output].filter(Boolean).join('-').toLowerCase();
  if (!name.includes(values.only)) continue;
  const top = path.join(apps, name);
  const app = manager ? path.join(top, 'apps/web') : top;
  const measured = path.join(apps, `${name}.json`);
  if (!fs.existsSync(measured)) {
    fs.rmSync(top, { recursive: true, force: true });
    fs.mkdirSync(top, { recursive: true });
    makeApp(top, major, react, manager);
    fs.writeFileSync(measured, JSON.stringify(buildApp(app, flags, output)));
  }
  const next = JSON.parse(fs.readFileSync(measured, 'utf8'));
  const modules = [path.join(app, 'node_modules/next'), path.join(top, 'node_modules/next')].find((folder) => fs.existsSync(folder));
  const { version } = JSON.parse(fs.readFileSync(path.join(modules, 'package.json'), 'utf8'));
  const tried = tryFolder(top, app, name);
  const inPlace = tried.failed && tried.requests ? askInPlace(app) : null;
  if (inPlace && inPlace === tried.requests) {
    tried.requests += ' as in place';
  } else if (tried.failed) {
    failures += 1;
    console.error(`${name}: ${tried.failed}`);
  }
  const cells = [
    version, bundler, manager ?? '–', output ? 'with' : 'without', tried.requests ?? 'none', tried.files ?? '–',
    tried.bytes ? (tried.bytes / 1e6).toFixed(1) : '–', next.seconds.toFixed(1), next.nft?.toFixed(1) ?? '–',
    tried.seconds?.toFixed(2) ?? '–',
  ];
  console.log(`| ${cells.join(' | ')} |`);
}
fs.rmSync(scratch, { recursive: true, force: true });
process.exit(failures ? 1 : 0);
