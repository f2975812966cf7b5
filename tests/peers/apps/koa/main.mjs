// Two middlewares, a JSON route, a redirect and an error, asked for over HTTP.
import assert from 'node:assert';
import Koa from 'koa';

process.exitCode = 1;

const app = new Koa();
app.silent = true;
app.use(async (ctx, next) => {
  await next();
  ctx.set('x-after', 'yes');
});
app.use(async (ctx) => {
  if (ctx.path === '/json') {
    ctx.cookies.set('seen', '1');
    ctx.body = { method: ctx.method, q: ctx.query.q, accepts: ctx.accepts('html', 'json') };
  } else if (ctx.path === '/away') {
    ctx.redirect('/json');
  } else if (ctx.path === '/fail') {
    ctx.throw(418, 'short and stout');
  }
});

const server = app.listen(0, '127.0.0.1');
await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject));
const base = `http://127.0.0.1:${server.address().port}`;

const json = await fetch(`${base}/json?q=1`, { headers: { accept: 'application/json' } });
assert.strictEqual(json.headers.get('x-after'), 'yes');
assert.match(json.headers.get('set-cookie'), /^seen=1/);
assert.deepStrictEqual(await json.json(), { method: 'GET', q: '1', accepts: 'json' });

const away = await fetch(`${base}/away`, { redirect: 'manual' });
assert.strictEqual(away.status, 302);
await away.text();

const fail = await fetch(`${base}/fail`);
assert.strictEqual(fail.status, 418);
assert.strictEqual(await fail.text(), 'short and stout');

const missing = await fetch(`${base}/missing`);
assert.strictEqual(missing.status, 404);
await missing.text();

server.closeAllConnections();
server.close();
console.log('ok koa');
process.exitCode = 0;
