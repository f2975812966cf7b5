'use strict';

// A server and a client on this machine, both from the same .proto files, one of which imports another.
const assert = require('node:assert');
const grpc = require('@grpc/grpc-js');
const protoLoader = require('@grpc/proto-loader');

process.exitCode = 1;

const PROTO_PATH = __dirname + '/protos/greeter.proto';
const definition = protoLoader.loadSync(PROTO_PATH, { keepCase: true, includeDirs: [__dirname + '/protos'] });
const { greeter } = grpc.loadPackageDefinition(definition);

const server = new grpc.Server();
server.addService(greeter.Greeter.service, {
  greet: (call, callback) => callback(null, { text: `Hello ${call.request.person.name}`, at: { seconds: 5 } }),
});
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (err, port) => {
  assert.ifError(err);
  const client = new greeter.Greeter(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  client.greet({ person: { name: 'Ada' } }, (error, reply) => {
    assert.ifError(error);
    assert.strictEqual(reply.text, 'Hello Ada');
    assert.strictEqual(Number(reply.at.seconds), 5);
    client.close();
    server.forceShutdown();
    console.log('ok grpc');
    process.exitCode = 0;
  });
});
