var t=require("node:worker_threads");t.parentPort?.postMessage(t.workerData.split(" ").length);
