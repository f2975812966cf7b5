const { loud } = require('./voices');

process.on('message', (word) => process.send(process.argv.includes('--loud') ? loud(word) : word));
