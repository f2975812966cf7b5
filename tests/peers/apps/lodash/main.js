'use strict';

// The whole library, the functional flavour and single functions by path.
const assert = require('node:assert');
const _ = require('lodash');
const fp = require('lodash/fp');
const cloneDeep = require('lodash/cloneDeep');
const kebabCase = require('lodash/kebabCase');

process.exitCode = 1;

const people = [
  { name: 'b', age: 2 },
  { name: 'a', age: 2 },
  { name: 'c', age: 1 },
];
const names = _.chain(people).orderBy(['age', 'name'], ['desc', 'asc']).map('name').join('').value();
assert.strictEqual(names, 'abc');
assert.deepStrictEqual(_.merge({ a: { b: 1 } }, { a: { c: [2] } }), { a: { b: 1, c: [2] } });
const page = _.template('<% _.each(list, (x) => { %>[<%- x %>]<% }) %>');
assert.strictEqual(page({ list: ['<'] }), '[&lt;]');
assert.deepStrictEqual(
  fp.flow(fp.filter({ age: 2 }), fp.map('name'), fp.sortBy(fp.identity))(people),
  ['a', 'b'],
);
const copy = cloneDeep(people);
assert.ok(copy[0] !== people[0] && _.isEqual(copy, people));
assert.strictEqual(kebabCase('helloBigWorld'), 'hello-big-world');
assert.strictEqual(require('lodash/fp/add')(1)(2), 3);

console.log('ok lodash');
process.exitCode = 0;
