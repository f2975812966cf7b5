// Colours code: grammars and themes are imported when they are named, the engine is WebAssembly.
import assert from 'node:assert';
import { codeToHtml, createHighlighter } from 'shiki';

process.exitCode = 1;

// It gives up on a line after half a second, which a busy machine may take: 0 is no limit.
const html = await codeToHtml('let x: number = 1', { lang: 'typescript', theme: 'nord', tokenizeTimeLimit: 0 });
assert.match(html, /<pre class="shiki nord"/);
assert.match(html, /<span style="color:#81A1C1">let<\/span>/);
const highlighter = await createHighlighter({ langs: ['rust'], themes: ['github-dark'] });
await highlighter.loadLanguage('python');
assert.match(highlighter.codeToHtml('def f(): pass', { lang: 'python', theme: 'github-dark' }), /style="color:/);
console.log('ok shiki');
process.exitCode = 0;
