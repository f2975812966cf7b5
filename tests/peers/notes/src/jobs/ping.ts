process.on('message', (word) => process.send?.(word === 'ping' ? 'pong' : 'what?'));
