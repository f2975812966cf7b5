'use strict';
const fs = require('fs');
const path = require('path');

const lang = process.env.FIXTURE_LANG || 'en';
const site = path.join(process.cwd(), 'config', 'site.json');

exports.banner = fs.readFileSync(path.join(__dirname, 'data', 'banner.txt'), 'utf8').trim();
exports.words = JSON.parse(fs.readFileSync(path.join(__dirname, 'locales', lang + '.json'), 'utf8'));
exports.site = JSON.parse(fs.readFileSync(site, 'utf8'));
