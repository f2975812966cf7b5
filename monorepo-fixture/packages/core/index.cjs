'use strict';
const { greet } = require('@fixture/core/features/greet');
const { frame, kind } = require('#colors');
const platform = require('#platform');

// "./features/private/*" is null in "exports": Node refuses, although the file is there.
let secret = 'kept';
try {
  secret = require('@fixture/core/features/private/secret');
} catch (error) {
  if (error.code !== 'ERR_PACKAGE_PATH_NOT_EXPORTED') throw error;
}

exports.hello = (name) => frame(`${greet(name)} from ${platform}, ${kind}, secret ${secret}`);
