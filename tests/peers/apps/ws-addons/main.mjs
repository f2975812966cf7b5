// Web sockets with an optional addon that ws only tries to load, and its twin, which a Node of today
// needs no more and this program asks itself.
import assert from 'node:assert';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import isValidUTF8 from 'utf-8-validate';
import { WebSocket, WebSocketServer } from 'ws';

process.exitCode = 1;

const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
server.on('connection', (socket) => {
  socket.on('message', (data, isBinary) => socket.send(isBinary ? data : `echo ${data}`));
});
await once(server, 'listening');
const client = new WebSocket(`ws://127.0.0.1:${server.address().port}`);
await once(client, 'open');
const text = 'é'.repeat(5000);
client.send(text);
assert.strictEqual(String((await once(client, 'message'))[0]), `echo ${text}`);
client.send(Buffer.alloc(70000, 7));
assert.strictEqual((await once(client, 'message'))[0].length, 70000);
client.close();
await once(client, 'close');
server.close();

assert.ok(isValidUTF8(Buffer.from(text)));
assert.ok(!isValidUTF8(Buffer.from([0xc3, 0x28])));
const loaded = Object.keys(createRequire(import.meta.url).cache).filter((file) => file.endsWith('.node'));
assert.strictEqual(loaded.length, 2, loaded.join());
console.log('ok ws-addons');
process.exitCode = 0;
