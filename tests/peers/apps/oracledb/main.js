'use strict';

// No database here: the driver in pure JavaScript tries to connect, and reports that nobody listens.
const assert = require('node:assert');
const net = require('node:net');
const oracledb = require('oracledb');

process.exitCode = 1;

async function main() {
  assert.ok(oracledb.thin);
  // A port that was free a moment ago.
  const server = net.createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  const connectString = `127.0.0.1:${port}/service`;
  await assert.rejects(oracledb.getConnection({ user: 'scott', password: 'tiger', connectString }), /NJS-5(03|30|11)/);
  console.log('ok oracledb');
  process.exitCode = 0;
}

main().catch((err) => {
  console.error(err);
  process.exit(1);
});
