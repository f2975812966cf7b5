exports.command = ['remove <name>', 'rm'];
exports.describe = 'remove by name';
exports.builder = { force: { type: 'boolean', default: false } };
exports.handler = (argv) => {
  globalThis.removed = [argv.name, argv.force];
};
