const path = require('node:path');

module.exports = {
  mode: 'development',
  devtool: false,
  target: 'node',
  context: path.resolve(__dirname, 'src'),
  entry: './index.js',
  output: { filename: 'bundle.js', library: { type: 'commonjs2' } },
  resolve: { extensions: ['.ts', '.js'] },
  module: {
    rules: [
      {
        test: /\.js$/,
        include: path.resolve(__dirname, 'src'),
        use: {
          loader: require.resolve('babel-loader'),
          options: {
            babelrc: false,
            configFile: false,
            presets: [[require.resolve('@babel/preset-env'), { targets: { node: '10' } }]],
          },
        },
      },
      {
        test: /\.ts$/,
        loader: require.resolve('ts-loader'),
        options: {
          compiler: require.resolve('typescript'),
          transpileOnly: true,
          configFile: path.resolve(__dirname, 'tsconfig.json'),
        },
      },
      { test: /\.css$/, use: [require.resolve('css-loader')] },
      { test: /\.svg$/, use: path.resolve(__dirname, 'loaders/kind-loader.js') },
    ],
  },
};
