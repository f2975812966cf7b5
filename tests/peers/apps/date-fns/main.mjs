// A locale imported by a computed name, as a server does for the language of each request.
import assert from 'node:assert';
import { format } from 'date-fns';

process.exitCode = 1;

const loaded = new Map();
async function localeFor(language) {
  if (!loaded.has(language)) {
    const module = await import(`date-fns/locale/${language}`);
    loaded.set(language, module[language] ?? module.default);
  }
  return loaded.get(language);
}

const day = new Date(2024, 2, 1);
const written = [];
for (const language of ['de', 'es', 'pl']) {
  written.push(format(day, 'EEEE', { locale: await localeFor(language) }));
}
assert.deepStrictEqual(written, ['Freitag', 'viernes', 'piątek']);
console.log('ok date-fns');
process.exitCode = 0;
