'use strict';
// require('./comment')
/* require('./block-comment') */
const half = 4 / 2; // a division, then: require('./after-division')
const method = { require: (name) => name };
const call = (require) => require('./parameter');

module.exports = [
  "require('./string')",
  /require\('.\/regex'\)|["'`]/.source,
  `require('./template') ${half} ${`require('./nested-template')`}`,
  method.require('./method'),
  call((name) => name),
  require(/* a comment between */ './real'),
];
