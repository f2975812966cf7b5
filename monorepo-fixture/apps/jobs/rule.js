export const rule = '---';
