exports.fibonacci = (n) => (n < 2 ? n : exports.fibonacci(n - 1) + exports.fibonacci(n - 2));
