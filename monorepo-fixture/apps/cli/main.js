#!/usr/bin/env node
// From the workspace root: node apps/cli/main.js
'use strict';
const { banner, site, words } = require('@fixture/assets');
const { hello } = require('@fixture/core');
const makeEmitter = require('bundled-emitter');
const message = require('lib-folder');
const defaults = require('./lib/defaults');
const { ping } = require('./lib/ping');
const sum = require('./lib/sum');
const fakes = require('./lib/traps');

const emitter = makeEmitter();
emitter.on((text) => console.log(`${banner} ${text}`));
emitter.emit([
  site.title, hello(defaults.name), ping(3), sum(1, 2), words.yes, `${fakes.length} fakes`, message('done'),
].join(' | '));
