//! Node is the judge of packages that nobody would publish: made-up `exports`,
//! `imports`, `main` and links, in combinations that no list of cases has.

use std::{
    collections::BTreeSet,
    fmt::Write,
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use crate::{
    node_resolution::{Question, compare},
    peers::corpus,
};

/// Trees that are made up, each with packages of its own.
const TREES: usize = 400;

#[test]
fn made_up_packages_resolve_as_in_node() {
    let folder = tempfile::tempdir().unwrap();
    let root = fs::canonicalize(folder.path()).unwrap();
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut asked = BTreeSet::new();
    for index in 0..TREES {
        let tree = root.join(format!("t{index}"));
        make_tree(&tree, &mut dice);
        for parent in ["probe.js", "lib/probe.js", "node_modules/a/probe.js", "node_modules/a/lib/probe.js"] {
            for _ in 0..25 {
                let (specifier, parent) = (dice.pick(SPECIFIERS).to_owned(), tree.join(parent));
                asked.insert(Question { specifier, parent, import: dice.roll(2) == 0 });
            }
        }
    }
    let asked: Vec<Question> = asked.into_iter().collect();
    compare(corpus(), &root, &asked);
}

/// The same numbers in every run (xorshift).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as usize % sides
    }

    fn pick<'t>(&mut self, from: &[&'t str]) -> &'t str {
        from[self.roll(from.len())]
    }
}

/// No `m.js.js` among them: where "main" is `m.js?x` or `./m.js/`, one half of
/// Node finds it and the other half then looks elsewhere.
const FILES: &[&str] = &[
    "index.js",
    "index.json",
    "m.js",
    "x.js",
    "x.node",
    "sp ace.js",
    "lib/index.js",
    "lib/x.js",
    "lib/x.json",
    "lib/y.js",
    "lib/deep/x.js",
    "dir.js/index.js",
    "lib/deep/package.json",
    "%6d.js",
];

const SPECIFIERS: &[&str] = &[
    "a",
    "a/x",
    "a/lib/x",
    "a/lib/x.js",
    "a/m.js",
    "a/m",
    "a/",
    "a/lib",
    "a/lib/",
    "a/feature/y.js",
    "a/./m.js",
    "a/../b",
    "a/lib/deep/x.js",
    "a/lib/../m.js",
    "a/lib/node_modules/x",
    "a/package.json",
    "b",
    "b/x",
    "b/lib/x.js",
    "@s/c",
    "@s/c/x",
    "@s/c/lib/x.js",
    "@s",
    "@s/",
    "self",
    "self/x",
    "self/lib/x.js",
    "self/",
    "selfish",
    "#x",
    "#a/x",
    "#a/lib/x.js",
    "#a/../x",
    "#dep",
    "#m/",
    "#zz",
    "#",
    "#/x",
    "./m",
    "./m.js",
    "./lib",
    "./lib/",
    "./link",
    "./link.js",
    "./l",
    "l",
    "l/m.js",
    "l/x",
    "a/%6d.js",
    "./%6d.js",
    "a/sp ace.js",
    "a/sp%20ace.js",
    "a/lib/link.js",
    "./dir.js",
    "./dir",
    ".",
    "..",
    "./",
    "../",
    "a?x",
    "a/m.js?x",
    "./broken",
    "./around",
    "a/lib/x/",
    "a/lib/x.js/",
    "./../lib/x",
    "a/*",
    "a/lib/*",
    "#a/*",
    "a//m.js",
    "./lib//x.js",
    "a\\m.js",
    "a/lib\\x.js",
    "./lib/deep",
    "a/lib/deep",
    "fs",
    "node:fs",
    "a/a-b-c",
    "a/lib/q/y",
    "l/lib/x.js",
    "./l/lib/x",
    "nothing",
    "@s/nothing",
    "./index",
    "./index.json",
    "a/index",
    "../m",
    "../../b",
];

const TARGETS: &[&str] = &[
    "./m.js",
    "./lib/x.js",
    "./lib/",
    "./lib",
    "./missing.js",
    "../m.js",
    "m.js",
    "./lib/*",
    "./*.js",
    "./*/x.js",
    "./lib/../m.js",
    "./node_modules/x.js",
    "./%6d.js",
    "./lib/x",
    "/etc/hosts",
    "b",
    "b/lib/x.js",
    "node:fs",
    "fs",
    "@s/c",
    "",
    "./",
    ".",
    "..",
    "./sp ace.js",
    "./sp%20ace.js",
    "./lib%2fx.js",
    "./m.js?q",
    "b/*",
    "./*",
    "./lib/*.js",
    "./lib\\\\x.js",
    "./lib//x.js",
    "./lib/deep/*",
    "./l/m.js",
    "./lib/link.js",
    "*",
    "a",
    "self",
    "https://x.y/z",
    "./lib/Node_Modules/x",
    "./lib/%2E%2e/m.js",
    "./dir.js",
];

const CONDITIONS: &[&str] =
    &["node", "import", "require", "default", "module-sync", "browser", "node-addons", "default", "0", "./x", "01", ""];

const SUBPATHS: &[&str] = &[
    ".",
    ".",
    "./x",
    "./lib/*",
    "./*",
    "./*.js",
    "./lib/*/y",
    "./",
    "./lib/",
    "./a*b*c",
    "./feature/*.js",
    "./m.js",
    "./lib/x.js",
    "",
];

const IMPORTS: &[&str] = &["#x", "#x", "#a/*", "#a/*", "#*", "#dep", "#dep", "#", "#/x", "#m/", "#a/lib/*.js", "0"];

const MAINS: &[&str] = &[
    "\"m\"",
    "\"m.js\"",
    "\"./lib\"",
    "\"lib/\"",
    "\"./missing\"",
    "\"\"",
    "\"..\"",
    "\"../b\"",
    "\"./lib/x\"",
    "5",
    "null",
    "\"./m.js/\"",
    "\".\"",
    "\"%6d.js\"",
    "\"m.js?x\"",
    "\"/m.js\"",
    "\"./lib/deep\"",
    "\"./link\"",
    "\"l\"",
    "[\"m\"]",
    "\"lib/../m\"",
];

fn make_tree(tree: &Path, dice: &mut Dice) {
    make_package(tree, "self", dice);
    for name in ["a", "b", "@s/c"] {
        if dice.roll(8) > 0 {
            make_package(&tree.join("node_modules").join(name), name, dice);
        }
    }
    let link = |target: &str, path: PathBuf| {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        symlink(target, path).unwrap();
    };
    link("a", tree.join("node_modules/l"));
    link("m.js", tree.join("link.js"));
    link("gone", tree.join("broken.js"));
    link("around.js", tree.join("around.js"));
    link("node_modules/../node_modules/a", tree.join("l"));
    link("../lib/./x.js", tree.join("node_modules/a/lib/link.js"));
}

fn make_package(directory: &Path, name: &str, dice: &mut Dice) {
    fs::create_dir_all(directory.join("lib")).unwrap();
    for file in FILES {
        if dice.roll(3) > 0 {
            let path = directory.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let json = if dice.roll(2) == 0 { "{}" } else { "{\"main\":\"./x\",\"type\":\"module\"}" };
            fs::write(path, json).unwrap();
        }
    }
    if dice.roll(10) > 0 {
        fs::write(directory.join("package.json"), make_json(name, dice)).unwrap();
    }
}

fn make_json(name: &str, dice: &mut Dice) -> String {
    let mut json = String::from(if dice.roll(20) == 0 { "\u{feff}{" } else { "{" });
    if dice.roll(5) > 0 {
        write!(json, "\"name\":\"{name}\",").unwrap();
    }
    if dice.roll(3) > 0 {
        write!(json, "\"main\":{},", dice.pick(MAINS)).unwrap();
    }
    if dice.roll(2) > 0 {
        write!(json, "\"exports\":{},", make_exports(dice)).unwrap();
    }
    if dice.roll(2) > 0 {
        write!(json, "\"imports\":{},", make_object(IMPORTS, 5, dice)).unwrap();
    }
    // Now and then no JSON at all.
    json + if dice.roll(60) == 0 { "\"x\":}" } else { "\"x\":[{}]}" }
}

fn make_exports(dice: &mut Dice) -> String {
    match dice.roll(8) {
        0 => make_target(dice, 0),
        1 => make_object(CONDITIONS, 3, dice),
        2 => ["null", "false", "5", "{}", "[]", "\"\""][dice.roll(6)].to_owned(),
        _ => make_object(SUBPATHS, 6, dice),
    }
}

fn make_object(keys: &[&str], most: usize, dice: &mut Dice) -> String {
    let properties = (0..=dice.roll(most)).map(|_| format!("\"{}\":{}", dice.pick(keys), make_target(dice, 0)));
    format!("{{{}}}", properties.collect::<Vec<_>>().join(","))
}

fn make_target(dice: &mut Dice, depth: usize) -> String {
    match dice.roll(12) {
        0 => ["null", "false", "7"][dice.roll(3)].to_owned(),
        1 if depth < 3 => {
            let items = (0..dice.roll(4)).map(|_| make_target(dice, depth + 1));
            format!("[{}]", items.collect::<Vec<_>>().join(","))
        }
        2 | 3 if depth < 3 => {
            let properties =
                (0..dice.roll(4)).map(|_| format!("\"{}\":{}", dice.pick(CONDITIONS), make_target(dice, depth + 1)));
            format!("{{{}}}", properties.collect::<Vec<_>>().join(","))
        }
        _ => format!("\"{}\"", dice.pick(TARGETS)),
    }
}
