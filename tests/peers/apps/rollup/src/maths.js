export const multiply = (a, b) => a * b;
export const unused = (a) => a;
