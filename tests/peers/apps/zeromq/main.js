'use strict';

// Pushes to and pulls from a socket in the same process. The addon is found by a manifest that lists
// builds by platform and ABI.
const assert = require('node:assert');
const zmq = require('zeromq');

process.exitCode = 1;

async function main() {
  const push = new zmq.Push();
  const pull = new zmq.Pull();
  await push.bind('inproc://work');
  pull.connect('inproc://work');
  await push.send(['one', 'two']);
  const [one, two] = await pull.receive();
  assert.deepStrictEqual([one.toString(), two.toString()], ['one', 'two']);
  push.close();
  pull.close();
  console.log('ok zeromq');
  process.exitCode = 0;
}

main().catch((err) => {
  console.error(err);
  process.exit(1);
});
