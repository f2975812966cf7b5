'use strict';

// Swagger UI in Express: the package serves the dist folder of another one.
const assert = require('node:assert');
const express = require('express');
const swaggerUi = require('swagger-ui-express');
const swaggerDocument = require('./openapi.json');

process.exitCode = 1;

const app = express();
app.use('/api-docs', swaggerUi.serve, swaggerUi.setup(swaggerDocument));
const server = app.listen(0, '127.0.0.1', async () => {
  const base = `http://127.0.0.1:${server.address().port}/api-docs`;
  assert.match(await (await fetch(`${base}/`)).text(), /<div id="swagger-ui">/);
  assert.match(await (await fetch(`${base}/swagger-ui-init.js`)).text(), /Cats/);
  // What is not there is answered with the page, so the kind must be right too.
  const kinds = { 'swagger-ui.css': /css/, 'swagger-ui-bundle.js': /javascript/, 'favicon-16x16.png': /png/ };
  for (const [file, kind] of Object.entries(kinds)) {
    const response = await fetch(`${base}/${file}`);
    assert.match(response.headers.get('content-type'), kind);
    assert.ok((await response.arrayBuffer()).byteLength > 100);
  }
  server.close();
  server.closeAllConnections();
  console.log('ok swagger-ui-express');
  process.exitCode = 0;
});
