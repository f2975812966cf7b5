const workerpool = require('workerpool');
const { fibonacci } = require('./numbers');

workerpool.worker({ fibonacci });
