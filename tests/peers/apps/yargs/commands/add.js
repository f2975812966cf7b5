exports.command = 'add <a> <b>';
exports.describe = 'add two numbers';
exports.handler = (argv) => {
  argv.sum = argv.a + argv.b;
};
