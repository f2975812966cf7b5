module.exports = { brand: '#123456' };
