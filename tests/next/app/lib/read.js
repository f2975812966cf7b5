import fs from 'node:fs';
import path from 'node:path';

export function read(router) {
  const file = path.join(process.cwd(), 'data', 'hello.txt');
  return `${fs.readFileSync(file, 'utf8').trim()} via ${router}`;
}
