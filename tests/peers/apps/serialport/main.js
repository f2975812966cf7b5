'use strict';

// There is no serial port here, and the addon says so.
const assert = require('node:assert');
const path = require('node:path');
const { autoDetect } = require('@serialport/bindings-cpp');

process.exitCode = 1;

autoDetect()
  .open({ path: path.join(__dirname, 'no-such-port'), baudRate: 9600 })
  .then(
    () => assert.fail('opened a port that is not there'),
    (err) => {
      assert.match(err.message, /No such file or directory, cannot open/);
      console.log('ok serialport');
      process.exitCode = 0;
    },
  )
  .catch((err) => {
    console.error(err);
    process.exit(1);
  });
