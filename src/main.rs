//! The command: parses, runs, exits.

use std::process::ExitCode;

#[global_allocator]
static HEAP: monotrace::Heap = monotrace::Heap;

fn main() -> ExitCode {
    monotrace::cli::main()
}
