//! Finds every file that a Node.js program needs at run time, and nothing else.

mod finding;
mod host;
mod lexer;
mod memory;
mod record;
mod source;
