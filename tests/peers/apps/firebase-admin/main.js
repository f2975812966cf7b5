'use strict';

// Signs a custom token with a key made here, and builds Firestore values without any service.
const assert = require('node:assert');
const crypto = require('node:crypto');
const admin = require('firebase-admin');

process.exitCode = 1;

async function main() {
  const { privateKey, publicKey } = crypto.generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const app = admin.initializeApp({
    credential: admin.credential.cert({
      projectId: 'demo-project',
      clientEmail: 'robot@demo-project.example',
      privateKey,
    }),
    projectId: 'demo-project',
  });

  const token = await admin.auth().createCustomToken('user-1', { level: 3 });
  const [head, payload, signature] = token.split('.');
  assert.ok(
    crypto.verify(
      'RSA-SHA256',
      Buffer.from(`${head}.${payload}`),
      publicKey,
      Buffer.from(signature, 'base64url'),
    ),
  );
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  assert.strictEqual(claims.uid, 'user-1');
  assert.strictEqual(claims.iss, 'robot@demo-project.example');
  assert.deepStrictEqual(claims.claims, { level: 3 });
  await assert.rejects(admin.auth().verifyIdToken('nonsense'), { code: 'auth/argument-error' });

  const { getFirestore, Timestamp } = require('firebase-admin/firestore');
  const db = getFirestore(app);
  assert.strictEqual(db.doc('rooms/a').collection('messages').path, 'rooms/a/messages');
  assert.strictEqual(new Timestamp(1, 0).toDate().toISOString(), '1970-01-01T00:00:01.000Z');
  assert.strictEqual(typeof admin.messaging().send, 'function');

  await app.delete();
  console.log('ok firebase-admin');
  process.exitCode = 0;
}

main().catch((err) => {
  console.error(err);
  process.exit(1);
});
