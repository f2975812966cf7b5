import logo from './logo.svg';
import css from './style.css';
import { sum } from './sum';

export { css, logo };
export const total = (numbers) => sum(...numbers) ?? 0;
