'use strict';

// Express loads the view engine by the name it is set to: nothing here requires pug.
const assert = require('node:assert');
const path = require('node:path');
const express = require('express');

process.exitCode = 1;

const app = express();
app.set('views', path.join(__dirname, 'views'));
app.set('view engine', 'pug');
app.use('/assets', express.static(path.join(__dirname, 'public')));
app.get('/', (req, res) => res.render('index', { title: 'Cats', cats: ['Tom', 'Kit'] }));

const server = app.listen(0, '127.0.0.1', async () => {
  const base = `http://127.0.0.1:${server.address().port}`;
  const html = await (await fetch(base)).text();
  assert.match(html, /<title>Cats<\/title>/);
  assert.match(html, /<li class="cat">Tom<\/li><li class="cat">Kit<\/li>/);
  const css = await fetch(`${base}/assets/style.css`);
  assert.match(css.headers.get('content-type'), /text\/css/);
  assert.match(await css.text(), /color: teal/);
  server.close();
  server.closeAllConnections();
  console.log('ok express-pug');
  process.exitCode = 0;
});
