export default async (app) => {
  app.get('/:id', async (request) => app.store.find(request.params.id));
};
