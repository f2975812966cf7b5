import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export default {
  input: join(dirname(fileURLToPath(import.meta.url)), 'src/main.js'),
  output: { format: 'iife', name: 'area' },
};
