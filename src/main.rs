//! The command: parses, runs, exits.

use std::process::ExitCode;

#[global_allocator]
static HEAP: monotrace::Heap = monotrace::Heap;

/// The runtime opens `/dev/null` in place of a closed stdout before `main`: somebody has to look before
/// that. Here and not in the library, which runs nothing in a program that only links it.
#[ctor::ctor(unsafe)]
fn before_the_runtime() {
    monotrace::cli::look_at_stdout();
}

fn main() -> ExitCode {
    monotrace::cli::main()
}
