export const naming = (n: number, word: string): string => `${n}-${word}`;
