import fs from 'fs';
import { join } from 'node:path';

export interface Config {
  title: string;
}

const CONFIG_DIR = join(__dirname, '..', 'config');

export function loadConfig(env: string): Config {
  const file = join(CONFIG_DIR, `${env}.json`);
  return { ...read(join(CONFIG_DIR, 'default.json')), ...(fs.existsSync(file) ? read(file) : {}) };
}

const read = (file: string): Config => JSON.parse(fs.readFileSync(file, 'utf-8')) as Config;
