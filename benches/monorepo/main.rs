//! Writes a made-up monorepo, and beside it the list that a right trace of its apps gives:
//!
//! ```sh
//! cargo run --release --example monorepo -- --files 100000 --seed 1 --out DIR
//! cd DIR/tree && xargs monotrace print < ../entries.txt | cmp - ../expected.txt
//! ```
//!
//! `DIR` must not exist yet, or be empty. It gets `tree/`, `entries.txt` and
//! `expected.txt`; the same numbers give the same bytes. `generator` tells what is in the tree.

#![allow(clippy::disallowed_methods, reason = "the generator makes its own files")]

mod generator;

use std::{path::PathBuf, process::ExitCode, time::Instant};

use clap::Parser;

/// Writes a made-up monorepo, and beside it the list that a right trace of its apps gives.
#[derive(Parser)]
struct Flags {
    /// How many files the tree has, 1000 to 2000000; links come on top.
    #[arg(long)]
    files: u32,
    /// Another number makes another tree.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The folder for `tree/`, `entries.txt` and `expected.txt`.
    #[arg(long)]
    out: PathBuf,
    /// How many threads write.
    #[arg(long, default_value_t = 4)]
    threads: usize,
}

fn main() -> ExitCode {
    let flags = Flags::parse();
    let started = Instant::now();
    match generator::generate(&flags.out, flags.files, flags.seed, flags.threads) {
        Ok(written) => {
            println!("{written}; {:.1} s", started.elapsed().as_secs_f64());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{}: {error}", flags.out.display());
            ExitCode::FAILURE
        }
    }
}
