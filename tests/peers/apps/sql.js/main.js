'use strict';

// SQLite in WebAssembly, with a schema from the program's own folder. sql.js finds its .wasm file itself
// the first time; then the program says where it is, as the manual teaches.
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const initSqlJs = require('sql.js');

process.exitCode = 1;

async function main() {
  const SQL = await initSqlJs();
  const db = new SQL.Database();
  db.run(fs.readFileSync(path.resolve(__dirname, 'schema.sql'), 'utf8'));
  db.run('insert into notes (text) values (?), (?)', ['one', 'two']);
  const [{ values }] = db.exec('select text from notes order by id desc');
  assert.deepStrictEqual(values, [['two'], ['one']]);

  const initDebug = require('sql.js/dist/sql-wasm-debug.js');
  const dist = path.dirname(require.resolve('sql.js')) + '/';
  const debug = await initDebug({ locateFile: (file) => dist + file });
  const copy = new debug.Database(db.export());
  assert.strictEqual(copy.exec('select count(*) from notes')[0].values[0][0], 2);
  console.log('ok sql.js');
  process.exitCode = 0;
}

main();
