//! Nanoseconds for one specifier of each form, with everything in the caches:
//! `cargo bench --bench resolve`.

#![allow(clippy::unwrap_used, reason = "a benchmark that cannot go on should stop where it is")]

use std::{fs, hint::black_box, path::Path, sync::Arc};

use criterion::{Criterion, criterion_group, criterion_main};
use monotrace::{
    Governor, Loader, Platform, RealHost,
    resolve::{Request, ResolveOptions, Resolver},
};

/// A tree as npm makes it: a root with many packages, and files a few folders deep.
fn tree() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("package.json", r#"{"name":"app"}"#);
    for index in 0..500 {
        write(&format!("node_modules/package-{index}/package.json"), r#"{"main":"lib/index.js"}"#);
    }
    for index in 0..50 {
        write(&format!("node_modules/plain/lib/deep/file-{index}.js"), "");
    }
    write("node_modules/plain/package.json", r#"{"name":"plain","main":"lib/index"}"#);
    write("node_modules/plain/lib/index.js", "");
    let exports = r#"{"name":"modern","exports":{".":{"import":"./m.mjs","require":"./m.js"},"./*":"./lib/*.js"}}"#;
    write("node_modules/modern/package.json", exports);
    write("node_modules/modern/m.js", "");
    write("node_modules/modern/m.mjs", "");
    write("node_modules/modern/lib/x.js", "");
    folder
}

fn resolve(c: &mut Criterion) {
    let folder = tree();
    #[allow(clippy::disallowed_methods, reason = "a resolver wants the real path of its root")]
    let root = fs::canonicalize(folder.path()).unwrap();
    let options = ResolveOptions {
        root: root.clone(),
        node: "22".parse().unwrap(),
        platform: Platform::default(),
        conditions: vec!["node".to_owned()],
        exports_only: true,
        module_sync_catchall: false,
        paths: Vec::new(),
        cache_bytes: 64 << 20,
    };
    let resolver = Resolver::new(Arc::new(RealHost), &Governor::new(1 << 30), options).unwrap();
    let parent = root.join("node_modules/plain/lib/deep/file-0.js");
    let mut measure = |name: &str, specifier: &str, loader: Loader| {
        let request = Request { specifier, parent: Path::new(&parent), loader };
        c.bench_function(name, |bencher| bencher.iter(|| black_box(resolver.resolve(&request))));
    };
    measure("require ./file-7", "./file-7", Loader::Require);
    measure("require ./file-7.js", "./file-7.js", Loader::Require);
    measure("import ./file-7.js", "./file-7.js", Loader::Import);
    measure("require ../..", "../..", Loader::Require);
    measure("require plain", "plain", Loader::Require);
    measure("require modern", "modern", Loader::Require);
    measure("import modern/x", "modern/x", Loader::Import);
    measure("require fs", "fs", Loader::Require);
    measure("require gone (explained)", "gone", Loader::Require);
    c.bench_function("format", |bencher| bencher.iter(|| black_box(resolver.format(&parent))));
}

criterion_group!(benches, resolve);
criterion_main!(benches);
