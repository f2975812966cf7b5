'use strict';

// Renders components to a string and to a stream with a suspended part.
const assert = require('node:assert');
const { Writable } = require('node:stream');
const React = require('react');
const { renderToPipeableStream, renderToString } = require('react-dom/server');
const { jsx } = require('react/jsx-runtime');

process.exitCode = 1;

const Theme = React.createContext('light');

function Count({ start }) {
  const [n] = React.useState(start);
  const twice = React.useMemo(() => n * 2, [n]);
  return React.createElement('b', { className: React.useContext(Theme) }, `${n} & ${twice}`);
}

const Lazy = React.lazy(async () => ({ default: () => jsx('i', { children: 'late' }) }));

async function main() {
  const html = renderToString(
    React.createElement(Theme.Provider, { value: 'dark' }, jsx(Count, { start: 2 })),
  );
  assert.strictEqual(html, '<b class="dark">2 &amp; 4</b>');

  const streamed = await new Promise((resolve, reject) => {
    const chunks = [];
    const sink = new Writable({
      write(chunk, _, done) {
        chunks.push(chunk);
        done();
      },
      final(done) {
        resolve(Buffer.concat(chunks).toString());
        done();
      },
    });
    const stream = renderToPipeableStream(
      React.createElement(React.Suspense, { fallback: 'wait' }, React.createElement(Lazy)),
      { onAllReady: () => stream.pipe(sink), onError: reject, onShellError: reject },
    );
  });
  assert.match(streamed, /<i>late<\/i>/);

  console.log('ok react');
  process.exitCode = 0;
}

main().catch((err) => {
  console.error(err);
  process.exit(1);
});
