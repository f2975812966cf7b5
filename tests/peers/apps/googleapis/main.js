'use strict';

// Calls two services on a local server that plays Google, with an API key and with a token.
const assert = require('node:assert');
const http = require('node:http');
const { google } = require('googleapis');

process.exitCode = 1;

async function main() {
  const seen = [];
  const server = http.createServer((req, res) => {
    seen.push({ url: req.url, auth: req.headers.authorization });
    res.writeHead(200, { 'content-type': 'application/json' });
    res.end(JSON.stringify({ files: [{ id: 'f1', name: 'a' }], messages: [{ id: 'm1' }] }));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const rootUrl = `http://127.0.0.1:${server.address().port}/`;
  try {
    const drive = google.drive({ version: 'v3', auth: 'fake-key', rootUrl });
    const files = await drive.files.list({ pageSize: 1, q: "name = 'a'" });
    assert.strictEqual(files.data.files[0].id, 'f1');

    const auth = new google.auth.OAuth2('id', 'secret', 'http://127.0.0.1/callback');
    auth.setCredentials({ access_token: 'fake-token', expiry_date: 8640000000000000 });
    const gmail = google.gmail({ version: 'v1', auth, rootUrl });
    const mails = await gmail.users.messages.list({ userId: 'me' });
    assert.strictEqual(mails.data.messages[0].id, 'm1');

    const consent = new URL(auth.generateAuthUrl({ scope: ['email'], access_type: 'offline' }));
    assert.strictEqual(consent.searchParams.get('scope'), 'email');

    assert.match(seen[0].url, /^\/drive\/v3\/files\?.*key=fake-key/);
    assert.match(seen[1].url, /^\/gmail\/v1\/users\/me\/messages/);
    assert.strictEqual(seen[1].auth, 'Bearer fake-token');
  } finally {
    server.closeAllConnections();
    server.close();
  }
  console.log('ok googleapis');
  process.exitCode = 0;
}

main().catch((err) => {
  console.error(err);
  process.exit(1);
});
