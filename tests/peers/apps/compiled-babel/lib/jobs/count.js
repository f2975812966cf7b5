"use strict";

var _nodeWorker_threads = require("node:worker_threads");
_nodeWorker_threads.parentPort === null || _nodeWorker_threads.parentPort === void 0 ? void 0 : _nodeWorker_threads.parentPort.postMessage(_nodeWorker_threads.workerData.split(' ').length);
