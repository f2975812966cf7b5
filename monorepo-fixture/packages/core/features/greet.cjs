'use strict';
const { polite } = require('#internal/words');
exports.greet = (name) => `${polite} ${name}`;
