process.on('message', function (word) { var _a; return (_a = process.send) === null || _a === void 0 ? void 0 : _a.call(process, word === 'ping' ? 'pong' : 'what?'); });
