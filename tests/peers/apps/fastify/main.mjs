// Schema validation and serialization, a plugin, hooks and the logger; over HTTP and by injection.
import assert from 'node:assert';
import Fastify from 'fastify';

process.exitCode = 1;

const logged = [];
const app = Fastify({
  logger: { level: 'info', stream: { write: (line) => logged.push(JSON.parse(line)) } },
});
app.addHook('onSend', async (request, reply) => {
  reply.header('x-hook', request.method);
});
await app.register(
  async (scope) => {
    scope.get(
      '/sum/:a/:b',
      {
        schema: {
          params: {
            type: 'object',
            properties: { a: { type: 'integer' }, b: { type: 'integer' } },
            required: ['a', 'b'],
          },
          response: { 200: { type: 'object', properties: { sum: { type: 'integer' } } } },
        },
      },
      async (request) => ({ sum: request.params.a + request.params.b, hidden: true }),
    );
  },
  { prefix: '/v1' },
);
app.post('/mail', {
  schema: {
    body: {
      type: 'object',
      properties: { address: { type: 'string', format: 'email' } },
      required: ['address'],
    },
  },
  handler: async (request) => request.body,
});

await app.listen({ port: 0, host: '127.0.0.1' });
const base = `http://127.0.0.1:${app.server.address().port}`;

const sum = await fetch(`${base}/v1/sum/2/3`);
assert.strictEqual(sum.headers.get('x-hook'), 'GET');
assert.deepStrictEqual(await sum.json(), { sum: 5 });

const bad = await app.inject({ url: '/v1/sum/two/3' });
assert.strictEqual(bad.statusCode, 400);
assert.match(bad.json().message, /must be integer/);

const mail = await app.inject({ method: 'POST', url: '/mail', payload: { address: 'no' } });
assert.strictEqual(mail.statusCode, 400);
const good = await app.inject({ method: 'POST', url: '/mail', payload: { address: 'a@b.org' } });
assert.deepStrictEqual(good.json(), { address: 'a@b.org' });

assert.ok(logged.some((line) => line.msg === 'request completed'));
await app.close();
console.log('ok fastify');
process.exitCode = 0;
