"use strict";
// Compiled from TypeScript: entities and migrations found by patterns.
var __importDefault = (this && this.__importDefault) || function (mod) {
    return (mod && mod.__esModule) ? mod : { "default": mod };
};
Object.defineProperty(exports, "__esModule", { value: true });
const node_assert_1 = __importDefault(require("node:assert"));
require("reflect-metadata");
const data_source_1 = require("./data-source");
process.exitCode = 1;
async function main() {
    await data_source_1.AppDataSource.initialize();
    const applied = await data_source_1.AppDataSource.runMigrations();
    node_assert_1.default.strictEqual(applied.length, 2);
    const users = data_source_1.AppDataSource.getRepository("User");
    const ada = await users.save({ name: "Ada", posts: [{ title: "Notes" }] });
    const found = await users.findOneOrFail({ where: { id: ada.id }, relations: { posts: true } });
    node_assert_1.default.strictEqual(found.posts[0].title, "Notes");
    node_assert_1.default.strictEqual(found.greet(), "I am Ada");
    await data_source_1.AppDataSource.destroy();
    console.log("ok typeorm");
    process.exitCode = 0;
}
main();
