const { createServer } = require('node:http');
const { parse } = require('node:url');
const next = require('next');
const ms = require('ms');
const { log } = require('./lib/log');

const port = Number(process.env.PORT);
const hostname = '127.0.0.1';
const app = next({ dev: process.env.NODE_ENV !== 'production', dir: '.', hostname, port });
const handle = app.getRequestHandler();

app.prepare().then(() => {
  createServer((req, res) => {
    const url = parse(req.url, true);
    if (url.pathname === '/custom') res.end(`the custom server, ${ms('2 days')}`);
    else handle(req, res, url);
  }).listen(port, hostname, () => log(`ready on ${port}`));
});
