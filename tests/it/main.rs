//! All integration tests, one binary: each module tells what it holds.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop where it is")]
#![allow(clippy::disallowed_methods, reason = "tests make and read their own files")]

mod about;
mod acorn;
mod annotate;
mod archive;
mod asking;
mod assets;
mod build;
mod build_faults;
mod choosing;
mod config;
mod dereference;
mod differences;
mod evaluate;
mod faults;
mod fixture;
mod following;
mod from_nft_json;
mod generated;
mod holes;
mod hooked_host;
mod images;
mod judges;
mod lexer;
mod library;
mod limits;
mod log;
mod long_files;
mod made_up_packages;
mod memory;
mod native;
mod ndjson;
mod next;
mod next_server;
mod node_path;
mod node_resolution;
mod patterns;
mod peers;
mod print;
mod recipes;
mod references;
mod resolve_faults;
mod resolve_fixture;
mod siblings;
mod size;
mod slash;
mod spilling;
mod support;
mod terminal;
mod tidy;
mod values;
mod why;
