// Templates with a layout, found by name below a folder of the module.
import assert from 'node:assert';
import { Eta } from 'eta';

process.exitCode = 1;

const eta = new Eta({ views: `${import.meta.dirname}/views`, cache: true });
const html = eta.render('./list', { users: ['Ada', 'Alan'] });
assert.strictEqual(html.replaceAll(/\s*\n\s*/g, ''), '<main><b>Ada</b><b>Alan</b></main>');
assert.match(await eta.renderAsync('./list', { users: [] }), /<main>\s*<\/main>/);
console.log('ok eta');
process.exitCode = 0;
