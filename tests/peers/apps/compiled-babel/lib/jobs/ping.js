"use strict";

process.on('message', word => {
  var _process$send, _process;
  return (_process$send = (_process = process).send) === null || _process$send === void 0 ? void 0 : _process$send.call(_process, word === 'ping' ? 'pong' : 'what?');
});
