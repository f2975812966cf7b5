module.exports = 'told';
