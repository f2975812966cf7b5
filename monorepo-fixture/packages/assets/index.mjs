import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const page = readFileSync(new URL('./data/page.html', import.meta.url), 'utf8').trim();
export const site = JSON.parse(readFileSync(join(process.cwd(), 'config/site.json'), 'utf8'));
