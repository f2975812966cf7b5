'use strict';

// A server and a client on this machine; the addon for faster ciphers is optional and absent.
const assert = require('node:assert');
const { Client, Server, utils } = require('ssh2');

process.exitCode = 1;

const hostKey = utils.generateKeyPairSync('ed25519').private;
const server = new Server({ hostKeys: [hostKey] }, (client) => {
  client.on('authentication', (auth) => (auth.username === 'ada' && auth.password === 'pw' ? auth.accept() : auth.reject(['password'])));
  client.on('error', () => {});
  client.on('ready', () =>
    client.on('session', (accept) =>
      accept().on('exec', (acceptExec, reject, info) => {
        const stream = acceptExec();
        stream.write(`ran ${info.command}`);
        stream.exit(0);
        stream.end();
      }),
    ),
  );
});
server.listen(0, '127.0.0.1', () => {
  const client = new Client();
  client.on('ready', () =>
    client.exec('uptime', (err, stream) => {
      assert.ifError(err);
      let output = '';
      stream.on('data', (data) => (output += data));
      stream.on('close', (code) => {
        assert.strictEqual(code, 0);
        assert.strictEqual(output, 'ran uptime');
        client.end();
        server.close();
        console.log('ok ssh2');
        process.exitCode = 0;
      });
    }),
  );
  client.connect({ host: '127.0.0.1', port: server.address().port, username: 'ada', password: 'pw' });
});
