const { black } = require('./colours.cjs');

module.exports = { colour: black };
