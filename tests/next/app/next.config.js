const major = Number(require('next/package.json').version.split('.')[0]);
// Where the app is must not depend on lock files in the folders above.
const root = { outputFileTracingRoot: __dirname };

module.exports = {
  ...(process.env.NEXT_OUTPUT ? { output: process.env.NEXT_OUTPUT } : {}),
  ...(major > 14 ? root : { experimental: { ...root, instrumentationHook: true } }),
  ...(major > 15 ? { turbopack: { root: __dirname } } : {}),
  headers: async () => [{ source: '/legacy', headers: [{ key: 'x-from-config', value: 'yes' }] }],
};
