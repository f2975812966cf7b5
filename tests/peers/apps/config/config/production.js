module.exports = { server: { port: require('./ports').web } };
