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
var __awaiter = (this && this.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};
var __generator = (this && this.__generator) || function (thisArg, body) {
    var _ = { label: 0, sent: function() { if (t[0] & 1) throw t[1]; return t[1]; }, trys: [], ops: [] }, f, y, t, g = Object.create((typeof Iterator === "function" ? Iterator : Object).prototype);
    return g.next = verb(0), g["throw"] = verb(1), g["return"] = verb(2), typeof Symbol === "function" && (g[Symbol.iterator] = function() { return this; }), g;
    function verb(n) { return function (v) { return step([n, v]); }; }
    function step(op) {
        if (f) throw new TypeError("Generator is already executing.");
        while (g && (g = 0, op[0] && (_ = 0)), _) try {
            if (f = 1, y && (t = op[0] & 2 ? y["return"] : op[0] ? y["throw"] || ((t = y["return"]) && t.call(y), 0) : y.next) && !(t = t.call(y, op[1])).done) return t;
            if (y = 0, t) op = [op[0] & 2, t.value];
            switch (op[0]) {
                case 0: case 1: t = op; break;
                case 4: _.label++; return { value: op[1], done: false };
                case 5: _.label++; y = op[1]; op = [0]; continue;
                case 7: op = _.ops.pop(); _.trys.pop(); continue;
                default:
                    if (!(t = _.trys, t = t.length > 0 && t[t.length - 1]) && (op[0] === 6 || op[0] === 2)) { _ = 0; continue; }
                    if (op[0] === 3 && (!t || (op[1] > t[0] && op[1] < t[3]))) { _.label = op[1]; break; }
                    if (op[0] === 6 && _.label < t[1]) { _.label = t[1]; t = op; break; }
                    if (t && _.label < t[2]) { _.label = t[2]; _.ops.push(op); break; }
                    if (t[2]) _.ops.pop();
                    _.trys.pop(); continue;
            }
            op = body.call(thisArg, _);
        } catch (e) { op = [6, e]; y = 0; } finally { f = t = 0; }
        if (op[0] & 5) throw op[1]; return { value: op[0] ? op[1] : void 0, done: true };
    }
};
var __importDefault = (this && this.__importDefault) || function (mod) {
    return (mod && mod.__esModule) ? mod : { "default": mod };
};
Object.defineProperty(exports, "__esModule", { value: true });
var node_assert_1 = __importDefault(require("node:assert"));
var node_events_1 = require("node:events");
var node_child_process_1 = require("node:child_process");
var path = __importStar(require("path"));
var node_worker_threads_1 = require("node:worker_threads");
var render_1 = require("./render");
var config_1 = require("./config");
var i18n_1 = require("./i18n");
var migrate_1 = require("./migrate");
process.exitCode = 1;
function main() {
    return __awaiter(this, void 0, Promise, function () {
        var config, _a, _b, worker, _c, _d, child, _e, _f;
        var _g;
        return __generator(this, function (_h) {
            switch (_h.label) {
                case 0:
                    config = (0, config_1.loadConfig)((_g = process.env.NODE_ENV) !== null && _g !== void 0 ? _g : 'development');
                    node_assert_1.default.strictEqual(config.title, 'Notes (development)');
                    node_assert_1.default.strictEqual((0, render_1.render)('page', { title: config.title }), '<h1>Notes (development)</h1>');
                    node_assert_1.default.strictEqual((0, i18n_1.translate)('nl', 'bye'), 'dag');
                    _b = (_a = node_assert_1.default).deepStrictEqual;
                    return [4 /*yield*/, (0, migrate_1.migrations)()];
                case 1:
                    _b.apply(_a, [_h.sent(), ['1-create', '2-index']]);
                    worker = new node_worker_threads_1.Worker(path.resolve(__dirname, './jobs/count.js'), { workerData: 'one two' });
                    _d = (_c = node_assert_1.default).deepStrictEqual;
                    return [4 /*yield*/, (0, node_events_1.once)(worker, 'message')];
                case 2:
                    _d.apply(_c, [_h.sent(), [2]]);
                    child = (0, node_child_process_1.fork)(path.join(__dirname, 'jobs', 'ping.js'));
                    child.send('ping');
                    _f = (_e = node_assert_1.default).strictEqual;
                    return [4 /*yield*/, (0, node_events_1.once)(child, 'message')];
                case 3:
                    _f.apply(_e, [(_h.sent())[0], 'pong']);
                    child.disconnect();
                    console.log('ok compiled-typescript-es5');
                    process.exitCode = 0;
                    return [2 /*return*/];
            }
        });
    });
}
void main();
