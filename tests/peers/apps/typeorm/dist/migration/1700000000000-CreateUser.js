"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.CreateUser1700000000000 = void 0;
class CreateUser1700000000000 {
    async up(queryRunner) {
        await queryRunner.query('create table "user" ("id" integer primary key autoincrement not null, "name" varchar not null)');
    }
    async down(queryRunner) {
        await queryRunner.query('drop table "user"');
    }
}
exports.CreateUser1700000000000 = CreateUser1700000000000;
