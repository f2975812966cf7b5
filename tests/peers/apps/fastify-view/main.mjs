// Views, static files and the pages of Swagger UI, by Fastify's plugins.
import assert from 'node:assert';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import fastifyView from '@fastify/view';
import ejs from 'ejs';
import Fastify from 'fastify';

process.exitCode = 1;

const root = dirname(fileURLToPath(import.meta.url));
const app = Fastify();
await app.register(fastifyView, { engine: { ejs }, root: join(root, 'views'), layout: 'layout.ejs' });
await app.register(fastifyStatic, { root: join(root, 'public'), prefix: '/public/' });
app.get('/', (request, reply) => reply.viewAsync('index.ejs', { name: 'Ada' }));
app.get('/download', (request, reply) => reply.sendFile('hello.txt'));

const page = await app.inject('/');
assert.strictEqual(page.statusCode, 200, page.body);
assert.match(page.body, /<body><p>Ada<\/p>/);
assert.strictEqual((await app.inject('/public/hello.txt')).body, 'hello\n');
assert.strictEqual((await app.inject('/download')).body, 'hello\n');
assert.strictEqual((await app.inject('/public/none.txt')).statusCode, 404);
await app.close();
console.log('ok fastify-view');
process.exitCode = 0;
