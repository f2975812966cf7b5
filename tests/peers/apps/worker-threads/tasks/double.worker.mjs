import { parentPort, workerData } from 'node:worker_threads';
import { times } from './times.mjs';

parentPort.postMessage(times(workerData, 2));
