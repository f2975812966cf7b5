'use strict';

// A module with a controller, an injected provider, a guard and a parameter pipe, over Express.
// The decorators are called by hand, as TypeScript's output does.
const assert = require('node:assert');
require('reflect-metadata');
const {
  Body,
  Controller,
  ForbiddenException,
  Get,
  HttpCode,
  Inject,
  Injectable,
  Module,
  Param,
  ParseIntPipe,
  Post,
  UseGuards,
} = require('@nestjs/common');
const { NestFactory, Reflector } = require('@nestjs/core');
const { ExpressAdapter } = require('@nestjs/platform-express');

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

class NameGuard {
  canActivate(context) {
    if (context.switchToHttp().getRequest().headers['x-name'] !== 'ada') {
      throw new ForbiddenException('who?');
    }
    return true;
  }
}
Injectable()(NameGuard);

class Numbers {
  constructor(doubler) {
    this.doubler = doubler;
  }
  one(n) {
    return { doubled: this.doubler.double(n) };
  }
  echo(body) {
    return body;
  }
}
Inject(Doubler)(Numbers, undefined, 0);
Controller('numbers')(Numbers);
onMethod(Numbers, 'one', Get(':n'));
Param('n', ParseIntPipe)(Numbers.prototype, 'one', 0);
onMethod(Numbers, 'echo', Post(), HttpCode(202), UseGuards(NameGuard));
Body()(Numbers.prototype, 'echo', 0);

class App {}
Module({ controllers: [Numbers], providers: [Doubler, NameGuard] })(App);

async function main() {
  const app = await NestFactory.create(App, new ExpressAdapter(), { logger: false, abortOnError: false });
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
    const post = (headers) =>
      fetch(`${base}/numbers`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', connection, ...headers },
        body: '{"a":1}',
      });
    const refused = await post({});
    assert.strictEqual(refused.status, 403);
    await refused.text();
    const echoed = await post({ 'x-name': 'ada' });
    assert.strictEqual(echoed.status, 202);
    assert.deepStrictEqual(await echoed.json(), { a: 1 });
  } finally {
    await app.close();
  }
  console.log('ok nest');
  process.exitCode = 0;
}

main().catch((err) => {
  console.error(err);
  process.exit(1);
});
