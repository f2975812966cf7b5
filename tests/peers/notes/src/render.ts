import { readFileSync } from 'fs';
import path from 'path';

export class Templates {
  static readonly root = path.resolve(__dirname, '../assets/templates');

  read(name: string): string {
    return readFileSync(path.join(Templates.root, name + '.html'), { encoding: 'utf8' }).trim();
  }
}

export function render(name: string, values: Record<string, string>): string {
  return new Templates().read(name).replace(/\{(\w+)\}/g, (_, key: string) => values[key] ?? '');
}
