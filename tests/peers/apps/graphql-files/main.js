'use strict';

// A schema out of .graphql files and resolvers out of scripts, each found by a pattern.
const assert = require('node:assert');
const path = require('node:path');
const { loadFilesSync } = require('@graphql-tools/load-files');
const { buildASTSchema, concatAST, graphqlSync } = require('graphql');

process.exitCode = 1;

const documents = loadFilesSync(path.join(__dirname, './schema'), { extensions: ['graphql'] });
const resolvers = loadFilesSync(path.join(__dirname, './resolvers/*.resolver.js'));
const schema = buildASTSchema(concatAST(documents));
const rootValue = Object.assign({}, ...resolvers);
const { data, errors } = graphqlSync({ schema, source: '{ cat(id: 2) { name } }', rootValue });
assert.strictEqual(errors, undefined);
assert.strictEqual(data.cat.name, 'Kit');
console.log('ok graphql-files');
process.exitCode = 0;
