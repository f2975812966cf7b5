//! Files that a path names: files, folders, patterns, and what is never listed.

use std::{fs, io, os::unix::ffi::OsStrExt, path::Path, sync::Arc};

use monotrace::{
    HOLE, Place, Reference,
    ReferenceKind::{DynamicImport, Folder, Path as Named, Require, Url},
    TraceOptions, Tracer,
    resolve::Pattern,
};

use crate::{
    asking::{Asking, NOTHING, all_files, ask},
    hooked_host::{Asked, HookedHost},
    support::Tree,
};

const SITE: &str = "//- app/a.js
//- app/page.html
//- app/other.js
//- app/views/index.html
//- app/views/.hidden
//- app/views/deep/er/x.css
//- app/views/deep/run
//- app/views/README.md
//- app/views/readme.md
//- app/views/NOTES.md
//- app/views/x.h
//- app/views/x.cpp
//- app/views/.h
//- app/views/node_modules/p/index.js
//- app/views/deep/node_modules/q.js
//- app/views/helper.js
//- app/views/native.node
//- shared/data.json
//- index.js
//- x.html
";

#[test]
fn a_path_is_a_file_or_a_folder_with_all_that_is_in_it() {
    let tree = Tree::new(SITE);
    let path = |text| ask(&tree, "app/a.js", Named, text);
    assert_eq!(path("/app/page.html"), ["@app/page.html"]);
    assert_eq!(path("/app/views/x.h"), ["@app/views/x.h"], "what is named is meant");
    assert_eq!(path("/app/../shared//data.json"), ["@shared/data.json"]);
    assert_eq!(path("/app/page.html/"), NOTHING, "Node says ENOTDIR");
    assert_eq!(path("/app/none"), NOTHING);
    assert_eq!(path("relative"), NOTHING);
    let views = [
        "@app/views/NOTES.md",
        "@app/views/deep/er/x.css",
        "@app/views/index.html",
        "app/views/.h",
        "app/views/.hidden",
        "app/views/deep/run",
        "app/views/helper.js",
        "app/views/native.node",
    ];
    for text in ["/app/views", "/app/views/", "/app/views/*", "/app/views/*/*", "/app/views/**"] {
        assert_eq!(path(text), views, "{text}");
    }
    assert_eq!(ask(&tree, "app/a.js", Folder, "/app/views"), views);
    assert_eq!(ask(&tree, "app/a.js", Folder, "/app/page.html"), NOTHING);
}

#[test]
fn folders_that_are_where_paths_begin_are_not_listed() {
    let tree = Tree::new(SITE);
    let path = |text| ask(&tree, "app/views/helper.js", Named, text);
    for text in ["/", "/*", "/app", "/app/*", "/app/views", "/app/views/*", "/app/views*", "/app/views/node_modules"] {
        let found = path(text);
        assert!(found.iter().all(|word| word.starts_with("hint MT7003")), "{text}: {found:?}");
    }
    assert_eq!(path("/app/views/deep/node_modules/*"), NOTHING);
    assert_eq!(path("/app/views/*.html"), ["@app/views/index.html"], "more than the folder is known");
    assert_eq!(path("/app/*.html"), ["@app/page.html", "@app/views/index.html"]);
    assert_eq!(path("/app/views/ind*"), ["@app/views/index.html"]);
    assert_eq!(path("/app/vie*"), NOTHING, "`*` stays in one name");
    assert_eq!(path("/app/views/*/*/x.css"), ["@app/views/deep/er/x.css"]);
    assert_eq!(path("*/x"), NOTHING);
    assert_eq!(path("*"), NOTHING);
    assert_eq!(
        path("/*/*"),
        ["hint MT7003: a path of \"*/*\" means all of ., which is too much; nothing is listed for it"]
    );
}

#[test]
fn entries_of_the_own_folder_are_listed_when_they_are_asked_for() {
    let tree = Tree::new(SITE);
    let folder = |file, text| ask(&tree, file, Folder, text);
    assert_eq!(folder("app/views/deep/run", "/app/views/deep"), ["@app/views/deep/er/x.css", "app/views/deep/run"]);
    assert_eq!(folder("app/views/deep/run", "/app/views"), NOTHING, "a folder above");
    assert_eq!(folder("app/views/deep/run", "/app/views/deep/*"), NOTHING, "not its own entries");
    let installed = ask(&tree, "app/a.js", Named, "/app/views/node_modules/*/index.js");
    assert!(installed.len() == 1 && installed[0].starts_with("hint MT7003"), "{installed:?}");
    let broad = ["hint MT7003: readdir() of \".\" means all of ., which is too much; nothing is listed for it"];
    assert_eq!(folder("index.js", "/"), broad);
    assert_eq!(folder("app/a.js", "/"), broad);
    let mut asking = Asking::new(&tree);
    asking.options.process_cwd = tree.root().join("app");
    assert_eq!(
        asking.ask("app/a.js", Folder, "/app"),
        ["hint MT7003: readdir() of \"app\" means all of app, which is too much; nothing is listed for it"]
    );
    assert_eq!(asking.ask("index.js", Named, "/app"), NOTHING);
    assert_eq!(asking.ask("index.js", Named, "/app/*").len(), 1);
    tree.link("here", "app");
    asking.options.process_cwd = tree.root().join("here");
    assert_eq!(asking.ask("app/a.js", Folder, "/app").len(), 1, "a working directory has a real path");
}

#[test]
fn a_package_reaches_no_further_than_its_node_modules() {
    let tree = Tree::new(
        "//- data/x.txt
//- node_modules/.pnpm/x@1/node_modules/x/lib/a.js
//- node_modules/.pnpm/x@1/node_modules/x/data/d.txt
//- node_modules/.pnpm/x@1/node_modules/y -> ../../y@1/node_modules/y
//- node_modules/.pnpm/y@1/node_modules/y/y.txt
//- app/node_modules/z/z.js
//- app/node_modules/z/sub/node_modules/w/w.js
//- app/node_modules/z/z.txt
//- app/zone/q.txt
",
    );
    let x = |text: &str| ask(&tree, "node_modules/.pnpm/x@1/node_modules/x/lib/a.js", Named, text);
    assert_eq!(x("/data/x.txt"), NOTHING);
    assert_eq!(x("/data/*"), NOTHING);
    assert_eq!(x("/data"), NOTHING);
    assert_eq!(x("/node_modules"), NOTHING);
    let own = "node_modules/.pnpm/x@1/node_modules/x";
    assert_eq!(x(&format!("/{own}/data")), [format!("@{own}/data/d.txt")]);
    assert_eq!(
        x("/node_modules/.pnpm/x@1/node_modules/y/y.txt"),
        ["+node_modules/.pnpm/x@1/node_modules/y", "@node_modules/.pnpm/y@1/node_modules/y/y.txt"]
    );
    assert_eq!(x("/node_modules/.pnpm/x@1/node_modules/*"), NOTHING);
    let w = |text| ask(&tree, "app/node_modules/z/sub/node_modules/w/w.js", Named, text);
    assert_eq!(w("/app/node_modules/z/*.txt"), ["@app/node_modules/z/z.txt"]);
    assert_eq!(w("/app/zone/q.txt"), NOTHING);
}

#[test]
fn links_are_listed_with_what_they_lead_to() {
    let tree = Tree::new(
        "//- app/a.js
//- app/pub/file -> ../../shared/one.txt
//- app/pub/dead -> nothing
//- app/pub/loop -> loop
//- app/pub/up -> ..
//- app/pub/self -> .
//- app/pub/more -> ../../shared/more
//- app/pub/pkg -> ../node_modules/p
//- app/pub/real.txt
//- app/node_modules/p/p.txt
//- app/node_modules/p/q.txt
//- shared/one.txt
//- shared/more/m.txt
//- shared/more/again -> ../other
//- shared/more/back -> ../more
//- shared/more/deep/d.txt
//- shared/other/o.txt
//- app/alias -> pub
//- app/out -> ..
",
    );
    let path = |text| ask(&tree, "app/a.js", Named, text);
    let all = [
        "+app/pub/file",
        "+app/pub/more",
        "@app/pub/real.txt",
        "@shared/more/deep/d.txt",
        "@shared/more/m.txt",
        "@shared/one.txt",
    ];
    assert_eq!(path("/app/pub"), all);
    let through_alias: Vec<_> = ["+app/alias"].iter().chain(&all).copied().collect();
    assert_eq!(path("/app/alias/*"), through_alias);
    assert_eq!(path("/app/pub/file"), ["+app/pub/file", "@shared/one.txt"]);
    assert_eq!(path("/app/pub/fi*"), ["+app/pub/file", "@shared/one.txt"]);
    assert_eq!(path("/app/pub/*/m.txt"), ["+app/pub/more", "@shared/more/m.txt"]);
    assert_eq!(path("/app/pub/dead"), NOTHING);
    assert_eq!(
        path("/app/pub/self"),
        path("/app/pub")
            .into_iter()
            .chain(["+app/pub/self".to_owned()])
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .collect::<Vec<_>>()
    );
    assert_eq!(path("/app/out"), NOTHING, "it is the root, whatever it is called");
}

#[test]
fn what_leads_out_of_the_root_is_told_and_not_listed() {
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret.txt"), "").unwrap();
    let tree = Tree::new("//- a.js\n//- d/x.txt\n");
    let target = outside.path().to_str().unwrap();
    tree.link("out", target);
    tree.link("d/out", target);
    tree.link("d/secret", &format!("{target}/secret.txt"));
    let told = |kind, text| {
        let found = ask(&tree, "a.js", kind, text);
        assert!(found.len() == 1 && found[0].starts_with("error MT5001"), "{found:?}");
    };
    told(Named, "/out");
    told(Named, "/out/*");
    told(Named, "/out/secret.txt");
    told(Require, "./out/*");
    // What a path names elsewhere is the machine's, not the program's.
    for text in [format!("{target}/secret.txt"), format!("{target}/*"), "/etc".to_owned(), format!("/{HOLE}")] {
        let reference =
            Reference { kind: Named, specifier: text, place: Place { line: 1, column: 1 }, guarded: false, from: None };
        let followed = Tracer::new(TraceOptions::new(tree.root())).follow(&tree.root().join("a.js"), &[reference]);
        let followed = followed.unwrap();
        assert!(followed.files.is_empty() && followed.findings.is_empty(), "{followed:?}");
    }
    let above = ask(&tree, "a.js", Require, "../../../*");
    assert!(above.len() == 1 && above[0].starts_with("warning MT7001"), "{above:?}");
    assert_eq!(ask(&tree, "a.js", Named, "/d"), ["@d/x.txt"]);
}

#[test]
fn names_are_bytes_and_never_globs() {
    let tree = Tree::new(
        "//- a.js\n//- d/[a]{b}/x1.txt\n//- d/a/x1.txt\n//- d/[a]{b}/?.txt\n//- d/b/x1.txt\n//- l/[x].js\n//- l/x.js\n",
    );
    fs::write(tree.root().join(Path::new(std::ffi::OsStr::from_bytes(b"d/b/\xff.txt"))), "").unwrap();
    fs::write(tree.root().join(Path::new(std::ffi::OsStr::from_bytes(b"l/\xff.js"))), "").unwrap();
    let path = |text| ask(&tree, "a.js", Named, text);
    assert_eq!(path("/d/[a]{b}/*"), ["@d/[a]{b}/?.txt", "@d/[a]{b}/x1.txt"]);
    assert_eq!(path("/d/[a]*/x*.txt"), ["@d/[a]{b}/x1.txt"]);
    assert_eq!(path("/d/[a]{b}/?*"), ["@d/[a]{b}/?.txt"]);
    assert_eq!(path("/d/b/*"), ["@d/b/x1.txt", "@d/b/\u{fffd}.txt"]);
    assert_eq!(ask(&tree, "a.js", Require, "./l/[*].js"), ["l/[x].js"]);
    assert_eq!(ask(&tree, "a.js", DynamicImport, "./l/*.js"), ["l/[x].js", "l/x.js", "l/\u{fffd}.js"]);
}

#[test]
fn urls_with_holes_are_paths() {
    let tree = Tree::new("//- src/a.js\n//- src/img/x y.png\n//- src/img/z.png\n");
    assert_eq!(ask(&tree, "src/a.js", Url, "./img/*.png"), ["@src/img/x y.png", "@src/img/z.png"]);
    assert_eq!(ask(&tree, "src/a.js", Url, "./img/x%20*"), ["@src/img/x y.png"]);
    assert_eq!(ask(&tree, "src/a.js", Url, "./img/z.png?*"), ["@src/img/z.png"]);
    assert_eq!(ask(&tree, "src/a.js", Url, "./*"), NOTHING);
}

#[test]
fn more_than_the_budget_is_cut_at_the_same_place_each_time() {
    let tree = Tree::new("//- a.js\n//- data/near.txt\n//- data/zz/far.txt\n");
    for number in 0..10_050 {
        fs::write(tree.root().join(format!("data/m{number:05}.txt")), "").unwrap();
    }
    let first = ask(&tree, "a.js", Named, "/data/*");
    assert_eq!(first.len(), 10_001);
    assert_eq!(first[9_999], "@data/m09999.txt", "by name, and those nearest first");
    assert_eq!(
        first[10_000],
        "warning MT7002: a path of \"data/*\" means too many files or folders; the first 10000 files are listed"
    );
    // A cache that keeps no listing of that size gives the same.
    let mut asking = Asking::new(&tree);
    asking.options.memory_limit = 4 << 20;
    assert_eq!(asking.ask("a.js", Named, "/data/*"), first);
    assert_eq!(ask(&tree, "a.js", Named, "/data/n*"), ["@data/near.txt"], "what does not match costs nothing");
}

#[test]
fn a_folder_that_cannot_be_listed_is_told_and_the_rest_goes_on() {
    let tree = Tree::new("//- a.js\n//- d/bad/x.js\n//- d/good/y.js\n//- d/z.js\n");
    for (errno, code) in [(libc::EACCES, "MT3003"), (libc::EIO, "MT3003"), (libc::EMFILE, "MT4005")] {
        let mut asking = Asking::new(&tree);
        asking.host = Arc::new(HookedHost(move |asked, path: &Path| {
            let sick = asked == Asked::List && path.ends_with("d/bad");
            if sick { Err(io::Error::from_raw_os_error(errno)) } else { Ok(()) }
        }));
        for (kind, text) in [(Named, "/d"), (Require, "./d/*")] {
            let found = asking.ask("a.js", kind, text);
            assert_eq!(found[..2], ["d/good/y.js", "d/z.js"], "{found:?}");
            assert!(found.len() == 3 && found[2].contains(code), "{found:?}");
        }
    }
}

#[test]
fn what_is_no_regular_file_is_passed_over() {
    let tree = Tree::new("//- a.js\n//- d/x.js\n");
    let _socket = std::os::unix::net::UnixListener::bind(tree.root().join("d/s.js")).unwrap();
    assert_eq!(ask(&tree, "a.js", Named, "/d"), ["d/x.js"]);
    assert_eq!(ask(&tree, "a.js", Named, "/d/s.js"), NOTHING);
    assert_eq!(ask(&tree, "a.js", Require, "./d/*"), ["d/x.js"]);
}

#[test]
fn a_walk_finds_what_matching_every_path_finds() {
    let tree = Tree::new("//- a.js\n");
    let mut seed = 11_u64;
    let mut next = |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    let mut word = |parts: &[&str], most: u64| -> String {
        (0..=next(most)).map(|_| parts[next(parts.len() as u64) as usize]).collect()
    };
    for _ in 0..300 {
        let depth = word(&["x"], 4).len();
        let folders: Vec<String> = (0..depth).map(|_| word(&["a", "b", "."], 2) + "q").collect();
        tree.write(&format!("d/{}/f{}", folders.join("/"), word(&["a", "b", ".txt"], 3)), "");
    }
    let mut files = Vec::new();
    all_files(&tree.root().join("d"), "", &mut files);
    files.sort();
    let mut hits = 0;
    for _ in 0..1000 {
        let depth = word(&["x"], 3).len();
        let names: Vec<String> = (0..depth).map(|_| word(&["a", "b", "*", "*", "q", "f"], 2)).collect();
        let text = names.join("/");
        if !text.contains('*') {
            continue;
        }
        let pattern = Pattern::below(text.replace('*', &HOLE.to_string()).as_bytes()).collapsed();
        let expected: Vec<&String> = files.iter().filter(|file| pattern.matches(file.as_bytes())).collect();
        let mut found: Vec<String> = ask(&tree, "a.js", Named, &format!("/d/{text}"));
        found.iter_mut().for_each(|word| *word = word.trim_start_matches('@').trim_start_matches("d/").to_owned());
        found.sort();
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{text}");
        hits += usize::from(!found.is_empty());
    }
    assert!(hits > 50, "{hits}");
}
