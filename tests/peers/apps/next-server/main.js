'use strict';

// Starts Next's own production server on the smallest build output it accepts, written to a
// temporary folder by hand, and asks it for a rendered page, an API route, a public file and a
// page that does not exist.
//
// Not covered: `next build` (takes too long here), the app router, middleware, images, dev mode.
const assert = require('node:assert');
const fs = require('node:fs');
const http = require('node:http');
const os = require('node:os');
const path = require('node:path');

process.env.NODE_ENV = 'production';
process.env.NEXT_TELEMETRY_DISABLED = '1';
process.exitCode = 1;

const React = require('react');
const next = require('next');
const AppComponent = require('next/app').default;
const Document = require('next/document').default;
const ErrorPage = require('next/error').default;
const Head = require('next/head').default;
const Link = require('next/link').default;
const { RouteKind } = require('next/dist/server/route-kind');
const { PagesRouteModule } = require('next/dist/server/route-modules/pages/module.compiled');
const { getHandler } = require('next/dist/server/route-modules/pages/pages-handler');

const el = React.createElement;

// What a built page exports; `next build` writes the same from a template.
function page(route, userland) {
  const routeModule = new PagesRouteModule({
    definition: { kind: RouteKind.PAGES, page: route, pathname: route, bundlePath: '', filename: '' },
    distDir: '.next',
    relativeProjectDir: '',
    components: { App: AppComponent, Document },
    userland,
  });
  const { getServerSideProps } = userland;
  const config = {};
  const handler = getHandler({ srcPage: route, config, userland, routeModule, getServerSideProps });
  return { ...userland, config, routeModule, handler };
}

function Greeting({ name }) {
  return el(
    'main',
    null,
    el(Head, null, el('title', null, 'Greeting')),
    el('h1', null, `Hello ${name}`),
    el(Link, { href: '/other' }, 'other'),
  );
}

// The files in the temporary folder cannot find packages, so they fetch their exports from here.
globalThis.monotracePages = {
  document: { default: Document },
  app: { default: AppComponent },
  error: page('/_error', { default: ErrorPage }),
  greeting: page('/greeting', {
    default: Greeting,
    getServerSideProps: async (context) => ({ props: { name: context.query.name } }),
  }),
  api: { handler: async (req, res) => res.end(JSON.stringify({ method: req.method })) },
};

const BUILD = {
  'public/a.txt': 'public file',
  '.next/BUILD_ID': 'build',
  '.next/static/chunks/main.js': 'void 0;',
  '.next/build-manifest.json': {
    polyfillFiles: [],
    devFiles: [],
    ampDevFiles: [],
    lowPriorityFiles: [],
    rootMainFiles: [],
    pages: { '/_app': ['static/chunks/main.js'], '/_error': [], '/greeting': [] },
    ampFirstPages: [],
  },
  '.next/routes-manifest.json': {
    version: 3,
    pages404: true,
    caseSensitive: false,
    basePath: '',
    redirects: [],
    headers: [],
    rewrites: { beforeFiles: [], afterFiles: [], fallback: [] },
    dynamicRoutes: [],
    staticRoutes: [],
    dataRoutes: [],
    rsc: {},
  },
  '.next/prerender-manifest.json': {
    version: 4,
    routes: {},
    dynamicRoutes: {},
    notFoundRoutes: [],
    preview: {
      previewModeId: 'id',
      previewModeSigningKey: 'signing',
      previewModeEncryptionKey: 'encryption',
    },
  },
  '.next/react-loadable-manifest.json': {},
  '.next/required-server-files.json': { version: 1, config: {}, files: [], ignore: [] },
  '.next/server/functions-config-manifest.json': { version: 1, functions: {} },
  '.next/server/middleware-manifest.json': {
    version: 3,
    middleware: {},
    functions: {},
    sortedMiddleware: [],
  },
  '.next/server/next-font-manifest.json': {
    pages: {},
    app: {},
    appUsingSizeAdjust: false,
    pagesUsingSizeAdjust: false,
  },
  '.next/server/pages-manifest.json': {
    '/_app': 'pages/_app.js',
    '/_document': 'pages/_document.js',
    '/_error': 'pages/_error.js',
    '/greeting': 'pages/greeting.js',
    '/api/hello': 'pages/api/hello.js',
  },
  '.next/server/pages/_app.js': 'module.exports = monotracePages.app;',
  '.next/server/pages/_document.js': 'module.exports = monotracePages.document;',
  '.next/server/pages/_error.js': 'module.exports = monotracePages.error;',
  '.next/server/pages/greeting.js': 'module.exports = monotracePages.greeting;',
  '.next/server/pages/api/hello.js': 'module.exports = monotracePages.api;',
};

async function main() {
  const dir = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'monotrace-next-')));
  let server;
  let app;
  try {
    for (const [name, content] of Object.entries(BUILD)) {
      fs.mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
      const text = typeof content === 'string' ? content : JSON.stringify(content);
      fs.writeFileSync(path.join(dir, name), text);
    }
    app = next({ dev: false, dir, conf: {} });
    await app.prepare();
    const handle = app.getRequestHandler();
    server = http.createServer((req, res) => handle(req, res));
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    const base = `http://127.0.0.1:${server.address().port}`;
    const ask = async (url, status) => {
      const response = await fetch(base + url);
      const text = await response.text();
      assert.strictEqual(response.status, status, `${url}: ${text}`);
      return text;
    };

    const html = await ask('/greeting?name=Ada', 200);
    assert.match(html, /<h1>Hello Ada<\/h1>/);
    assert.match(html, /<title[^>]*>Greeting<\/title>/);
    assert.match(html, /<a href="\/other">other<\/a>/);
    assert.match(html, /__NEXT_DATA__/);
    assert.strictEqual(await ask('/api/hello', 200), '{"method":"GET"}');
    assert.strictEqual(await ask('/a.txt', 200), 'public file');
    assert.match(await ask('/missing', 404), /This page could not be found/);
  } finally {
    server?.closeAllConnections();
    server?.close();
    await app?.close();
    fs.rmSync(dir, { recursive: true, force: true });
  }

  console.log('ok next-server');
  process.exitCode = 0;
}

main().catch((err) => {
  console.error(err);
  process.exit(1);
});
