import fs from 'node:fs';
import build from 'pino-abstract-transport';
import { letters } from './letters.mjs';

export default ({ file }) =>
  build(async (source) => {
    for await (const line of source) fs.appendFileSync(file, `${letters[line.level]} ${line.msg}\n`);
  });
