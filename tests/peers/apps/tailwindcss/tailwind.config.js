const path = require('node:path');

module.exports = {
  content: [path.join(__dirname, 'pages/**/*.html')],
  theme: { extend: { colors: require('./colors') } },
};
