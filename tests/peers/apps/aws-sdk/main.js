'use strict';

// Signs an S3 address, and calls DynamoDB, S3 and STS (three protocols) on a local server.
const assert = require('node:assert');
const http = require('node:http');
process.env.AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE = '1';
const AWS = require('aws-sdk');

process.exitCode = 1;

async function main() {
  const server = http.createServer((req, res) => {
    const chunks = [];
    req.on('data', (chunk) => chunks.push(chunk));
    req.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const target = req.headers['x-amz-target'];
      if (target) {
        assert.match(req.headers.authorization, /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\//);
        assert.strictEqual(target, 'DynamoDB_20120810.GetItem');
        assert.strictEqual(JSON.parse(body).TableName, 'things');
        res.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
        res.end(JSON.stringify({ Item: { id: { S: 'one' }, n: { N: '7' } } }));
      } else if (req.method === 'POST') {
        assert.match(body, /Action=GetCallerIdentity/);
        res.writeHead(200, { 'content-type': 'text/xml' });
        res.end(
          '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">' +
            '<GetCallerIdentityResult><Account>123456789012</Account></GetCallerIdentityResult>' +
            '</GetCallerIdentityResponse>',
        );
      } else {
        assert.strictEqual(req.url, '/bucket');
        res.writeHead(200, { 'content-type': 'application/xml' });
        res.end(
          '<ListBucketResult><Name>bucket</Name><Contents><Key>a &amp; b</Key><Size>3</Size>' +
            '</Contents></ListBucketResult>',
        );
      }
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const options = {
    region: 'eu-west-1',
    accessKeyId: 'AKIDEXAMPLE',
    secretAccessKey: 'secret',
    maxRetries: 0,
    s3ForcePathStyle: true,
  };
  const local = { ...options, endpoint: `http://127.0.0.1:${server.address().port}` };
  try {
    const signed = new AWS.S3({ ...options, signatureVersion: 'v4' }).getSignedUrl('getObject', {
      Bucket: 'bucket',
      Key: 'a/b c.txt',
      Expires: 60,
    });
    const url = new URL(signed);
    assert.strictEqual(url.pathname, '/bucket/a/b%20c.txt');
    assert.strictEqual(url.searchParams.get('X-Amz-Expires'), '60');
    assert.match(url.searchParams.get('X-Amz-Signature'), /^[0-9a-f]{64}$/);

    const documents = new AWS.DynamoDB.DocumentClient(local);
    const item = await documents.get({ TableName: 'things', Key: { id: 'one' } }).promise();
    assert.deepStrictEqual(item.Item, { id: 'one', n: 7 });

    const listed = await new AWS.S3(local).listObjects({ Bucket: 'bucket' }).promise();
    assert.strictEqual(listed.Contents[0].Key, 'a & b');
    assert.strictEqual(listed.Contents[0].Size, 3);

    const who = await new AWS.STS(local).getCallerIdentity().promise();
    assert.strictEqual(who.Account, '123456789012');
  } finally {
    server.closeAllConnections();
    server.close();
  }
  console.log('ok aws-sdk');
  process.exitCode = 0;
}

main().catch((err) => {
  console.error(err);
  process.exit(1);
});
