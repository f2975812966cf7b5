import { pad } from './columns.ts';
import type { Row } from './types.ts';
// Node erases the name but keeps the import: this file must be there.
import { type Unit } from './units.ts';

export function total<R extends Row>(rows: R[], unit: Unit = 'piece'): string {
  const sum = rows.reduce<number>((all, row) => all + row.count, 0);
  return `${pad('total')}${sum} ${unit}`;
}
