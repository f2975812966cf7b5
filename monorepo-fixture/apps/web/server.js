// From the workspace root: node apps/web/server.js
// Serves one request, which it asks for itself, prints the answer and ends.
import { createServer } from 'node:http';
import { title } from '@bitsy/utils';
import { site } from '@fixture/assets';
import { createRouter } from 'tiny-router';
import home from '#routes/home';
import { fakes } from './traps.js';

const router = createRouter();
router.add('/', home);
router.add('/about', async () => (await import('./routes/about.js')).default());

const server = createServer(async (request, response) => {
  const route = router.find(request.url);
  response.statusCode = route ? 200 : 404;
  response.end(route ? await route(title(site.title)) : '');
});

server.listen(0, '127.0.0.1', async () => {
  const answer = await fetch(`http://127.0.0.1:${server.address().port}/`);
  console.log(`web: ${answer.status} ${await answer.text()} (${fakes.length} fakes)`);
  server.close();
  server.closeAllConnections();
});
