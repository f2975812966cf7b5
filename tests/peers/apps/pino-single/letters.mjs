export const letters = { 30: 'I', 40: 'W', 50: 'E' };
