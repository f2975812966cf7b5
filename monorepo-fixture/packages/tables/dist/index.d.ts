import type { Row } from './types.js';
export type { Row } from './types.js';
export declare function render(rows: readonly Row[]): string;
