'use strict';

const path = require('node:path');
const convict = require('convict');

const config = convict({
  env: { format: ['production', 'staging'], default: 'staging', env: 'APP_ENV' },
  port: { format: 'port', default: 80, env: 'APP_PORT' },
  title: { format: String, default: '' },
});
const env = config.get('env');
config.loadFile(path.join(__dirname, 'environments', env + '.json'));
config.validate({ allowed: 'strict' });

module.exports = config;
