// src/jobs/count.ts
var import_node_worker_threads = require("node:worker_threads");
import_node_worker_threads.parentPort?.postMessage(import_node_worker_threads.workerData.split(" ").length);
