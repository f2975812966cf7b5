'use strict';

// The pages of Swagger UI for a small API: html, scripts and a logo out of the plugin's own folder.
const assert = require('node:assert');
const Fastify = require('fastify');

process.exitCode = 1;

async function main() {
  const app = Fastify();
  await app.register(require('@fastify/swagger'), { openapi: { info: { title: 'Cats', version: '1.0.0' } } });
  await app.register(require('@fastify/swagger-ui'), { routePrefix: '/docs' });
  app.get('/cats/:id', { schema: { params: { type: 'object', properties: { id: { type: 'string' } } } } }, async () => ({}));
  await app.ready();

  const spec = (await app.inject('/docs/json')).json();
  assert.ok(spec.paths['/cats/{id}'].get);
  assert.match((await app.inject('/docs/')).body, /swagger-ui/);
  const bundle = await app.inject('/docs/static/swagger-ui-bundle.js');
  assert.strictEqual(bundle.statusCode, 200);
  assert.ok(bundle.body.length > 500000);
  assert.strictEqual((await app.inject('/docs/static/favicon-32x32.png')).statusCode, 200);
  await app.close();
  console.log('ok fastify-swagger-ui');
  process.exitCode = 0;
}

main();
