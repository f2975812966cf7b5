import { readdir } from 'node:fs/promises';
import path from 'node:path';

export async function migrations(): Promise<string[]> {
  const dir = path.join(__dirname, 'migrations');
  const files = (await readdir(dir)).filter((file) => file.endsWith('.js')).sort();
  return files.map((file) => require(path.join(dir, file)).name as string);
}
