export const name: string = '1-create';
