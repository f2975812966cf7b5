'use strict';

const assert = require('assert');
const app = require('./app');

process.exitCode = 1;

const server = app.listen(0, '127.0.0.1', async () => {
  const base = `http://127.0.0.1:${server.address().port}`;
  const html = await (await fetch(base)).text();
  assert.match(html, /<h1>Example<\/h1>/);
  assert.match(html, /<li>a<\/li>\s*<li>b<\/li>/);
  assert.match(await (await fetch(`${base}/robots.txt`)).text(), /^User-agent: \*/);
  server.close();
  server.closeAllConnections();
  console.log('ok express-ejs');
  process.exitCode = 0;
});
