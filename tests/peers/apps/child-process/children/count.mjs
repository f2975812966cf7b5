const numbers = Array.from({ length: Number(process.argv[2]) }, (_, index) => index + 1);
console.log(numbers.join(' '));
