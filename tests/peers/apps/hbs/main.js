'use strict';

// Handlebars views with a layout and a folder of partials.
const assert = require('node:assert');
const express = require('express');
const hbs = require('hbs');

process.exitCode = 1;

const app = express();
app.set('view engine', 'hbs');
app.set('views', __dirname + '/views');
hbs.registerHelper('shout', (word) => word.toUpperCase());
hbs.registerPartials(__dirname + '/views/partials', (err) => {
  assert.ifError(err);
  app.get('/', (req, res) => res.render('home', { name: 'Ada', layout: 'layout' }));
  const server = app.listen(0, '127.0.0.1', async () => {
    const response = await fetch(`http://127.0.0.1:${server.address().port}`);
    const html = await response.text();
    assert.match(html, /<body>\s*<p>Hello ADA<\/p>\s*<footer>the end<\/footer>\s*<\/body>/);
    server.close();
    server.closeAllConnections();
    console.log('ok hbs');
    process.exitCode = 0;
  });
});
