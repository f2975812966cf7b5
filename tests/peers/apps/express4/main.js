'use strict';

// Serves JSON, a parsed body, a router with a wildcard and an error page, and asks for each.
const assert = require('node:assert');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const express = require('express4');

process.exitCode = 1;

async function main() {
  const publicDir = fs.mkdtempSync(path.join(os.tmpdir(), 'monotrace-express-'));
  fs.writeFileSync(path.join(publicDir, 'hello.txt'), 'hello from disk');

  const app = express();
  app.use(express.json());
  app.use('/public', express.static(publicDir));
  app.get('/json/:id', (req, res) => res.json({ id: req.params.id, q: req.query.q }));
  app.post('/sum', (req, res) => res.json({ sum: req.body.values.reduce((a, b) => a + b, 0) }));
  const router = express.Router();
  router.get('/files/*', (req, res) => res.type('text').send(req.params[0]));
  app.use('/router', router);
  app.get('/boom', () => {
    throw new Error('boom');
  });
  app.use((err, req, res, next) => {
    void next;
    res.status(500).json({ message: err.message });
  });

  const server = await new Promise((resolve, reject) => {
    const s = app.listen(0, '127.0.0.1', () => resolve(s));
    s.on('error', reject);
  });
  const base = `http://127.0.0.1:${server.address().port}`;
  try {
    const json = await fetch(`${base}/json/7?q=x`);
    assert.deepStrictEqual(await json.json(), { id: '7', q: 'x' });

    const sum = await fetch(`${base}/sum`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ values: [1, 2, 3] }),
    });
    assert.deepStrictEqual(await sum.json(), { sum: 6 });

    const file = await fetch(`${base}/public/hello.txt`);
    assert.strictEqual(file.headers.get('content-type').split(';')[0], 'text/plain');
    assert.strictEqual(await file.text(), 'hello from disk');

    const wild = await fetch(`${base}/router/files/a/b.txt`);
    assert.strictEqual(await wild.text(), 'a/b.txt');

    const boom = await fetch(`${base}/boom`);
    assert.strictEqual(boom.status, 500);
    assert.deepStrictEqual(await boom.json(), { message: 'boom' });

    const missing = await fetch(`${base}/nothing-here`);
    assert.strictEqual(missing.status, 404);
    await missing.text();
  } finally {
    server.closeAllConnections();
    server.close();
    fs.rmSync(publicDir, { recursive: true, force: true });
  }
  console.log('ok express4');
  process.exitCode = 0;
}

main().catch((err) => {
  console.error(err);
  process.exit(1);
});
