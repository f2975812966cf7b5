// Plugins and routes that are whatever stands in two folders.
import assert from 'node:assert';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import autoload from '@fastify/autoload';
import Fastify from 'fastify';

process.exitCode = 1;

const __dirname = dirname(fileURLToPath(import.meta.url));
const app = Fastify();
app.register(autoload, { dir: join(__dirname, 'plugins') });
app.register(autoload, { dir: join(__dirname, 'routes'), options: { prefix: '/api' } });
assert.deepStrictEqual((await app.inject('/api/users/7')).json(), { id: '7', name: 'user 7' });
assert.strictEqual((await app.inject('/api')).body, 'root');
await app.close();
console.log('ok fastify-autoload');
process.exitCode = 0;
