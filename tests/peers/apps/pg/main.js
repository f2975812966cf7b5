'use strict';

// Escaping and type parsers, and queries to a small server here that speaks PostgreSQL's protocol.
const assert = require('node:assert');
const net = require('node:net');
const pg = require('pg');

process.exitCode = 1;

function message(type, ...parts) {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(5);
  head.write(type, 0, 'latin1');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}
const int16 = (n) => {
  const b = Buffer.alloc(2);
  b.writeInt16BE(n);
  return b;
};
const int32 = (n) => {
  const b = Buffer.alloc(4);
  b.writeInt32BE(n);
  return b;
};
const text = (s) => Buffer.from(`${s}\0`);

const READY = message('Z', Buffer.from('I'));
const column = (name, oid) =>
  Buffer.concat([text(name), int32(0), int16(0), int32(oid), int16(-1), int32(-1), int16(0)]);
const cell = (s) => (s === null ? int32(-1) : Buffer.concat([int32(s.length), Buffer.from(s)]));
// int4, text, timestamptz and jsonb, and one row that has a null in it.
const COLUMNS = message(
  'T',
  int16(4),
  column('n', 23),
  column('word', 25),
  column('at', 1184),
  column('doc', 3802),
);
const ROWS = Buffer.concat([
  message('D', int16(4), cell('7'), cell('seven'), cell('2020-01-02 03:04:05+00'), cell('{"a":[1]}')),
  message('D', int16(4), cell('8'), cell(null), cell('2020-01-02 03:04:05+00'), cell('{}')),
  message('C', text('SELECT 2')),
]);

function serve(socket) {
  let pending = Buffer.alloc(0);
  let started = false;
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    for (;;) {
      const lengthAt = started ? 1 : 0;
      if (pending.length < lengthAt + 4) return;
      const size = lengthAt + pending.readInt32BE(lengthAt);
      if (pending.length < size) return;
      const type = started ? String.fromCharCode(pending[0]) : 'startup';
      const body = pending.subarray(lengthAt + 4, size);
      pending = pending.subarray(size);
      if (type === 'startup') {
        started = true;
        socket.write(message('R', int32(5), Buffer.from([1, 2, 3, 4]))); // asks for an md5 password
      } else if (type === 'p') {
        assert.match(body.toString(), /^md5[0-9a-f]{32}\0$/);
        socket.write(
          Buffer.concat([
            message('R', int32(0)),
            message('S', text('server_version'), text('16.0')),
            message('K', int32(1), int32(2)),
            READY,
          ]),
        );
      } else if (type === 'Q' && body.toString().includes('broken')) {
        const fields = Buffer.concat([text('SERROR'), text('C42601'), text('Msyntax error'), text('')]);
        socket.write(Buffer.concat([message('E', fields), READY]));
      } else if (type === 'Q') {
        socket.write(Buffer.concat([COLUMNS, ROWS, READY]));
      } else if (type === 'P') {
        socket.write(message('1'));
      } else if (type === 'B') {
        socket.write(message('2'));
      } else if (type === 'D') {
        socket.write(COLUMNS);
      } else if (type === 'E') {
        socket.write(ROWS);
      } else if (type === 'S') {
        socket.write(READY);
      } else if (type === 'X') {
        socket.end();
      }
    }
  });
}

async function main() {
  assert.strictEqual(pg.escapeIdentifier('a"b'), '"a""b"');
  assert.strictEqual(pg.escapeLiteral("it's"), "'it''s'");
  assert.deepStrictEqual(pg.types.getTypeParser(1007, 'text')('{1,2,NULL}'), [1, 2, null]);

  const server = net.createServer(serve);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const config = { host: '127.0.0.1', port: server.address().port, user: 'me', database: 'db' };
  const want = [
    { n: 7, word: 'seven', at: new Date('2020-01-02T03:04:05Z'), doc: { a: [1] } },
    { n: 8, word: null, at: new Date('2020-01-02T03:04:05Z'), doc: {} },
  ];
  const pool = new pg.Pool({ ...config, password: 'secret', ssl: false, max: 2 });
  try {
    const simple = await pool.query('select * from t');
    assert.deepStrictEqual(simple.rows.map((row) => ({ ...row })), want);
    assert.strictEqual(simple.rowCount, 2);
    const prepared = await pool.query('select * from t where n > $1', [3]);
    assert.deepStrictEqual(prepared.rows.map((row) => ({ ...row })), want);
    await assert.rejects(pool.query('broken'), { code: '42601', severity: 'ERROR' });
  } finally {
    await pool.end();
    server.close();
  }
  console.log('ok pg');
  process.exitCode = 0;
}

main().catch((err) => {
  console.error(err);
  process.exit(1);
});
