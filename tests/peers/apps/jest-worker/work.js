const { createHash } = require('node:crypto');

exports.hash = (text) => createHash('sha256').update(text).digest('hex');
exports.length = async (text) => text.length;
