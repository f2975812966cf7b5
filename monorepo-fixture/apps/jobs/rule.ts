// rule.js is beside this file, and Node takes that one.
export const rule: string = '===';
