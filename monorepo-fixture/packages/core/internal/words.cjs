exports.polite = 'good day,';
