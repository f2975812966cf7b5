'use strict';

// A mail of a subject, a text and a page from the templates of its kind, with a picture attached.
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const nodemailer = require('nodemailer');
const pug = require('pug');

process.exitCode = 1;

const templates = path.join(__dirname, 'emails');

async function send(kind, to, locals) {
  const transport = nodemailer.createTransport({ streamTransport: true, buffer: true, newline: 'unix' });
  const info = await transport.sendMail({
    from: 'shop@example.org',
    to,
    subject: fs.readFileSync(path.join(templates, kind, 'subject.txt'), 'utf8').trim(),
    html: pug.renderFile(path.join(templates, kind, 'html.pug'), locals),
    attachments: [{ filename: 'logo.svg', path: path.join(__dirname, 'images/logo.svg'), cid: 'logo' }],
  });
  return info.message.toString();
}

async function main() {
  const message = await send('welcome', 'ada@example.org', { name: 'Ada' });
  assert.match(message, /^Subject: Welcome to the shop$/m);
  assert.match(message, /<p>Hello Ada<\/p>/);
  assert.match(message, /Content-Type: image\/svg\+xml/);
  console.log('ok nodemailer');
  process.exitCode = 0;
}

main();
