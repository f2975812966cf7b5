// A server that also serves the client for browsers, out of the package's own folder.
import assert from 'node:assert';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { WebSocket } from 'ws';

process.exitCode = 1;

const http = createServer();
const io = new Server(http);
io.on('connection', (socket) => socket.emit('welcome', 'you'));
http.listen(0, '127.0.0.1');
await once(http, 'listening');
const host = `127.0.0.1:${http.address().port}`;

for (const file of ['socket.io.js', 'socket.io.min.js', 'socket.io.esm.min.js', 'socket.io.min.js.map']) {
  const response = await fetch(`http://${host}/socket.io/${file}`);
  assert.strictEqual(response.status, 200, file);
  assert.ok((await response.text()).length > 10000);
}
const socket = new WebSocket(`ws://${host}/socket.io/?EIO=4&transport=websocket`);
const packets = [];
const welcomed = new Promise((resolve) => {
  socket.on('message', (data) => {
    packets.push(String(data));
    if (packets.length === 1) socket.send('40');
    if (String(data).startsWith('42')) resolve();
  });
});
await welcomed;
assert.strictEqual(packets.at(-1), '42["welcome","you"]');
socket.close();
io.close();
http.closeAllConnections();
console.log('ok socket.io');
process.exitCode = 0;
