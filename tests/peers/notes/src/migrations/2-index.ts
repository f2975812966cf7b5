import { naming } from '../naming';

export const name: string = naming(2, 'index');
