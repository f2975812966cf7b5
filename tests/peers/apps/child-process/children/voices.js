exports.loud = (word) => word.toUpperCase();
