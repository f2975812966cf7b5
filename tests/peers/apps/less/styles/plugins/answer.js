module.exports = {
  install(less, pluginManager, functions) {
    functions.add('answer', () => 42);
  },
};
