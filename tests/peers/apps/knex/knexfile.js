const path = require('node:path');

module.exports = {
  client: 'pg',
  migrations: { directory: path.join(__dirname, 'db', 'migrations') },
};
