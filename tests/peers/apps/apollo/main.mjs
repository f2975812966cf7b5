// A schema with resolvers and variables, run in process and through the standalone HTTP server.
import assert from 'node:assert';
import { ApolloServer, HeaderMap } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { GraphQLError, parse, print } from 'graphql';

process.exitCode = 1;

const typeDefs = `#graphql
  type Book { title: String!, pages(atLeast: Int = 0): Int }
  type Query { books(first: Int!): [Book!]!, fail: String }
`;
const books = [
  { title: 'One', pages: 10 },
  { title: 'Two', pages: 20 },
];
const resolvers = {
  Query: {
    books: (_, { first }) => books.slice(0, first),
    fail: () => {
      throw new GraphQLError('no', { extensions: { code: 'NOPE' } });
    },
  },
  Book: { pages: (book, { atLeast }) => Math.max(book.pages, atLeast) },
};

const server = new ApolloServer({ typeDefs, resolvers });
const { body } = await server.executeOperation({
  query: 'query ($n: Int!) { books(first: $n) { title pages(atLeast: 15) } }',
  variables: { n: 1 },
});
assert.strictEqual(body.kind, 'single');
assert.strictEqual(body.singleResult.errors, undefined);
assert.strictEqual(JSON.stringify(body.singleResult.data), '{"books":[{"title":"One","pages":15}]}');
const failed = await server.executeOperation({ query: '{ fail }' });
assert.strictEqual(failed.body.singleResult.errors[0].extensions.code, 'NOPE');
await server.stop();

const overHttp = new ApolloServer({ typeDefs, resolvers });
const { url } = await startStandaloneServer(overHttp, { listen: { port: 0, host: '127.0.0.1' } });
const response = await fetch(url, {
  method: 'POST',
  headers: { 'content-type': 'application/json', connection: 'close' },
  body: JSON.stringify({ query: '{ books(first: 2) { title } }' }),
});
assert.deepStrictEqual(await response.json(), {
  data: { books: [{ title: 'One' }, { title: 'Two' }] },
});
await overHttp.stop();

assert.strictEqual(print(parse('{a(b:1){c}}')), '{\n  a(b: 1) {\n    c\n  }\n}');
assert.strictEqual(new HeaderMap([['A', 'b']]).get('a'), 'b');
console.log('ok apollo');
process.exitCode = 0;
