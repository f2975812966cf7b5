const cats = require('../data/cats.json');

module.exports = { cat: ({ id }) => cats[id - 1] };
