exports.black = 'black';
