'use strict';

// Ejs with includes, from a views folder beside the folder of the script.
const path = require('path');
const express = require('express4');

const app = express();
const root = path.resolve(__dirname, '..');
app.set('view engine', 'ejs');
app.set('views', root + '/views');
app.engine('ejs', require('ejs').__express);
app.locals.site = 'Example';

app.get('/', (req, res) => res.render('pages/home', { items: ['a', 'b'] }));
app.get('/robots.txt', (req, res) => res.sendFile(path.join(root, 'static', 'robots.txt')));

module.exports = app;
