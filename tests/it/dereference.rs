//! `monotrace build --links dereference`: a folder without links that runs, and holds little twice.

use std::{fs, path::Path, process::Command};

use crate::support::{Run, Tree, run};

/// What a program prints.
fn node(folder: &Path, file: &str) -> String {
    let output = Command::new("node").arg(file).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// All files below a folder; a link fails the test.
fn files(folder: &Path) -> Vec<String> {
    let mut all = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            let kind = fs::symlink_metadata(&path).unwrap();
            assert!(!kind.is_symlink(), "{path:?}");
            let name = path.strip_prefix(folder).unwrap().display().to_string();
            match kind.is_dir() {
                true => folders.push(path),
                false if name == ".monotrace-build.json" => {}
                false => all.push(name),
            }
        }
    }
    all.sort();
    all
}

fn build(tree: &Tree, arguments: &[&str]) -> Run {
    run(&tree.root(), &[&["build", "-o", "out", "--links", "dereference"], arguments].concat(), &[])
}

/// Builds, runs the entries from the folder with the tree away, and gives the folder's files.
#[track_caller]
fn runs(tree: &Tree, entries: &[&str]) -> Vec<String> {
    let root = tree.root();
    let expected: Vec<String> = entries.iter().map(|entry| node(&root, entry)).collect();
    let built = build(tree, entries);
    assert_eq!(built.status, 0, "{}", built.stderr);
    assert!(!built.stderr.contains("MT6016"), "{}", built.stderr);
    let elsewhere = tempfile::tempdir().unwrap();
    let moved = elsewhere.path().join("moved");
    fs::rename(root.join("out"), &moved).unwrap();
    let away = root.with_extension("away");
    fs::rename(&root, &away).unwrap();
    let printed: Vec<String> = entries.iter().map(|entry| node(&moved, entry)).collect();
    fs::rename(&away, &root).unwrap();
    assert_eq!(printed, expected);
    files(&moved)
}

/// pnpm's layout: packages that ask for one another, `NAME@VERSION: WHAT…`, and links to the first of each line.
fn pnpm(more: &str, packages: &[(&str, &str, &[&str])]) -> Tree {
    let mut text = more.to_owned();
    let name = |id: &str| id.rsplit_once('@').unwrap().0.to_owned();
    for (id, body, needs) in packages {
        let folder = format!("node_modules/.pnpm/{id}/node_modules");
        text.push_str(&format!("//- {folder}/{}/index.js\nexports.id = '{id}'\n{body}\n", name(id)));
        for need in *needs {
            text.push_str(&format!("//- {folder}/{} -> ../../{need}/node_modules/{}\n", name(need), name(need)));
        }
    }
    Tree::new(&text)
}

#[test]
fn pnpms_store_is_laid_out_as_npm_would() {
    // a and b need one c; a and d need each other; d needs another c.
    let tree = pnpm(
        "//- main.js\nconst a = require('a'), b = require('b');\nconsole.log(a.c === b.c, a.d.c.id, a.d.a().id, b.c.n())
//- node_modules/a -> .pnpm/a@1/node_modules/a\n//- node_modules/b -> .pnpm/b@1/node_modules/b\n",
        &[
            ("a@1", "exports.c = require('c'); exports.d = require('d'); exports.c.n()", &["c@1", "d@1"]),
            ("b@1", "exports.c = require('c')", &["c@1"]),
            ("c@1", "let n = 0; exports.n = () => ++n", &[]),
            ("c@2", "", &[]),
            ("d@1", "exports.c = require('c'); exports.a = () => require('a')", &["c@2", "a@1"]),
        ],
    );
    let expected = [
        "main.js",
        "node_modules/a/index.js",
        "node_modules/b/index.js",
        "node_modules/c/index.js",
        "node_modules/d/index.js",
        "node_modules/d/node_modules/c/index.js",
    ];
    assert_eq!(runs(&tree, &["main.js"]), expected);
}

#[test]
fn apps_of_a_workspace_share_what_they_can() {
    let tree = pnpm(
        "//- apps/a/main.js\nconst ui = require('@w/ui');\nconsole.log(ui.r === require('r'), ui.r.id, require('x').id)
//- apps/b/main.js\nconsole.log(require('@w/ui').r.id, require('r').id)
//- apps/a/node_modules/r -> ../../../node_modules/.pnpm/r@1/node_modules/r
//- apps/a/node_modules/x -> ../../../node_modules/.pnpm/x@1/node_modules/x
//- apps/b/node_modules/r -> ../../../node_modules/.pnpm/r@2/node_modules/r
//- apps/a/node_modules/@w/ui -> ../../../../packages/ui\n//- apps/b/node_modules/@w/ui -> ../../../../packages/ui
//- packages/ui/package.json\n{\"name\":\"@w/ui\"}\n//- packages/ui/index.js\nexports.r = require('r')
//- packages/ui/node_modules/r -> ../../../node_modules/.pnpm/r@1/node_modules/r\n",
        &[("r@1", "", &[]), ("r@2", "", &[]), ("x@1", "", &[])],
    );
    let expected = [
        "apps/a/main.js",
        "apps/a/node_modules/x/index.js",
        "apps/b/main.js",
        "apps/b/node_modules/r/index.js",
        "node_modules/@w/ui/index.js",
        "node_modules/@w/ui/package.json",
        "node_modules/r/index.js",
    ];
    assert_eq!(runs(&tree, &["apps/a/main.js", "apps/b/main.js"]), expected);
    // One app alone has all of it to itself.
    let of_a = runs(&tree, &["apps/a/main.js"]);
    assert!(of_a.iter().all(|file| file.starts_with("apps/a/")), "{of_a:?}");
}

#[test]
fn npms_workspace_keeps_what_is_installed_where_it_is() {
    let tree = Tree::new(
        "//- app/main.js\nconst ui = require('ui');\nconsole.log(ui.v, require('v'), ui.shared === require('shared'))
//- node_modules/ui -> ../packages/ui\n//- node_modules/v/index.js\nmodule.exports = 1
//- node_modules/shared/index.js\nmodule.exports = { v: require('v') }
//- packages/ui/index.js\nexports.v = require('v'); exports.shared = require('shared')
//- packages/ui/node_modules/v/index.js\nmodule.exports = 2\n",
    );
    let expected = [
        "app/main.js",
        "node_modules/shared/index.js",
        "node_modules/ui/index.js",
        "node_modules/ui/node_modules/v/index.js",
        "node_modules/v/index.js",
    ];
    assert_eq!(runs(&tree, &["app/main.js"]), expected);
}

#[test]
fn a_package_that_is_also_named_by_a_path_stays_there_too() {
    let tree = Tree::new(
        "//- main.js\nconsole.log(require('ui').name, require('./app'))\n//- app.js\nmodule.exports = require('./packages/ui/part')
//- node_modules/ui -> ../packages/ui\n//- packages/ui/index.js\nexports.name = require('./part')
//- packages/ui/part.js\nmodule.exports = 'part of ' + typeof require('v')
//- packages/ui/node_modules/v/index.js\n1\n",
    );
    let held = runs(&tree, &["main.js"]);
    for file in ["packages/ui/part.js", "packages/ui/node_modules/v/index.js", "node_modules/ui/part.js"] {
        assert!(held.iter().any(|held| held == file), "{held:?}");
    }
    // The entry itself may be in such a package.
    let held = runs(&tree, &["packages/ui/index.js", "main.js"]);
    assert!(held.iter().any(|held| held == "packages/ui/index.js"));
}

#[test]
fn a_file_that_is_read_through_a_link_stands_just_there() {
    let tree = pnpm(
        "//- apps/a/main.js\nconst { r } = require('x'); const fs = require('fs'), path = require('path');
console.log(r === require('r'), fs.readFileSync(path.join(__dirname, 'node_modules/r/a.txt'), 'utf8'))
//- apps/a/node_modules/r -> ../../../node_modules/.pnpm/r@1/node_modules/r
//- apps/b/main.js\nconsole.log(require('r').id)\n//- apps/b/node_modules/r -> ../../../node_modules/.pnpm/r@1/node_modules/r
//- apps/a/node_modules/x -> ../../../node_modules/.pnpm/x@1/node_modules/x
//- node_modules/.pnpm/r@1/node_modules/r/a.txt\na\n",
        &[("r@1", "", &[]), ("x@1", "exports.r = require('r')", &["r@1"])],
    );
    let held = runs(&tree, &["apps/a/main.js", "apps/b/main.js"]);
    assert!(held.iter().any(|held| held == "apps/a/node_modules/r/a.txt"), "{held:?}");
}

#[test]
fn packages_without_a_link_aliases_and_hidden_hoisting_are_found() {
    // As prisma's client, which finds what was generated beside it; as pnpm's own node_modules for all.
    let tree = pnpm(
        "//- main.js\nconsole.log(require('client'), require('other').id, require('undeclared').ok)
//- node_modules/client -> .pnpm/client@1/node_modules/client\n//- node_modules/other -> .pnpm/a@2/node_modules/a
//- node_modules/undeclared -> .pnpm/undeclared@1/node_modules/undeclared
//- node_modules/.pnpm/node_modules/a -> ../a@1/node_modules/a
//- node_modules/.pnpm/client@1/node_modules/client/index.js\nmodule.exports = require('.prisma/client')
//- node_modules/.pnpm/client@1/node_modules/.prisma/client/index.js\nmodule.exports = 'generated'\n",
        &[("a@1", "", &[]), ("a@2", "", &[]), ("undeclared@1", "exports.ok = require('a').id", &[])],
    );
    let held = runs(&tree, &["main.js"]);
    assert!(held.iter().all(|file| !file.contains(".pnpm")), "{held:?}");
    assert!(held.iter().any(|held| held == "node_modules/.prisma/client/index.js"), "{held:?}");
}

#[test]
fn a_path_out_of_a_copy_is_told() {
    let tree = Tree::new(
        "//- main.js\nrequire('ui'); require('tool')\n//- node_modules/ui -> ../packages/ui
//- packages/ui/index.js\nmodule.exports = require('../../config.json')\n//- config.json\n{}
//- node_modules/tool/index.js\nrequire('../../bin')\n//- bin.js -> lib/real.js\n//- lib/real.js\nrequire('./part')\n//- lib/part.js\n1\n",
    );
    let built = build(&tree, &["main.js"]);
    assert_eq!(built.status, 0, "{}", built.stderr);
    assert!(
        built.stderr.contains("packages/ui/index.js  MT6016  it asks for config.json by a path"),
        "{}",
        built.stderr
    );
    assert!(built.stderr.contains("lib/real.js  MT6016  it asks for lib/part.js by a path"), "{}", built.stderr);
    assert_eq!(build(&tree, &["main.js", "--deny", "error"]).status, 1);
}

#[test]
fn where_no_copies_would_do_nothing_is_written() {
    // Each finds the other in two versions by turns: only links can do that.
    let tree = pnpm(
        "//- main.js\nconsole.log(require('a').id)\n//- node_modules/a -> .pnpm/a@1/node_modules/a\n",
        &[
            ("a@1", "exports.b = require('b')", &["b@1"]),
            ("b@1", "exports.a = require('a')", &["a@2"]),
            ("a@2", "exports.b = require('b')", &["b@2"]),
            ("b@2", "exports.a = require('a')", &["a@1"]),
        ],
    );
    assert_eq!(node(&tree.root(), "main.js"), "a@1\n");
    let built = build(&tree, &["main.js"]);
    assert!(built.status != 0 && built.stderr.contains("MT6015"), "{} {}", built.status, built.stderr);
    assert!(!tree.root().join("out").exists());
}

#[test]
fn links_of_other_kinds_are_copied_and_circles_told() {
    let tree = Tree::new(
        "//- app/main.js\nconst fs = require('fs');\nfs.readdirSync(__dirname + '/public');\nconsole.log(require('./shared/x'), require('v'))
//- app/public -> ../assets\n//- assets/a.css\na\n//- assets/up -> .\n//- app/shared -> ../shared
//- shared/x.js\nmodule.exports = require('v')\n//- node_modules/v/index.js\nmodule.exports = 1
//- app/node_modules/v/index.js\nmodule.exports = 2\n",
    );
    let held = runs(&tree, &["app/main.js"]);
    for file in ["app/shared/x.js", "app/public/a.css", "app/shared/node_modules/v/index.js"] {
        assert!(held.iter().any(|held| held == file), "{file} {held:?}");
    }
}

#[test]
fn it_is_the_same_at_any_limit_and_number_of_threads() {
    let packages: Vec<(String, Vec<String>)> = (0..60)
        .map(|at| {
            (
                format!("p{}@{}", at % 20, at / 20),
                (1..4).map(|by| (at * 7 + by * 11) % 60).map(|at| format!("p{}@{}", at % 20, at / 20)).collect(),
            )
        })
        .collect();
    let main: String =
        (0..20).map(|at| format!("//- node_modules/p{at} -> .pnpm/p{at}@0/node_modules/p{at}\n")).collect();
    let asks: String = (0..20).map(|at| format!("console.log(require('p{at}').deep(3));")).collect();
    let mut text = format!("//- main.js\n{asks}\n{main}");
    for (id, needs) in &packages {
        let name = |id: &str| id.split('@').next().unwrap().to_owned();
        let mut needs: Vec<&String> = needs.iter().filter(|need| name(need) != name(id)).collect();
        needs.sort_by_key(|need| name(need));
        needs.dedup_by_key(|need| name(need));
        let folder = format!("node_modules/.pnpm/{id}/node_modules");
        let body: String = needs.iter().map(|need| format!("require('{}').deep(n - 1),", name(need))).collect();
        text.push_str(&format!(
            "//- {folder}/{}/index.js\nexports.deep = (n) => n ? ['{id}', {body}].join(' ') : '';\n",
            name(id)
        ));
        for need in needs {
            text.push_str(&format!("//- {folder}/{} -> ../../{need}/node_modules/{}\n", name(need), name(need)));
        }
    }
    let tree = Tree::new(&text);
    let tar = |more: &[&str]| {
        let arguments = [&["build", "main.js", "--tar", "-", "--links", "dereference"], more].concat();
        let mut command = Command::new(env!("CARGO_BIN_EXE_monotrace"));
        command.args(arguments).current_dir(tree.root()).output().unwrap()
    };
    let first = tar(&[]);
    if first.status.success() {
        assert_eq!(tar(&["--threads", "1", "--memory-limit", "16"]).stdout, first.stdout);
        runs(&tree, &["main.js"]);
    } else {
        let told = String::from_utf8_lossy(&first.stderr);
        assert!(told.contains("MT6015"), "{told}");
    }
}
