//! Files that no import names: what paths, folders, programs and specifiers
//! with holes lead to. In the tests' words `*` is a hole.

use std::{fs, io, os::unix::ffi::OsStrExt, path::Path, sync::Arc};

use monotrace::{Analysis, HOLE, Host, Level, Place, RealHost, Reason, Reference, ReferenceKind, TraceOptions, Tracer};

use monotrace::resolve::Pattern;

use crate::{
    hooked_host::{Asked, HookedHost},
    support::Tree,
};

use ReferenceKind::{DynamicImport, Folder, ImportMetaResolve, Path as Named, Program, Require, RequireResolve, Url};

struct Asking<'t> {
    tree: &'t Tree,
    options: TraceOptions,
    host: Arc<dyn Host>,
}

impl<'t> Asking<'t> {
    fn new(tree: &'t Tree) -> Self {
        Self { tree, options: TraceOptions::new(tree.root()), host: Arc::new(RealHost) }
    }

    /// What `text` leads to, a word for each file in order: `path` for a
    /// dependency, `path?` if it is not looked into, `@path` for an asset,
    /// `+path` for what is needed on the way. Findings come last.
    fn ask(&self, file: &str, kind: ReferenceKind, text: &str) -> Vec<String> {
        let root = self.tree.root();
        let mut specifier = text.replace('*', &HOLE.to_string());
        if specifier.starts_with('/') {
            specifier = format!("{}{specifier}", root.display());
        }
        let place = Place { line: 3, column: 7 };
        let reference = Reference { kind, specifier, place, guarded: false };
        let tracer = Tracer::with_host(Arc::clone(&self.host), self.options.clone());
        let followed = tracer.follow(&root.join(file), &[reference]).unwrap();
        assert_eq!(tracer.leased(), 0);
        let mut words: Vec<String> = followed
            .files
            .iter()
            .map(|(path, reason, follow)| {
                let path = String::from_utf8_lossy(path);
                match (reason, follow) {
                    (Reason::Dependency, true) => path.into_owned(),
                    (Reason::Dependency, false) => format!("{path}?"),
                    (Reason::Asset, false) => format!("@{path}"),
                    (Reason::Resolve, false) => format!("+{path}"),
                    other => panic!("{other:?}"),
                }
            })
            .collect();
        words.sort();
        words.dedup();
        let mut findings: Vec<String> = followed
            .findings
            .iter()
            .map(|finding| {
                assert!(!finding.problem.message(&root).contains(HOLE), "{finding:?}");
                assert!(!finding.problem.message(&root).contains(root.to_str().unwrap()), "{finding:?}");
                assert!(!finding.steps.iter().any(|step| step.contains(HOLE)), "{finding:?}");
                format!("{} {}: {}", finding.level, finding.problem.code(), finding.problem.message(&root))
            })
            .collect();
        findings.sort();
        findings.dedup();
        words.extend(findings);
        words
    }
}

fn ask(tree: &Tree, file: &str, kind: ReferenceKind, text: &str) -> Vec<String> {
    Asking::new(tree).ask(file, kind, text)
}

const NOTHING: [&str; 0] = [];

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
        let reference = Reference { kind: Named, specifier: text, place: Place { line: 1, column: 1 }, guarded: false };
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
fn a_program_is_found_as_on_the_command_line() {
    let tree = Tree::new(
        "//- a.js\n//- w/worker.js\n//- w/tool/package.json\n{\"main\":\"m\"}\n//- w/tool/m.js\n//- w/run.sh\n//- l -> w\n",
    );
    let program = |text| ask(&tree, "a.js", Program, text);
    assert_eq!(program("/w/worker"), ["w/worker.js"]);
    assert_eq!(program("/w/tool"), ["+w/tool/package.json", "w/tool/m.js"]);
    assert_eq!(program("/l/run.sh"), ["+l", "w/run.sh"]);
    assert_eq!(program("/w/none"), NOTHING);
    assert_eq!(program("/w/work*"), ["w/worker.js"]);
}

#[test]
fn urls_with_holes_are_paths() {
    let tree = Tree::new("//- src/a.js\n//- src/img/x y.png\n//- src/img/z.png\n");
    assert_eq!(ask(&tree, "src/a.js", Url, "./img/*.png"), ["@src/img/x y.png", "@src/img/z.png"]);
    assert_eq!(ask(&tree, "src/a.js", Url, "./img/x%20*"), ["@src/img/x y.png"]);
    assert_eq!(ask(&tree, "src/a.js", Url, "./img/z.png?*"), ["@src/img/z.png"]);
    assert_eq!(ask(&tree, "src/a.js", Url, "./*"), NOTHING);
}

const LOCALES: &str = "//- src/a.js
//- src/a.ts
//- src/locale/en.js
//- src/locale/de.json
//- src/locale/fr.cjs
//- src/locale/it.mjs
//- src/locale/addon.node
//- src/locale/command
//- src/locale/LICENSE
//- src/locale/notes.md
//- src/locale/en.js.map
//- src/locale/en.d.ts
//- src/locale/zh.ts
//- src/locale/style.css
//- src/locale/.secret.js
//- src/locale/.dir/x.js
//- src/locale/node_modules/p/index.js
//- src/locale/sub/pt.js
//- src/locale/sub/LICENSE.txt
//- src/plugins/one/index.js
//- src/plugins/two/package.json
{\"main\":\"../elsewhere\"}
//- src/plugins/elsewhere.js
//- src/plugins/three.js
//- src/plugins/three.txt
//- src/plugins/empty/x.txt
";

#[test]
fn require_with_a_hole_means_what_the_loader_takes() {
    let tree = Tree::new(LOCALES);
    let js = |text| ask(&tree, "src/a.js", Require, text);
    assert_eq!(
        js("./locale/*"),
        [
            "src/locale/addon.node",
            "src/locale/command",
            "src/locale/de.json",
            "src/locale/en.js",
            "src/locale/fr.cjs",
            "src/locale/it.mjs",
            "src/locale/sub/pt.js",
            "src/locale/zh.ts"
        ],
        "a source where nothing is built"
    );
    assert_eq!(js("/src/locale/sub/*"), ["src/locale/sub/pt.js"], "an absolute path");
    assert_eq!(js("../src/locale/sub/*"), ["src/locale/sub/pt.js"]);
    assert_eq!(js("./locale/*.js"), ["src/locale/en.js", "src/locale/sub/pt.js", "src/locale/zh.ts"]);
    assert_eq!(js("./locale/e*"), ["src/locale/en.js"]);
    assert_eq!(js("./locale/.*"), ["src/locale/.secret.js"], "the dot is written out");
    assert_eq!(js("./locale/.dir/*"), ["src/locale/.dir/x.js"]);
    assert_eq!(js("./locale/d*.json"), ["src/locale/de.json"]);
    assert_eq!(js("./locale/*/pt"), ["src/locale/sub/pt.js"]);
    assert_eq!(js("./locale/*/../../locale/sub/pt"), ["src/locale/sub/pt.js"]);
    assert_eq!(js("./none/*"), NOTHING);
    assert_eq!(js("./locale/notes*"), NOTHING);
    assert_eq!(ask(&tree, "src/a.js", RequireResolve, "./locale/notes.m*"), NOTHING);
    let ts = ask(&tree, "src/a.ts", Require, "./locale/*");
    assert!(ts.contains(&"src/locale/zh.ts".to_owned()) && !ts.contains(&"src/locale/en.d.ts".to_owned()), "{ts:?}");
}

#[test]
fn a_source_beside_what_is_built_is_not_meant_by_javascript() {
    let tree = Tree::new(
        "//- a.js\n//- b.ts\n//- lib/x.js\n//- lib/x.ts\n//- lib/y.ts\n//- lib/z.mts\n//- node_modules/p/lib/q.ts\n//- node_modules/p/a.js\n",
    );
    for (kind, text) in [(Require, "./lib/*"), (DynamicImport, "./lib/*")] {
        assert_eq!(ask(&tree, "a.js", kind, text), ["lib/x.js", "lib/y.ts", "lib/z.mts"], "{kind:?}");
        assert_eq!(ask(&tree, "b.ts", kind, text), ["lib/x.js", "lib/x.ts", "lib/y.ts", "lib/z.mts"], "{kind:?}");
    }
    assert_eq!(ask(&tree, "node_modules/p/a.js", Require, "./lib/*"), NOTHING);
}

#[test]
fn a_folder_may_be_required_too() {
    let tree = Tree::new(LOCALES);
    let js = |text| ask(&tree, "src/a.js", Require, text);
    assert_eq!(js("./plug*/one"), ["src/plugins/one/index.js"]);
    assert_eq!(
        js("./plugins/t*"),
        ["+src/plugins/two/package.json", "src/plugins/elsewhere.js", "src/plugins/three.js"]
    );
    assert_eq!(js("./plugins/*/index"), ["src/plugins/one/index.js"]);
    assert_eq!(js("./plugins/e*"), ["src/plugins/elsewhere.js"], "an empty folder is no failure");
    let import = |text| ask(&tree, "src/a.js", DynamicImport, text);
    assert_eq!(import("./plug*/one"), NOTHING, "import takes no folder");
    assert_eq!(import("./plugins/t*"), ["src/plugins/three.js"]);
    assert_eq!(import("./plugins/th*ee"), NOTHING, "and adds no extension");
    assert_eq!(import("./plugins/th*.js"), ["src/plugins/three.js"]);
    assert_eq!(import("./plugins/three.js?*"), ["src/plugins/three.js"], "a query is no part of the path");
    assert_eq!(ask(&tree, "src/a.js", ImportMetaResolve, "./plugins/th*"), ["src/plugins/three.js"]);
}

#[test]
fn the_own_folder_may_be_required_but_not_a_workspace() {
    let tree = Tree::new(
        "//- a.js\n//- lib/b.js\n//- lib/c.js\n//- lib/sub/d.js\n//- lib/e.md\n//- node_modules/p/index.js\n//- node_modules/p/lib/x.js\n//- node_modules/q/q.js\n",
    );
    assert_eq!(ask(&tree, "lib/b.js", Require, "./*"), ["lib/b.js", "lib/c.js", "lib/sub/d.js"]);
    assert_eq!(ask(&tree, "lib/sub/d.js", Require, "../*"), ["lib/b.js", "lib/c.js", "lib/sub/d.js"]);
    let broad = ["hint MT7003: require() of \"./*\" means all of ., which is too much; nothing is listed for it"];
    assert_eq!(ask(&tree, "a.js", Require, "./*"), broad);
    assert_eq!(ask(&tree, "a.js", Require, "./*.js"), ["a.js", "lib/b.js", "lib/c.js", "lib/sub/d.js"]);
    let mut asking = Asking::new(&tree);
    asking.options.process_cwd = tree.root().join("lib");
    assert_eq!(asking.ask("lib/b.js", Require, "./*").len(), 1);
    let installed = ask(&tree, "node_modules/p/index.js", Require, "../*");
    assert!(installed.len() == 1 && installed[0].starts_with("hint MT7003"), "{installed:?}");
    assert_eq!(
        ask(&tree, "node_modules/p/lib/x.js", Require, "../*"),
        ["node_modules/p/index.js", "node_modules/p/lib/x.js"]
    );
}

#[test]
fn a_specifier_that_begins_with_a_hole_is_told() {
    let tree = Tree::new("//- a.js\n//- x.js\n");
    for (text, kind) in [("*", Require), ("*.js", DynamicImport), ("*/x", RequireResolve), ("**", Require)] {
        let found = ask(&tree, "a.js", kind, text);
        let shown = text.replace("**", "*");
        assert_eq!(
            found,
            [format!(
                "warning MT7001: dynamic {} of \"{shown}\": cannot tell what is loaded, and nothing is listed for it",
                kind.word()
            )]
        );
    }
    assert_eq!(ask(&tree, "a.js", Require, "node:*"), NOTHING);
    assert_eq!(ask(&tree, "a.js", DynamicImport, "data:text/javascript,*"), NOTHING);
    assert_eq!(ask(&tree, "a.js", Require, "fs/*"), NOTHING);
}

const PACKAGES: &str = "//- package.json
{\"name\":\"app\",\"dependencies\":{\"plain\":\"1\",\"@s/map\":\"1\"},\"imports\":{\"#l/*\":\"./locale/*.js\",\"#one\":\"./locale/en.js\"}}
//- a.js
//- locale/en.js
//- locale/de.js
//- node_modules/plain/package.json
{\"name\":\"plain\"}
//- node_modules/plain/index.js
//- node_modules/plain/README.md
//- node_modules/plain/locale/en.js
//- node_modules/plain/locale/de.js
//- node_modules/plain/node_modules/deep/index.js
//- node_modules/@s/map -> ../../packages/map
//- packages/map/package.json
{\"name\":\"@s/map\",\"exports\":{\".\":\"./index.js\",\"./package.json\":\"./package.json\",\"./style\":\"./s.css\",
 \"./locale/*\":{\"import\":\"./dist/esm/*.mjs\",\"require\":\"./dist/cjs/*.cjs\"},\"./locale/secret/*\":null,\"./both/*\":\"./dist/*/*.txt.js\"}}
//- packages/map/index.js
//- packages/map/s.css
//- packages/map/locale/hidden.js
//- packages/map/dist/esm/en.mjs
//- packages/map/dist/esm/only.mjs
//- packages/map/dist/cjs/en.cjs
//- packages/map/dist/cjs/a/b.cjs
//- packages/map/dist/cjs/secret/x.cjs
//- packages/map/dist/en/en.txt.js
";

#[test]
fn a_package_gives_what_it_lets_through() {
    let tree = Tree::new(PACKAGES);
    let require = |text| ask(&tree, "a.js", Require, text);
    assert_eq!(require("plain/locale/*"), ["node_modules/plain/locale/de.js", "node_modules/plain/locale/en.js"]);
    assert_eq!(require("plain/locale/d*"), ["node_modules/plain/locale/de.js"]);
    assert_eq!(require("plain/lo*/en.js"), ["node_modules/plain/locale/en.js"]);
    assert_eq!(
        require("plain/*"),
        [
            "node_modules/plain/index.js",
            "node_modules/plain/locale/de.js",
            "node_modules/plain/locale/en.js",
            "node_modules/plain/package.json"
        ]
    );
    let link = ["+node_modules/@s/map", "+packages/map/package.json"];
    let map = |text, kind, files: &[&str]| {
        let expected: Vec<_> = link.iter().chain(files).copied().collect();
        assert_eq!(ask(&tree, "a.js", kind, text), expected, "{text}");
    };
    map("@s/map/locale/*", Require, &["packages/map/dist/cjs/a/b.cjs", "packages/map/dist/cjs/en.cjs"]);
    map("@s/map/locale/*", DynamicImport, &["packages/map/dist/esm/en.mjs", "packages/map/dist/esm/only.mjs"]);
    map("@s/map/l*/en", Require, &["packages/map/dist/cjs/en.cjs"]);
    map("@s/map/both/e*", Require, &["packages/map/dist/en/en.txt.js"]);
    assert_eq!(require("@s/map/sty*"), NOTHING, "no loader takes a style sheet");
    map("@s/map/*.json", Require, &["packages/map/package.json"]);
    let own = ask(&tree, "packages/map/index.js", Require, "@s/map/locale/*");
    assert_eq!(own, ["+packages/map/package.json", "packages/map/dist/cjs/a/b.cjs", "packages/map/dist/cjs/en.cjs"]);
    assert_eq!(require("#l/*"), ["+package.json", "locale/de.js", "locale/en.js"]);
    assert_eq!(require("#on*"), ["+package.json", "locale/en.js"]);
    assert_eq!(require("gone/*.js"), ["warning MT2001: cannot resolve require() of \"gone/*.js\" (MODULE_NOT_FOUND)"]);
}

#[test]
fn a_hole_in_a_packages_name_means_dependencies() {
    let tree = Tree::new(
        "//- node_modules/sharp/package.json
{\"name\":\"sharp\",\"dependencies\":{\"color\":\"1\"},\"optionalDependencies\":{\"@img/sharp-linux-x64\":\"1\",\"@img/sharp-darwin\":\"1\"},\"peerDependencies\":{\"@img/other\":\"1\"}}
//- node_modules/sharp/lib/package.json
{\"type\":\"commonjs\"}
//- node_modules/sharp/lib/index.js
//- node_modules/@img/sharp-linux-x64/package.json
{\"exports\":{\"./sharp.node\":\"./lib/sharp.node\",\"./package\":\"./package.json\"}}
//- node_modules/@img/sharp-linux-x64/lib/sharp.node
//- node_modules/@img/other/index.js
//- node_modules/@img/other/d/x.js
//- node_modules/@img/sharp-unknown/sharp.node
//- node_modules/color/index.js
",
    );
    let require = |text| ask(&tree, "node_modules/sharp/lib/index.js", Require, text);
    let addon = ["+node_modules/@img/sharp-linux-x64/package.json", "node_modules/@img/sharp-linux-x64/lib/sharp.node"];
    assert_eq!(require("@img/sharp-*/sharp.node"), addon);
    assert_eq!(require("@img/*/sharp.node"), addon);
    assert_eq!(require("@img/sharp-*/sharp.*"), addon);
    assert_eq!(require("@img/o*/d/*"), ["node_modules/@img/other/d/x.js"]);
    assert_eq!(require("col*"), ["node_modules/color/index.js"]);
    assert_eq!(require("@img/sharp-darwin/*.node").len(), 1, "its name is written out");
    let unknown = require("plugin-*");
    assert!(unknown.len() == 1 && unknown[0].starts_with("warning MT7001"), "{unknown:?}");
}

#[test]
fn without_globs_only_what_is_certain_counts() {
    let tree = Tree::new(LOCALES);
    let mut asking = Asking::new(&tree);
    asking.options.analysis = Analysis { emit_globs: false, ..Analysis::ALL };
    for (kind, text) in
        [(Named, "/src/locale"), (Folder, "/src/locale"), (Named, "/src/locale/*"), (Require, "./locale/*")]
    {
        assert_eq!(asking.ask("src/a.js", kind, text), NOTHING, "{text}");
    }
    assert_eq!(asking.ask("src/a.js", Named, "/src/locale/style.css"), ["@src/locale/style.css"]);
    assert_eq!(asking.ask("src/a.js", DynamicImport, "./locale/it.mjs?*"), ["src/locale/it.mjs"]);
    assert_eq!(asking.ask("src/a.js", Require, "*").len(), 1);
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
fn more_folders_than_the_budget_are_cut_at_the_same_place_each_time() {
    let tree = Tree::new("//- a.js\n");
    for number in 0..2_100 {
        tree.write(&format!("data/d{number:04}/x.js"), "");
    }
    tree.write("data/near.js", "");
    let found = ask(&tree, "a.js", Named, "/data");
    // The folder itself is one of those that are listed.
    assert_eq!(found.len(), 2_001);
    assert_eq!(found[1_998], "data/d1998/x.js");
    assert_eq!(found[1_999], "data/near.js");
    assert!(found[2_000].starts_with("warning MT7002"), "{}", found[2_000]);
    assert_eq!(ask(&tree, "a.js", Require, "./data/*.js"), {
        let mut required = found.clone();
        required[2_000] = required[2_000].replace("a path of \"data\"", "require() of \"./data/*.js\"");
        required
    });
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
fn a_linked_package_without_exports_is_walked_where_it_is_installed() {
    let tree = Tree::new(
        "//- app/a.js\n//- app/node_modules/p -> ../../node_modules/.pnpm/p@1/node_modules/p\n\
         //- node_modules/.pnpm/p@1/node_modules/p/lib/x.js\n\
         //- node_modules/.pnpm/p@1/node_modules/p/lib/node_modules/q/q.js\n\
         //- node_modules/.pnpm/p@1/node_modules/p/lib/link.js -> ../other.js\n\
         //- node_modules/.pnpm/p@1/node_modules/p/other.js\n",
    );
    let store = "node_modules/.pnpm/p@1/node_modules/p";
    let link = "+app/node_modules/p".to_owned();
    assert_eq!(
        ask(&tree, "app/a.js", Require, "p/lib/*"),
        [link, format!("+{store}/lib/link.js"), format!("{store}/lib/x.js"), format!("{store}/other.js")]
    );
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
fn a_hostile_specifier_costs_no_more_than_its_length() {
    let tree = Tree::new("//- a.js\n//- d/x.js\n");
    for index in 0..200 {
        tree.write(&format!("d/{}/y.js", "a/".repeat(index % 50)), "");
    }
    let begin = std::time::Instant::now();
    for text in ["*/".repeat(50_000) + "x.js", "*a".repeat(50_000), "a/".repeat(50_000) + "*", "a*/".repeat(50_000)] {
        for (kind, text) in
            [(Require, format!("./d/{text}")), (Require, format!("p{text}")), (Named, format!("/d/{text}"))]
        {
            assert!(ask(&tree, "a.js", kind, &text).len() <= 1);
        }
    }
    assert!(begin.elapsed().as_secs() < 20, "{:?}", begin.elapsed());
}

/// All files below a folder by what the file system says, links left out.
fn all_files(folder: &Path, relative: &str, files: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{relative}{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            all_files(&entry.path(), &format!("{name}/"), files);
        } else {
            files.push(name);
        }
    }
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

/// Every specifier that `text` can be, with parts of the tree's own paths in its holes.
fn filled(text: &str, parts: &std::collections::BTreeSet<String>) -> Vec<String> {
    let mut all = vec![String::new()];
    for character in text.chars() {
        all = match character {
            '*' => {
                let fits = |before: &str, part: &str| {
                    let begins = before.ends_with('/');
                    (begins && !part.starts_with(['.', '/']) && !part.contains("/.") && !part.contains("//"))
                        || (!begins && !part.contains('/'))
                };
                all.iter()
                    .flat_map(|before| {
                        parts.iter().filter(|part| fits(before, part)).map(move |part| format!("{before}{part}"))
                    })
                    .collect()
            }
            other => all.into_iter().map(|before| format!("{before}{other}")).collect(),
        };
    }
    all
}

#[test]
fn a_hole_means_what_filling_it_means() {
    let tree = Tree::new(LOCALES);
    let mut paths = Vec::new();
    all_files(&tree.root().join("src"), "", &mut paths);
    let mut parts = std::collections::BTreeSet::new();
    for path in paths.iter().filter(|path| !path.contains("node_modules")) {
        for from in 0..path.len() {
            parts.extend((from..=path.len()).map(|to| path[from..to].to_owned()));
        }
    }
    let short = parts.iter().filter(|part| part.len() < 4 || *part == "locale").cloned().collect();
    let tracer = Tracer::new(TraceOptions::new(tree.root()));
    let place = Place { line: 1, column: 1 };
    let follow = |asker: &str, kind, specifiers: &[String]| {
        let reference = |specifier: &String| Reference { kind, specifier: specifier.clone(), place, guarded: false };
        let references: Vec<Reference> = specifiers.iter().map(reference).collect();
        let followed = tracer.follow(&tree.root().join(asker), &references).unwrap();
        let listed = followed.files.into_iter().map(|(path, ..)| String::from_utf8(path).unwrap());
        listed.collect::<std::collections::BTreeSet<_>>()
    };
    let mut hits = 0;
    for text in [
        "./locale/*",
        "./locale/*.js",
        "./locale/*/pt",
        "./loc*/sub/pt",
        "./plugins/*/index",
        "./plugins/t*",
        "./plu*s/th*ee",
        "./plugins/*ee",
        "./p*s/two",
        "./*/one",
        "./locale/e*n",
        "./locale/.*",
        "./locale/*.ts",
        "./*/d*.json",
        "../src/plu*s/th*e.js",
        "./plugins/*e",
        "./*/de",
        "./locale/*n.js",
        "./a*",
        "./plugins/o*",
    ] {
        for (asker, kind) in
            [("src/a.js", Require), ("src/a.ts", Require), ("src/a.js", DynamicImport), ("src/a.ts", DynamicImport)]
        {
            let hole = follow(asker, kind, &[text.replace('*', &HOLE.to_string())]);
            let mut meant =
                follow(asker, kind, &filled(text, if text.matches('*').count() > 1 { &short } else { &parts }));
            if !text.ends_with(".ts") {
                // Nobody means a declaration of types by what its source is built to.
                meant.retain(|file| !file.ends_with(".d.ts"));
            }
            if text.ends_with('*') {
                // What is there but no loader takes, and sources that their build stands for.
                meant.retain(|file| {
                    let no_code =
                        [".md", ".css", ".map", ".txt", ".d.ts", "LICENSE"].iter().any(|end| file.ends_with(end));
                    let is_own_name = !file.ends_with(".ts") || asker.ends_with(".ts");
                    !no_code && (is_own_name || hole.contains(file))
                });
            }
            assert_eq!(hole, meant, "{text} in {asker} ({kind:?})");
            hits += hole.len();
        }
    }
    assert!(hits > 100, "{hits}");
}

#[test]
fn levels_are_those_of_the_catalogue() {
    let tree = Tree::new("//- a.js\n");
    let reference =
        Reference { kind: Require, specifier: HOLE.to_string(), place: Place { line: 2, column: 4 }, guarded: false };
    let file = tree.root().join("a.js");
    let followed = Tracer::new(TraceOptions::new(tree.root())).follow(&file, &[reference]).unwrap();
    let finding = &followed.findings[0];
    assert_eq!(
        (finding.level, finding.place, &finding.file),
        (Level::Warning, Some(Place { line: 2, column: 4 }), &file)
    );
    assert!(!finding.steps.is_empty());
}
