import { pad } from './columns.js';
export function render(rows) {
    return rows.map((row) => `${pad(row.name)}${row.count}`).join(', ');
}
