const WIDTH = 6 as const;

export const pad = (text: string): string => text.padEnd(WIDTH, '.');
