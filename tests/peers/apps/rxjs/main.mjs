// Pipes, a marble test with the virtual clock, ajax-free interop and higher-order operators.
import assert from 'node:assert';
import { BehaviorSubject, combineLatest, firstValueFrom, from, lastValueFrom, of, timer } from 'rxjs';
import { catchError, debounceTime, map, mergeMap, reduce, retry, scan, take, toArray } from 'rxjs/operators';
import { TestScheduler } from 'rxjs/testing';

process.exitCode = 1;

const sums = await lastValueFrom(from([1, 2, 3]).pipe(scan((a, b) => a + b, 0), toArray()));
assert.deepStrictEqual(sums, [1, 3, 6]);

const merged = await lastValueFrom(
  of('a', 'b').pipe(
    mergeMap((letter) => timer(1).pipe(map(() => letter.toUpperCase()))),
    reduce((all, letter) => all + letter, ''),
  ),
);
assert.strictEqual([...merged].sort().join(''), 'AB');

const left = new BehaviorSubject(1);
const both = firstValueFrom(combineLatest([left, of(2)]).pipe(map(([a, b]) => a + b)));
assert.strictEqual(await both, 3);

let tries = 0;
const recovered = await firstValueFrom(
  of(0).pipe(
    map(() => {
      tries += 1;
      throw new Error('always');
    }),
    retry(2),
    catchError((err) => of(err.message)),
    take(1),
  ),
);
assert.strictEqual(recovered, 'always');
assert.strictEqual(tries, 3);

new TestScheduler((actual, expected) => assert.deepStrictEqual(actual, expected)).run((helpers) => {
  const source = helpers.cold('a-b----c|');
  helpers.expectObservable(source.pipe(debounceTime(2))).toBe('----b---(c|)');
});

console.log('ok rxjs');
process.exitCode = 0;
