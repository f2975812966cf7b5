"use strict";
var __importDefault = (this && this.__importDefault) || function (mod) {
    return (mod && mod.__esModule) ? mod : { "default": mod };
};
Object.defineProperty(exports, "__esModule", { value: true });
exports.AppDataSource = void 0;
const sql_js_1 = __importDefault(require("sql.js"));
const typeorm_1 = require("typeorm");
exports.AppDataSource = new typeorm_1.DataSource({
    type: "sqljs",
    driver: sql_js_1.default,
    entities: [__dirname + "/entity/*.js"],
    migrations: [__dirname + "/migration/**/*.js"],
});
