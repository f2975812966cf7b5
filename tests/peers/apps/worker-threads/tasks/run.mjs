import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

export async function runTask(name, workerData) {
  const worker = new Worker(new URL(`./${name}.worker.mjs`, import.meta.url), { workerData });
  const [result] = await once(worker, 'message');
  return result;
}
