'use strict';

// Like `nest`, but leaves the HTTP adapter to Nest: a `require` inside a callback, of a package that
// @nestjs/core does not depend on.
// The decorators are called by hand, as TypeScript's output does.
const assert = require('node:assert');
require('reflect-metadata');
const {
  Controller,
  Get,
  Inject,
  Injectable,
  Module,
  Param,
  ParseIntPipe,
} = require('@nestjs/common');
const { NestFactory, Reflector } = require('@nestjs/core');

process.exitCode = 1;

function onMethod(target, name, ...decorators) {
  const descriptor = Object.getOwnPropertyDescriptor(target.prototype, name);
  for (const decorator of decorators) decorator(target.prototype, name, descriptor);
}

class Doubler {
  double(n) {
    return n * 2;
  }
}
Injectable()(Doubler);

class Numbers {
  constructor(doubler) {
    this.doubler = doubler;
  }
  one(n) {
    return { doubled: this.doubler.double(n) };
  }
}
Inject(Doubler)(Numbers, undefined, 0);
Controller('numbers')(Numbers);
onMethod(Numbers, 'one', Get(':n'));
Param('n', ParseIntPipe)(Numbers.prototype, 'one', 0);

class App {}
Module({ controllers: [Numbers], providers: [Doubler] })(App);

async function main() {
  const app = await NestFactory.create(App, { logger: false, abortOnError: false });
  assert.ok(app.get(Reflector) instanceof Reflector);
  await app.listen(0, '127.0.0.1');
  const base = `http://127.0.0.1:${app.getHttpServer().address().port}`;
  const connection = 'close';
  try {
    const one = await fetch(`${base}/numbers/21`, { headers: { connection } });
    assert.deepStrictEqual(await one.json(), { doubled: 42 });
    const bad = await fetch(`${base}/numbers/x`, { headers: { connection } });
    assert.strictEqual(bad.status, 400);
    await bad.text();
  } finally {
    await app.close();
  }
  console.log('ok nest-default-adapter');
  process.exitCode = 0;
}

main().catch((err) => {
  console.error(err);
  process.exit(1);
});
