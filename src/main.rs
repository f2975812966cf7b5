//! The command: parses, runs, exits.

fn main() {}
