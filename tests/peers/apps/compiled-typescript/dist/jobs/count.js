"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
const node_worker_threads_1 = require("node:worker_threads");
node_worker_threads_1.parentPort?.postMessage(node_worker_threads_1.workerData.split(' ').length);
