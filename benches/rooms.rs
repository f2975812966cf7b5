//! What single rooms cost on real files: `cargo bench --bench rooms`.
//!
//! - lexing and evaluating: bytes a second over files of the corpus
//! - resolving: time for one specifier with warm caches
//! - tracing: files a second, from entry to list, with cold caches of ours
//!   and a warm page cache

#![allow(clippy::disallowed_methods, reason = "benchmarks read their own files")]

use std::{
    fs,
    hint::black_box,
    path::{Path, PathBuf},
    sync::Arc,
};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use monotrace::{
    Format, Governor, Platform, RealHost, Reference, TraceOptions, Tracer,
    evaluate::{Evaluation, Settings, evaluate},
    lexer::{Dialect, Kind, Lexer},
    resolve::{Request, ResolveOptions, Resolver},
};

/// The corpus that the tests install.
fn corpus() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers");
    assert!(folder.join("node_modules").is_dir(), "run `cargo test` once: it installs the corpus");
    fs::canonicalize(folder).expect("it was there a line above")
}

/// Every `.js` file of the corpus whose path's hash falls into one of 16 buckets.
fn sample() -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    let mut folders = vec![corpus().join("node_modules")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the corpus can be read").flatten() {
            let path = entry.path();
            let kind = entry.file_type().expect("the corpus can be read");
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() && path.extension().is_some_and(|extension| extension == "js") {
                let hash = path
                    .as_os_str()
                    .as_encoded_bytes()
                    .iter()
                    .fold(0_u32, |hash, byte| hash.wrapping_mul(31) + u32::from(*byte));
                if hash % 16 == 3 {
                    let bytes = fs::read(&path).expect("the corpus can be read");
                    files.push((path, bytes));
                }
            }
        }
    }
    files.sort();
    files
}

fn settings() -> Settings<'static> {
    let dialect = Dialect { typescript: false, jsx: true, module: false };
    Settings {
        dialect,
        format: Format::BySyntax,
        mixed_modules: false,
        folds_strings: true,
        finds_files: true,
        location: None,
    }
}

fn read(criterion: &mut Criterion) {
    let files = sample();
    let bytes = files.iter().map(|(_, bytes)| bytes.len() as u64).sum();
    let mut group = criterion.benchmark_group("read");
    group.throughput(Throughput::Bytes(bytes)).sample_size(10);
    group.bench_function("lex every token", |bencher| {
        bencher.iter(|| {
            for (_, bytes) in &files {
                let mut lexer = Lexer::new(bytes, settings().dialect);
                while lexer.next_token().kind != Kind::End {}
            }
        });
    });
    group.bench_function("evaluate", |bencher| {
        bencher.iter(|| {
            for (_, bytes) in &files {
                black_box(evaluate(bytes, &settings()));
            }
        });
    });
    group.finish();
}

fn resolve(criterion: &mut Criterion) {
    let options = ResolveOptions {
        root: corpus(),
        node: "22".parse().expect("22 is a version"),
        platform: Platform::default(),
        conditions: vec!["node".to_owned()],
        exports_only: false,
        module_sync_catchall: false,
        paths: Vec::new(),
        cache_bytes: 64 << 20,
    };
    let governor = Governor::new(1 << 30);
    let resolver = Resolver::new(Arc::new(RealHost), &governor, options).expect("a GiB suffices");
    let files = sample();
    let asked: Vec<(&Path, Reference)> = files
        .iter()
        .flat_map(|(path, bytes)| {
            let Evaluation { references, .. } = evaluate(bytes, &settings());
            references.into_iter().map(|reference| (path.as_path(), reference))
        })
        .collect();
    let mut group = criterion.benchmark_group("resolve");
    group.throughput(Throughput::Elements(asked.len() as u64)).sample_size(10);
    group.bench_function("every specifier, warm", |bencher| {
        bencher.iter(|| {
            for (parent, reference) in &asked {
                let request = Request { specifier: &reference.specifier, parent, loader: reference.kind.loader() };
                black_box(resolver.resolve(&request));
            }
        });
    });
    group.finish();
}

fn trace(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("trace");
    group.sample_size(10);
    for app in ["express4", "webpack", "firebase-admin"] {
        let entry = corpus().join(format!("apps/{app}/main.js"));
        let trace = || {
            Tracer::new(TraceOptions::new(corpus()))
                .trace(std::slice::from_ref(&entry))
                .expect("the corpus can be traced")
        };
        group.throughput(Throughput::Elements(trace().listing.listed().count() as u64));
        group.bench_function(app, |bencher| bencher.iter(|| black_box(trace())));
    }
    group.finish();
}

criterion_group!(benches, read, resolve, trace);
criterion_main!(benches);
