'use strict';
const pong = require('./pong');
exports.ping = (n) => (n === 0 ? 'ping' : pong.pong(n - 1));
