const fs = require('node:fs');
const build = require('pino-abstract-transport');

module.exports = ({ destination }) =>
  build(async (source) => {
    for await (const line of source) fs.appendFileSync(destination, `${line.msg.toUpperCase()}\n`);
  });
