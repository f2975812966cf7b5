import { pad } from './columns.js';
import type { Row } from './types.js';

export type { Row } from './types.js';

export function render(rows: readonly Row[]): string {
  return rows.map((row: Row) => `${pad(row.name)}${row.count}`).join(', ');
}
