process.on("message",s=>process.send?.(s==="ping"?"pong":"what?"));
