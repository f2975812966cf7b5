'use strict';

// The models of a folder that its index reads, for a database that is not asked anything.
const assert = require('node:assert');
const db = require('./models');

process.exitCode = 1;

assert.deepStrictEqual(Object.keys(db).sort(), ['Post', 'Sequelize', 'User', 'sequelize']);
const user = db.User.build({ name: 'Ada' });
assert.strictEqual(user.get('name'), 'Ada');
assert.ok(db.User.associations.posts);
const sql = db.sequelize.getQueryInterface().queryGenerator.selectQuery('Users', { where: { name: 'Ada' }, limit: 2 }, db.User);
assert.strictEqual(sql, `SELECT * FROM "Users" AS "User" WHERE "User"."name" = 'Ada' LIMIT 2;`);
user
  .validate()
  .then(() => db.sequelize.close())
  .then(() => {
    console.log('ok sequelize');
    process.exitCode = 0;
  });
