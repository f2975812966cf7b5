const [major, minor] = require('next/package.json').version.split('.').map(Number);
// Before 13.4 the folder `app` had to be asked for.
const app = major === 13 && minor < 4 ? { appDir: true } : {};
// Where the app is must not depend on lock files in the folders above.
const root = { outputFileTracingRoot: __dirname };

module.exports = {
  ...(process.env.NEXT_OUTPUT ? { output: process.env.NEXT_OUTPUT } : {}),
  ...(major > 14 ? root : { experimental: { ...root, ...app, instrumentationHook: true } }),
  ...(major > 15 ? { turbopack: { root: __dirname } } : {}),
  headers: async () => [{ source: '/legacy', headers: [{ key: 'x-from-config', value: 'yes' }] }],
};
