// Translations out of a folder per language; another is loaded when it is asked for.
import assert from 'node:assert';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import i18next from 'i18next';
import Backend from 'i18next-fs-backend';

process.exitCode = 1;

const here = dirname(fileURLToPath(import.meta.url));
await i18next.use(Backend).init({
  lng: 'en',
  fallbackLng: 'en',
  preload: ['en', 'de'],
  ns: ['common', 'errors'],
  defaultNS: 'common',
  backend: { loadPath: join(here, 'locales/{{lng}}/{{ns}}.json') },
});
assert.strictEqual(i18next.t('greeting', { name: 'Ada' }), 'Hello Ada');
assert.strictEqual(i18next.t('errors:missing'), 'It is not there');
await i18next.changeLanguage('de');
assert.strictEqual(i18next.t('greeting', { name: 'Ada' }), 'Hallo Ada');
assert.strictEqual(i18next.t('errors:missing'), 'It is not there');
await i18next.changeLanguage('fr');
assert.strictEqual(i18next.t('greeting', { name: 'Ada' }), 'Bonjour Ada');
console.log('ok i18next');
process.exitCode = 0;
