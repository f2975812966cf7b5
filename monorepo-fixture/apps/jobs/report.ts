// Node 22.18 or newer, from the workspace root: node apps/jobs/report.ts
import { readFileSync } from 'node:fs';
import { total } from '@fixture/tables/src/summary.ts';
import type { Row } from '@fixture/tables';

const text: string = readFileSync(new URL('./rows.csv', import.meta.url), 'utf8');
const rows: Row[] = text.trim().split('\n').map((line): Row => {
  const [name, count] = line.split(',') as [string, string];
  return { name, count: Number(count) };
});
console.log(`report: ${total(rows)}`);
