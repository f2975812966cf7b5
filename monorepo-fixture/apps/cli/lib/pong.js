'use strict';
const ping = require('./ping');
exports.pong = (n) => (n === 0 ? 'pong' : ping.ping(n - 1));
