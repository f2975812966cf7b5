// Puts, gets and lists objects, and meets an error, on a local server that plays S3.
import assert from 'node:assert';
import http from 'node:http';
import {
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';

process.exitCode = 1;

const seen = [];
const server = http.createServer((req, res) => {
  seen.push(`${req.method} ${req.url.replace(/\?.*/, '')}`);
  req.resume().on('end', () => {
    if (req.method === 'PUT') {
      res.writeHead(200, { etag: '"abc"' }).end();
    } else if (req.url.startsWith('/bucket/missing')) {
      res.writeHead(404, { 'content-type': 'application/xml' });
      res.end('<?xml version="1.0"?><Error><Code>NoSuchKey</Code><Message>no</Message></Error>');
    } else if (req.url.includes('list-type=2')) {
      res.writeHead(200, { 'content-type': 'application/xml' });
      res.end(
        '<ListBucketResult><Name>bucket</Name><KeyCount>1</KeyCount><Contents><Key>k</Key>' +
          '<Size>5</Size></Contents></ListBucketResult>',
      );
    } else {
      assert.match(req.headers.authorization, /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\//);
      res.writeHead(200, { 'content-type': 'text/plain', 'content-length': 5 }).end('hello');
    }
  });
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

const client = new S3Client({
  region: 'eu-west-1',
  endpoint: `http://127.0.0.1:${server.address().port}`,
  forcePathStyle: true,
  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
  maxAttempts: 1,
});
const put = await client.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'k', Body: 'hello' }));
assert.strictEqual(put.ETag, '"abc"');
const object = await client.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'k' }));
assert.strictEqual(await object.Body.transformToString(), 'hello');
const list = await client.send(new ListObjectsV2Command({ Bucket: 'bucket' }));
assert.deepStrictEqual(
  list.Contents.map((entry) => [entry.Key, entry.Size]),
  [['k', 5]],
);
await assert.rejects(
  client.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'missing' })),
  (err) => err instanceof NoSuchKey && err.$metadata.httpStatusCode === 404,
);
assert.deepStrictEqual(seen.slice(0, 2), ['PUT /bucket/k', 'GET /bucket/k']);

client.destroy();
server.closeAllConnections();
server.close();
console.log('ok client-s3');
process.exitCode = 0;
