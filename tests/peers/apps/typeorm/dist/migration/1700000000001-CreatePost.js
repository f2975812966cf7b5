"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.CreatePost1700000000001 = void 0;
class CreatePost1700000000001 {
    async up(queryRunner) {
        await queryRunner.query('create table "post" ("id" integer primary key autoincrement not null, "title" varchar not null, "authorId" integer references "user" ("id"))');
    }
    async down(queryRunner) {
        await queryRunner.query('drop table "post"');
    }
}
exports.CreatePost1700000000001 = CreatePost1700000000001;
