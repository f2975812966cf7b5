exports.web = 8080;
