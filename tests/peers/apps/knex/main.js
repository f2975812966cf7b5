'use strict';

// Queries for three databases, none of which is there, and the migrations and seeds of the program's folder.
const assert = require('node:assert');
const path = require('node:path');
const knex = require('knex');
const { FsMigrations } = require('knex/lib/migrations/migrate/sources/fs-migrations');
const config = require('./knexfile');

process.exitCode = 1;

async function main() {
  const sql = {};
  for (const client of ['pg', 'mysql', 'better-sqlite3']) {
    // Without a connection no driver is loaded: the query is only written.
    const db = knex({ client, useNullAsDefault: true });
    sql[client] = db('users').where({ id: 1 }).limit(1).toString();
  }
  assert.strictEqual(sql.pg, 'select * from "users" where "id" = 1 limit 1');
  assert.strictEqual(sql.mysql, 'select * from `users` where `id` = 1 limit 1');
  assert.strictEqual(sql['better-sqlite3'], sql.mysql);

  const source = new FsMigrations(config.migrations.directory, false);
  const migrations = await source.getMigrations(['.js']);
  assert.deepStrictEqual(migrations.map((migration) => source.getMigrationName(migration)), ['001_users.js', '002_posts.js']);
  const pg = knex(config);
  const statements = [];
  for (const migration of migrations) {
    const { up } = await source.getMigration(migration);
    statements.push(up(pg).toString());
  }
  assert.match(statements[0], /^create table "users"/);
  assert.match(statements[1], /^create table "posts"/);
  assert.strictEqual(path.basename(config.migrations.directory), 'migrations');
  await pg.destroy();
  console.log('ok knex');
  process.exitCode = 0;
}

main();
