//! Faults of packages and file systems that resolution must survive.

use std::{
    ffi::OsStr,
    fs, io,
    os::unix::ffi::OsStrExt,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use monotrace::{
    EntryKind, Format, Governor, Loader, Problem, ResolutionError,
    resolve::{ResolveOptions, Resolver},
};

use crate::{
    hooked_host::{Asked, HookedHost},
    resolve_fixture::Fixture,
};

/// The package that most faults of the catalogue begin with.
fn package(json: impl AsRef<[u8]>) -> Fixture {
    let fixture = Fixture::new(&[
        ("node_modules/p/index.js", "1"),
        ("node_modules/p/m.js", "2"),
        ("node_modules/p/lib/i.js", "3"),
        ("secret/s.js", "4"),
        ("a.js", ""),
    ]);
    fixture.write("node_modules/p/package.json", json);
    fixture
}

const JSON: &str = "+node_modules/p/package.json";

#[test]
fn f034_a_malformed_package_json_is_reported_where_it_breaks() {
    let fixture = package("{\"name\":\"p\",\n \"main\":");
    let expected = format!("ERR_INVALID_PACKAGE_CONFIG {JSON} !node_modules/p/package.json:2:9 MT2101");
    assert_eq!(fixture.require("a.js", "p"), expected);
    assert_eq!(fixture.import("a.js", "p"), expected);
    let format = fixture.resolver().format(&fixture.root.join("node_modules/p/m.js"));
    assert_eq!((format.format, format.troubles.len(), format.package_json.is_some()), (Format::BySyntax, 1, true));
}

#[test]
fn f035_to_f041_what_node_reads_is_read() {
    let deep = format!("{{\"d\":{}{},\"main\":\"m.js\"}}", "[".repeat(100_000), "]".repeat(100_000));
    for json in [
        r#"{"description":"\ud800","main":"m.js"}"#,
        r#"{"x":1e999,"main":"m.js"}"#,
        "\u{feff}{\"main\":\"m.js\"}",
        &deep,
    ] {
        let fixture = package(json);
        assert_eq!(fixture.require("a.js", "p"), format!("node_modules/p/m.js {JSON}"));
        assert_eq!(fixture.import("a.js", "p"), format!("node_modules/p/m.js {JSON}"));
    }
    assert_eq!(package(r#"{"main":5}"#).require("a.js", "p"), "node_modules/p/index.js");
    assert_eq!(package(r#"{"main":"gone"}"#).require("a.js", "p"), "node_modules/p/index.js", "not needed for that");
}

#[test]
fn f043_a_million_bad_targets_are_passed_in_linear_time() {
    let fixture = package(format!("{{\"exports\":[{}\"./m.js\"]}}", "\"../x\",".repeat(1_000_000)));
    let began = std::time::Instant::now();
    assert_eq!(fixture.require("a.js", "p"), format!("node_modules/p/m.js {JSON}"));
    let fixture = package(format!("{{\"exports\":[{}\"../y\"]}}", "\"../x\",".repeat(1_000_000)));
    assert!(fixture.fail("a.js", "p", Loader::Require).steps.len() < 200, "a story ends");
    assert!(began.elapsed().as_secs() < 10);
}

#[test]
fn a_million_stars_name_no_file_and_cost_no_memory() {
    let fixture = package(format!("{{\"exports\":{{\"./*\":\"./{}\"}}}}", "*".repeat(1_000_000)));
    let specifier = format!("p/{}", "x".repeat(100_000));
    for (loader, error) in
        [(Loader::Require, ResolutionError::ModuleNotFound), (Loader::Import, ResolutionError::ImportNotFound)]
    {
        let failure = fixture.fail("a.js", &specifier, loader);
        assert_eq!((failure.error, failure.cause.unwrap().problem), (error, Problem::NameTooLong));
    }
    let fixture = package(r#"{"exports":{"./*":"./lib/../*"}}"#);
    assert_eq!(fixture.fail("a.js", &specifier, Loader::Import).error, ResolutionError::InvalidPackageTarget);
}

#[test]
fn f044_a_package_json_beyond_the_cap_is_named() {
    let fixture = package(format!("{{\"d\":\"{}\",\"main\":\"m.js\"}}", "x".repeat(9 << 20)));
    let expected = format!("ERR_INVALID_PACKAGE_CONFIG {JSON} !node_modules/p/package.json MT2106");
    assert_eq!(fixture.require("a.js", "p"), expected);
}

#[test]
fn f046_f047_targets_cannot_leave_their_package() {
    let json = r#"{"exports":{".":"./../../secret/s.js","./1":"./lib/%2e%2e/m.js","./2":"./lib/NODE_MODULES/q.js",
        "./3":"./lib\\..\\m.js","./4":"./lib/./i.js","./5":"/etc/passwd","./6":"file:///etc/passwd","./7":"../m.js"}}"#;
    let fixture = package(json);
    for specifier in ["p", "p/1", "p/2", "p/3", "p/4", "p/5", "p/6", "p/7"] {
        let expected = format!("ERR_INVALID_PACKAGE_TARGET {JSON}");
        assert_eq!(fixture.require("a.js", specifier), expected, "{specifier}");
        assert_eq!(fixture.import("a.js", specifier), expected, "{specifier}");
    }
}

#[test]
fn f049_keys_that_cannot_stand_together() {
    for json in [r#"{"exports":{".":"./m.js","import":"./m.js"}}"#, r#"{"exports":{"0":"./m.js"}}"#] {
        assert_eq!(package(json).require("a.js", "p"), format!("ERR_INVALID_PACKAGE_CONFIG {JSON}"));
    }
}

#[test]
fn f050_subpaths_that_no_package_can_have() {
    let fixture = package(r#"{"exports":{"./*":"./lib/*"}}"#);
    let code = |specifier: &str| fixture.fail("a.mjs", specifier, Loader::Import).error;
    for specifier in ["p/../secret", "p/%2e%2e/x", "p/..%2fx", "p/node_modules/q", ".p", "p%2f", "@scope"] {
        assert_eq!(code(specifier), ResolutionError::InvalidModuleSpecifier, "{specifier}");
    }
    assert_eq!(code("p/"), ResolutionError::PackagePathNotExported);
}

#[test]
fn f052_f059_f061_what_is_outside_is_not_listed() {
    let fixture = Fixture::new(&[
        ("proj/node_modules/p/package.json", r#"{"main":"../../../out.js"}"#),
        ("proj/a.js", ""),
        ("proj-secret/s.js", ""),
        ("out.js", ""),
    ]);
    fixture.link("../out.js", "proj/link.js");
    let resolver = fixture.with(|options| options.root = fixture.root.join("proj"));
    let ask = |specifier| fixture.ask(&resolver, "proj/a.js", specifier, Loader::Require);
    assert_eq!(ask("p"), "outside:out.js +proj/node_modules/p/package.json");
    assert_eq!(ask("./link"), "outside:out.js", "nor is the link that leads there");
    assert_eq!(ask("../proj-secret/s"), "outside:s.js");
}

#[test]
fn f053_imports_do_not_go_round() {
    let fixture = Fixture::new(&[("package.json", r##"{"imports":{"#a":"#b","#b":"#a"}}"##)]);
    assert_eq!(fixture.require("a.js", "#a"), "MODULE_NOT_FOUND +package.json");
    assert_eq!(fixture.import("a.js", "#a"), "ERR_MODULE_NOT_FOUND +package.json");
}

#[test]
fn f055_a_fifo_is_told_and_neither_opened_nor_a_target() {
    let fixture = Fixture::new(&[]);
    rustix::fs::mkfifoat(rustix::fs::CWD, fixture.root.join("x.js"), rustix::fs::Mode::from_raw_mode(0o600)).unwrap();
    assert_eq!(fixture.require("a.js", "./x"), "!x.js MT3004");
    assert_eq!(fixture.resolver().locate(&fixture.root.join("x.js")).unwrap().kind, EntryKind::Special);
    fs::create_dir_all(fixture.root.join("node_modules/p")).unwrap();
    let json = fixture.root.join("node_modules/p/package.json");
    rustix::fs::mkfifoat(rustix::fs::CWD, json, rustix::fs::Mode::from_raw_mode(0o600)).unwrap();
    assert_eq!(fixture.require("a.js", "p"), "MODULE_NOT_FOUND !node_modules/p/package.json MT3004");
}

#[test]
fn f058_forty_links_pass_and_forty_one_do_not() {
    let fixture = Fixture::new(&[("t.js", "1")]);
    fixture.link("t.js", "s1.js");
    for index in 2..=60 {
        fixture.link(&format!("s{}.js", index - 1), &format!("s{index}.js"));
    }
    assert!(fixture.require("a.js", "./s40").starts_with("t.js +s40.js +s39.js"));
    let failure = fixture.fail("a.js", "./s41", Loader::Require);
    assert_eq!(failure.error, ResolutionError::ModuleNotFound);
    assert_eq!(failure.cause.unwrap().problem, Problem::LinkLoop);
    fixture.link("loop.js", "loop.js");
    fixture.link("loop/x", "loop");
    assert_eq!(fixture.fail("a.js", "./loop.js", Loader::Import).cause.unwrap().problem, Problem::LinkLoop);
    assert_eq!(fixture.require("a.js", "./loop/y"), "MODULE_NOT_FOUND");
    assert_eq!(fixture.resolver().locate(&fixture.root.join("loop.js")).unwrap_err().problem, Problem::LinkLoop);
}

#[test]
fn links_count_for_the_whole_path_as_in_the_kernel() {
    let fixture = Fixture::new(&[("b.js", "1"), ("d/c.js", "1")]);
    fixture.link(".", "l");
    fixture.link("b.js", "k.js");
    let path = |times: usize, name: &str| format!("./{}{name}", "l/".repeat(times));
    for (times, name) in [(40, "b"), (40, "d/c"), (39, "k.js")] {
        let found = fixture.require("a.js", &path(times, name));
        assert!(!found.starts_with("MODULE"), "{times} {name}: {found}");
        let failure = fixture.fail("a.js", &path(times + 1, name), Loader::Require);
        assert_eq!(failure.cause.unwrap().problem, Problem::LinkLoop, "{times} {name}");
    }
    let failure = fixture.fail("a.js", &path(50, "b"), Loader::Require);
    assert_eq!((failure.error, failure.cause.unwrap().problem), (ResolutionError::ModuleNotFound, Problem::LinkLoop));
}

#[test]
fn f071_names_that_are_no_text() {
    let fixture = Fixture::new(&[("d/b.js", "")]);
    let odd = OsStr::from_bytes(b"d/a\xff\xfe.txt");
    fixture.write(odd, "x");
    assert_eq!(fixture.require("d/a.js", "./b"), "d/b.js");
    assert!(fixture.resolver().locate(&fixture.root.join(odd)).is_ok());
}

#[test]
fn f073_names_that_are_too_long() {
    let longest = "x".repeat(252);
    let fixture = Fixture::new(&[(&format!("{longest}.js"), "1")]);
    assert_eq!(fixture.require("a.js", &format!("./{longest}")), format!("{longest}.js"));
    let deep = format!("./{}deep", format!("{}/", "d".repeat(200)).repeat(40));
    for specifier in [format!("./{}", "n".repeat(300)), deep] {
        let failure = fixture.fail("a.js", &specifier, Loader::Require);
        assert_eq!(failure.error, ResolutionError::ModuleNotFound);
        assert_eq!(failure.cause.unwrap().problem, Problem::NameTooLong);
    }
}

#[test]
fn f077_f079_case_and_kinds_count() {
    let fixture = Fixture::new(&[("Foo.js", ""), ("x.js/index.js", ""), ("y.js", "")]);
    assert_eq!(fixture.require("a.js", "./foo"), "MODULE_NOT_FOUND");
    assert_eq!(fixture.require("a.js", "./x.js"), "x.js/index.js");
    assert_eq!(fixture.require("a.js", "./y.js/z"), "MODULE_NOT_FOUND");
    assert_eq!(fixture.import("a.js", "./x.js"), "ERR_UNSUPPORTED_DIR_IMPORT");
}

#[test]
fn links_are_needed_where_they_really_are() {
    let fixture = Fixture::new(&[
        ("packages/p/package.json", r#"{"name":"p","main":"lib/m"}"#),
        ("packages/p/lib/m.js", ""),
        ("app/a.js", ""),
    ]);
    fixture.link("../../store/p", "app/node_modules/p");
    fixture.link("../packages/p", "store/p");
    let expected = "packages/p/lib/m.js +app/node_modules/p +store/p +packages/p/package.json";
    assert_eq!(fixture.require("app/a.js", "p"), expected);
    assert_eq!(fixture.import("app/a.js", "p"), expected);
    assert_eq!(fixture.require("app/a.js", "p/lib/m"), "packages/p/lib/m.js +app/node_modules/p +store/p");
    let located = fixture.resolver().locate(&fixture.root.join("app/node_modules/p")).unwrap();
    assert_eq!((located.kind, located.links.len(), located.inside), (EntryKind::Directory, 2, true));
}

#[test]
fn a_name_is_refused_before_the_file_system_is_asked() {
    let fixture = Fixture::new(&[]);
    for specifier in ["", "./a\0b", "a\0"] {
        assert_eq!(fixture.require("a.js", specifier), "ERR_INVALID_ARG_VALUE");
        assert_eq!(fixture.import("a.js", specifier), "ERR_INVALID_ARG_VALUE");
    }
}

#[test]
fn module_sync_is_taken_both_ways_where_the_version_leaves_it_open() {
    let fixture = package(r#"{"main":"index.js","exports":{"module-sync":"./m.js","default":"./lib/i.js"}}"#);
    let ask = |version: &str, catchall| {
        let resolver = fixture.with(|options| {
            options.node = version.parse().unwrap();
            options.module_sync_catchall = catchall;
        });
        fixture.ask(&resolver, "a.js", "p", Loader::Require)
    };
    assert_eq!(ask("22.9.0", false), format!("node_modules/p/lib/i.js {JSON}"));
    assert_eq!(ask("22.10.0", false), format!("node_modules/p/m.js {JSON}"));
    assert_eq!(ask("22", false), format!("node_modules/p/m.js node_modules/p/lib/i.js {JSON}"));
    assert_eq!(ask("18.0.0", true), format!("node_modules/p/m.js node_modules/p/lib/i.js {JSON}"));
    let resolver = fixture.with(|options| options.exports_only = false);
    let expected = format!("node_modules/p/m.js node_modules/p/index.js {JSON}");
    assert_eq!(fixture.ask(&resolver, "a.js", "p", Loader::Require), expected, "the legacy main too");
}

#[test]
fn paths_stand_in_for_what_node_does_not_find() {
    let fixture = package("{}");
    let resolver = fixture.with(|options| {
        let target = |path: &str| fixture.root.join(path);
        options.paths =
            vec![("alias".into(), target("a.js")), ("~/".into(), target("secret")), ("p".into(), target("a.js"))];
    });
    let ask = |specifier| fixture.ask(&resolver, "a.js", specifier, Loader::Require);
    assert_eq!(ask("alias"), "a.js");
    assert_eq!(ask("~/s"), "secret/s.js");
    assert_eq!(ask("~/t"), "MODULE_NOT_FOUND");
    assert_eq!(ask("p"), "node_modules/p/index.js", "a package comes first");
}

#[test]
fn typescript_stands_in_outside_node_modules() {
    let fixture = Fixture::new(&[
        ("src/a.ts", ""),
        ("src/a.js", ""),
        ("src/b.tsx", ""),
        ("src/c.mts", ""),
        ("src/dir/index.ts", ""),
        ("packages/w/package.json", r#"{"name":"w","exports":"./src/main.js"}"#),
        ("packages/w/src/main.ts", ""),
        ("node_modules/q/x.ts", ""),
    ]);
    fixture.link("../packages/w", "node_modules/w");
    assert_eq!(fixture.import("src/x.ts", "./a"), "src/a.ts", "its own language first");
    assert_eq!(fixture.require("src/x.js", "./a"), "src/a.js", "Node's order first");
    assert_eq!(fixture.import("src/x.ts", "./a.js"), "src/a.js", "the named file first");
    assert_eq!(fixture.import("src/x.ts", "./b.js"), "src/b.tsx");
    assert_eq!(fixture.import("src/x.js", "./b.js"), "src/b.tsx");
    assert_eq!(fixture.require("src/x.js", "./b"), "src/b.tsx");
    assert_eq!(fixture.import("src/x.js", "./b"), "ERR_MODULE_NOT_FOUND", "import adds no extension");
    assert_eq!(fixture.import("src/x.mts", "./c.mjs"), "src/c.mts");
    assert_eq!(fixture.import("src/x.ts", "./dir"), "src/dir/index.ts");
    assert_eq!(fixture.import("src/x.ts", "./dir/"), "src/dir/index.ts");
    let expected = "packages/w/src/main.ts +node_modules/w +packages/w/package.json";
    assert_eq!(fixture.import("src/x.js", "w"), expected);
    assert_eq!(fixture.require("src/x.js", "w"), expected);
    assert_eq!(fixture.require("src/x.ts", "q/x"), "MODULE_NOT_FOUND", "a package is not ours to build");
}

#[test]
fn a_failure_tells_its_story() {
    let fixture = package(r#"{"exports":{"./a":{"browser":"./m.js"}}}"#);
    fixture.write("package.json", r#"{"name":"me","optionalDependencies":{"gone":"1"}}"#);
    let failure = fixture.fail("a.js", "p/a", Loader::Require);
    let expected = "\"exports\" of node_modules/p/package.json has nothing for \"./a\" under the conditions require, \
                    node, module-sync, node-addons, default.";
    assert_eq!(failure.steps, [expected]);
    assert_eq!(failure.optional, None);
    let failure = fixture.fail("a.js", "gone/x", Loader::Import);
    assert!(failure.optional.is_some_and(|why| why.contains("optionalDependencies")));
    assert!(!failure.steps.is_empty());
}

#[test]
fn formats_follow_the_nearest_package() {
    let fixture = Fixture::new(&[
        ("package.json", r#"{"type":"module"}"#),
        ("cjs/package.json", r#"{"type":"commonjs"}"#),
        ("node_modules/p/package.json", "{}"),
    ]);
    let resolver = fixture.resolver();
    let format = |path: &str| {
        let format = resolver.format(&fixture.root.join(path));
        (format.format, format.package_json.map(|path| fixture.relative(&path)))
    };
    let some = |path: &str| Some(path.to_owned());
    assert_eq!(format("a.js"), (Format::Module, some("package.json")));
    assert_eq!(format("a.ts"), (Format::Module, some("package.json")));
    assert_eq!(format("bin"), (Format::Module, some("package.json")));
    assert_eq!(format("cjs/deep/a.js"), (Format::CommonJs, some("cjs/package.json")));
    assert_eq!(format("cjs/bin"), (Format::CommonJs, None));
    assert_eq!(format("node_modules/p/a.js"), (Format::BySyntax, some("node_modules/p/package.json")));
    assert_eq!(format("node_modules/q/a.js"), (Format::BySyntax, None));
    assert_eq!(format("a.mjs"), (Format::Module, None));
    assert_eq!(format("a.json"), (Format::Json, None));
    assert_eq!(format(".js"), (Format::Module, some("package.json")), "a dotfile has no extension");
    assert_eq!(format("a.css"), (Format::Other, None));
}

/// A resolver that may list nothing outside the root, with the number of its
/// listings; all questions about one path are refused.
fn strict(fixture: &Fixture, refuse: Option<(&str, i32)>, cache_bytes: usize) -> (Arc<AtomicUsize>, Resolver) {
    let refuse = refuse.map(|(path, code)| (fixture.root.join(path), code));
    let root = fixture.root.clone();
    let lists = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&lists);
    let host = HookedHost(move |asked, path: &Path| {
        if asked == Asked::List {
            assert!(path.starts_with(&root), "{} is outside the root", path.display());
            counted.fetch_add(1, Ordering::Relaxed);
        }
        match &refuse {
            Some((refused, code)) if path.starts_with(refused) => Err(io::Error::from_raw_os_error(*code)),
            _ => Ok(()),
        }
    });
    let options = ResolveOptions { cache_bytes, ..fixture.options() };
    (lists, Resolver::new(Arc::new(host), &Governor::new(1 << 20), options).unwrap())
}

#[test]
fn a_directory_is_listed_once_and_none_outside_the_root() {
    let fixture = package(r#"{"main":"m"}"#);
    let (lists, resolver) = strict(&fixture, None, 1 << 20);
    for _ in 0..3 {
        assert_eq!(fixture.ask(&resolver, "a.js", "p", Loader::Require), format!("node_modules/p/m.js {JSON}"));
        assert_eq!(fixture.ask(&resolver, "a.js", "nowhere", Loader::Require), "MODULE_NOT_FOUND");
        fixture.ask(&resolver, "a.js", "/etc/hosts", Loader::Require);
        fixture.ask(&resolver, "a.js", "../../x", Loader::Import);
    }
    assert_eq!(lists.load(Ordering::Relaxed), 3, "the root, node_modules and p");
}

#[test]
fn without_room_for_anything_the_answers_are_the_same() {
    let fixture = package(r#"{"exports":{".":"./m.js","./*":"./lib/*"}}"#);
    fixture.link("../packages/p", "node_modules/l");
    fixture.write("packages/p/index.js", "");
    let (_, large) = strict(&fixture, None, 1 << 20);
    for cache_bytes in [1, 1000, 5000] {
        let (_, small) = strict(&fixture, None, cache_bytes);
        for specifier in ["p", "p/i.js", "p/x", "l", "l/index", "./secret/s", "gone", "/etc/gone", "..", "fs"] {
            for loader in [Loader::Require, Loader::Import] {
                let ask = |resolver| fixture.ask(resolver, "a.js", specifier, loader);
                assert_eq!(ask(&small), ask(&large), "{specifier} with {cache_bytes} bytes");
            }
        }
    }
}

#[test]
fn what_was_let_go_is_probed_and_listed_again_where_that_pays() {
    let fixture = package(r#"{"main":"m"}"#);
    for file in 0..40 {
        fixture.write(format!("many/f{file}.js"), "");
    }
    for other in 0..40 {
        fixture.write(format!("other/d{other}/x.js"), "");
    }
    // Few are kept: most questions meet a directory that was let go.
    let (lists, resolver) = strict(&fixture, None, 10_000);
    for file in 0..40 {
        let found = fixture.ask(&resolver, "a.js", &format!("./many/f{file}"), Loader::Require);
        assert_eq!(found, format!("many/f{file}.js"));
        for other in 0..40 {
            fixture.ask(&resolver, "a.js", &format!("./other/d{other}/x"), Loader::Require);
        }
    }
    let lists = lists.load(Ordering::Relaxed);
    assert!(lists < 200, "{lists} listings for 1640 questions");
}

#[test]
fn the_version_decides_what_a_package_json_may_say() {
    let ask = |json: &str, version: &str| {
        let fixture = package(json);
        let resolver = fixture.with(|options| options.node = version.parse().unwrap());
        fixture.ask(&resolver, "a.mjs", "p", Loader::Import)
    };
    let main = r#"{"main":"/m.js"}"#;
    assert_eq!(ask(main, "20.20.2"), format!("node_modules/p/m.js {JSON}"), "a URL below the package");
    assert_eq!(ask(main, "22.12"), "node_modules/p/index.js", "a path from the root");
    assert_eq!(ask(r#"{"exports":false}"#, "20.20.2"), format!("ERR_PACKAGE_PATH_NOT_EXPORTED {JSON}"));
    assert_eq!(ask(r#"{"exports":false}"#, "22.12"), "node_modules/p/index.js");
}

#[test]
fn workers_that_share_a_small_resolver_agree() {
    let fixture = package(r#"{"exports":{".":"./m.js","./*":"./lib/*"}}"#);
    let (_, resolver) = strict(&fixture, None, 3000);
    let expected = format!("node_modules/p/lib/i.js {JSON}");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..200 {
                    assert_eq!(fixture.ask(&resolver, "a.js", "p/i.js", Loader::Require), expected);
                }
            });
        }
    });
}

#[test]
fn what_the_system_refuses_is_a_trouble() {
    let fixture = package(r#"{"main":"m"}"#);
    let (_, resolver) = strict(&fixture, Some(("secret", libc::EACCES)), 1 << 20);
    assert_eq!(fixture.ask(&resolver, "a.js", "./secret/s", Loader::Require), "MODULE_NOT_FOUND !secret MT3003");
    let (_, resolver) = strict(&fixture, Some(("node_modules/p/package.json", libc::EIO)), 1 << 20);
    let expected = "node_modules/p/index.js !node_modules/p/package.json MT3003";
    assert_eq!(fixture.ask(&resolver, "a.js", "p", Loader::Require), expected);
}
