import fp from 'fastify-plugin';
import { nameOf } from '../lib/names.mjs';

export default fp(async (app) => {
  app.decorate('store', { find: (id) => ({ id, name: nameOf(id) }) });
});
