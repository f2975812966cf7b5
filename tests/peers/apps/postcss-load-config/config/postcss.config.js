module.exports = (ctx) => ({
  map: ctx.env === 'development',
  plugins: [require('autoprefixer')({ overrideBrowserslist: ['safari 13'] })],
});
