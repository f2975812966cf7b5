'use strict';
// An optional dependency that is not installed: a note, never an error.
let sum = (a, b) => a + b;
try {
  sum = require('swift-sum-native');
} catch {
  // JavaScript is fast enough.
}
module.exports = sum;
