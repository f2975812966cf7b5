"use strict";
var __createBinding = (this && this.__createBinding) || (Object.create ? (function(o, m, k, k2) {
    if (k2 === undefined) k2 = k;
    var desc = Object.getOwnPropertyDescriptor(m, k);
    if (!desc || ("get" in desc ? !m.__esModule : desc.writable || desc.configurable)) {
      desc = { enumerable: true, get: function() { return m[k]; } };
    }
    Object.defineProperty(o, k2, desc);
}) : (function(o, m, k, k2) {
    if (k2 === undefined) k2 = k;
    o[k2] = m[k];
}));
var __setModuleDefault = (this && this.__setModuleDefault) || (Object.create ? (function(o, v) {
    Object.defineProperty(o, "default", { enumerable: true, value: v });
}) : function(o, v) {
    o["default"] = v;
});
var __importStar = (this && this.__importStar) || (function () {
    var ownKeys = function(o) {
        ownKeys = Object.getOwnPropertyNames || function (o) {
            var ar = [];
            for (var k in o) if (Object.prototype.hasOwnProperty.call(o, k)) ar[ar.length] = k;
            return ar;
        };
        return ownKeys(o);
    };
    return function (mod) {
        if (mod && mod.__esModule) return mod;
        var result = {};
        if (mod != null) for (var k = ownKeys(mod), i = 0; i < k.length; i++) if (k[i] !== "default") __createBinding(result, mod, k[i]);
        __setModuleDefault(result, mod);
        return result;
    };
})();
var __importDefault = (this && this.__importDefault) || function (mod) {
    return (mod && mod.__esModule) ? mod : { "default": mod };
};
Object.defineProperty(exports, "__esModule", { value: true });
const node_assert_1 = __importDefault(require("node:assert"));
const node_events_1 = require("node:events");
const node_child_process_1 = require("node:child_process");
const path = __importStar(require("path"));
const node_worker_threads_1 = require("node:worker_threads");
const render_1 = require("./render");
const config_1 = require("./config");
const i18n_1 = require("./i18n");
const migrate_1 = require("./migrate");
process.exitCode = 1;
async function main() {
    const config = (0, config_1.loadConfig)(process.env.NODE_ENV ?? 'development');
    node_assert_1.default.strictEqual(config.title, 'Notes (development)');
    node_assert_1.default.strictEqual((0, render_1.render)('page', { title: config.title }), '<h1>Notes (development)</h1>');
    node_assert_1.default.strictEqual((0, i18n_1.translate)('nl', 'bye'), 'dag');
    node_assert_1.default.deepStrictEqual(await (0, migrate_1.migrations)(), ['1-create', '2-index']);
    const worker = new node_worker_threads_1.Worker(path.resolve(__dirname, './jobs/count.js'), { workerData: 'one two' });
    node_assert_1.default.deepStrictEqual(await (0, node_events_1.once)(worker, 'message'), [2]);
    const child = (0, node_child_process_1.fork)(path.join(__dirname, 'jobs', 'ping.js'));
    child.send('ping');
    node_assert_1.default.strictEqual((await (0, node_events_1.once)(child, 'message'))[0], 'pong');
    child.disconnect();
    console.log('ok compiled-typescript');
    process.exitCode = 0;
}
void main();
