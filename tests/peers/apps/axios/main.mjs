// JSON both ways, an interceptor, a form, a redirect and a failing status against a local server.
import assert from 'node:assert';
import http from 'node:http';
import zlib from 'node:zlib';
import axios, { AxiosError, isAxiosError } from 'axios';

process.exitCode = 1;

const server = http.createServer((req, res) => {
  const chunks = [];
  req.on('data', (chunk) => chunks.push(chunk));
  req.on('end', () => {
    const body = Buffer.concat(chunks).toString();
    if (req.url.startsWith('/away')) {
      res.writeHead(302, { location: '/echo' }).end();
    } else if (req.url.startsWith('/teapot')) {
      res.writeHead(418, { 'content-type': 'text/plain' }).end('teapot');
    } else {
      res.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      const { method, url, headers } = req;
      const type = headers['content-type'] ?? null;
      res.end(zlib.gzipSync(JSON.stringify({ method, url, type, extra: headers['x-extra'], body })));
    }
  });
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

const client = axios.create({
  baseURL: `http://127.0.0.1:${server.address().port}`,
  timeout: 5000,
  proxy: false,
});
client.interceptors.request.use((config) => {
  config.headers.set('x-extra', 'added');
  return config;
});

const got = await client.get('/echo', { params: { a: [1, 2], b: 'x y' } });
assert.strictEqual(decodeURIComponent(got.data.url), '/echo?a[]=1&a[]=2&b=x+y');
assert.strictEqual(got.data.extra, 'added');

const posted = await client.post('/echo', { n: 1 });
assert.strictEqual(posted.data.type, 'application/json');
assert.deepStrictEqual(JSON.parse(posted.data.body), { n: 1 });

const form = await client.postForm('/echo', { field: 'value' });
assert.match(form.data.type, /^multipart\/form-data/);
assert.match(form.data.body, /name="field"/);

const away = await client.get('/away');
assert.strictEqual(away.data.url, '/echo');

await assert.rejects(client.get('/teapot'), (err) => {
  assert.ok(isAxiosError(err) && err instanceof AxiosError);
  assert.strictEqual(err.response.status, 418);
  return true;
});

server.closeAllConnections();
server.close();
console.log('ok axios');
process.exitCode = 0;
