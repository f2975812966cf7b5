'use strict';

// What `next/server` exports, as middleware and route handlers use it, and next's components
// rendered by React. The production server is in `next-server`.
const assert = require('node:assert');
const React = require('react');
const { renderToString } = require('react-dom/server');
const Link = require('next/link').default;
const { NextRequest, NextResponse, userAgent } = require('next/server');

process.exitCode = 1;

async function main() {
  const request = new NextRequest('http://app.example/a?b=1', {
    headers: { cookie: 'k=v', 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Firefox/120.0' },
  });
  assert.strictEqual(request.nextUrl.searchParams.get('b'), '1');
  assert.strictEqual(request.cookies.get('k').value, 'v');
  assert.strictEqual(userAgent(request).browser.name, 'Firefox');
  const response = NextResponse.json({ a: 1 }, { status: 201 });
  response.cookies.set('s', 't');
  assert.match(response.headers.get('set-cookie'), /^s=t/);
  assert.deepStrictEqual(await response.json(), { a: 1 });

  const rewritten = NextResponse.rewrite(new URL('/b', request.url));
  assert.strictEqual(rewritten.headers.get('x-middleware-rewrite'), 'http://app.example/b');

  const html = renderToString(React.createElement(Link, { href: '/x', className: 'c' }, 'go'));
  assert.strictEqual(html, '<a class="c" href="/x">go</a>');

  console.log('ok next');
  process.exitCode = 0;
}

main().catch((err) => {
  console.error(err);
  process.exit(1);
});
