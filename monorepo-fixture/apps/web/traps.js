// import './comment.js'
/* import('./block-comment.js') */
const method = { import: (name) => name, from: './property.js' };

export const fakes = [
  "import './string.js'",
  'export * from "./other-string.js"',
  /import\('.\/regex.js'\)/.source,
  `import('./template.js') ${`nested ${1 / 2} import('./nested-template.js')`}`,
  method.import('./method.js'),
  `a hole is code: ${(await import('node:os')).EOL.length}, ${(await import('./hole.js')).default}`,
];
