const WIDTH = 6;
export const pad = (text) => text.padEnd(WIDTH, '.');
