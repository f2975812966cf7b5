"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.AppDataSource = void 0;
const typeorm_1 = require("typeorm");
exports.AppDataSource = new typeorm_1.DataSource({
    type: "sqljs",
    entities: [__dirname + "/entity/*.js"],
    migrations: [__dirname + "/migration/**/*.js"],
});
