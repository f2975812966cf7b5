//! The command: parses, runs, exits.

use std::process::ExitCode;

fn main() -> ExitCode {
    monotrace::cli::main()
}
