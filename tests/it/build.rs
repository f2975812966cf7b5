//! `monotrace build`: a folder that runs by itself, whole or not at all.

use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::Path,
    process::Command,
};

use crate::support::{Run, Tree, run, shell};

const FIXTURE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/monorepo-fixture");

/// Builds in the tree's folder.
fn build(tree: &Tree, arguments: &[&str]) -> Run {
    run(&tree.root(), &[&["build"], arguments].concat(), &[])
}

/// What node prints of a file.
fn node(folder: &Path, file: &str) -> String {
    let output = Command::new("node").arg(file).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// All that is in a folder: files with their texts, links with what they say.
fn snapshot(folder: &Path) -> Vec<String> {
    let mut all = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().display().to_string();
            let kind = fs::symlink_metadata(&path).unwrap();
            if kind.is_symlink() {
                all.push(format!("{name} -> {}", fs::read_link(&path).unwrap().display()));
            } else if kind.is_dir() {
                folders.push(path);
            } else {
                all.push(format!("{name}: {}", String::from_utf8_lossy(&fs::read(&path).unwrap())));
            }
        }
    }
    all.sort();
    all
}

fn names(folder: &Path) -> Vec<String> {
    let name = |line: &String| line.split([' ', ':']).next().unwrap().to_owned();
    snapshot(folder).iter().map(name).filter(|name| name != ".monotrace-build.json").collect()
}

/// Builds `entry`, moves the folder elsewhere and the tree away, and runs it.
fn moves_and_runs(tree: &Tree, entry: &str) {
    let expected = node(&tree.root(), entry);
    let built = build(tree, &[entry, "-o", "out"]);
    assert_eq!((built.status, built.stdout.as_str()), (0, ""), "{}", built.stderr);
    assert!(built.stderr.contains(&format!("run it with: cd out && node {entry}")), "{}", built.stderr);
    let elsewhere = tempfile::tempdir().unwrap();
    let moved = elsewhere.path().join("moved");
    assert!(Command::new("cp").arg("-a").arg(tree.root().join("out")).arg(&moved).status().unwrap().success());
    let (here, away) = (tree.root(), tree.root().with_extension("away"));
    fs::rename(&here, &away).unwrap();
    let printed = node(&moved, entry);
    fs::rename(&away, &here).unwrap();
    assert_eq!(printed, expected);
}

#[test]
fn npms_tree_runs_elsewhere() {
    let tree = Tree::new(
        "//- package.json\n{}\n//- src/main.js\nconst fs = require('fs'); const path = require('path');
console.log(require('left')(), require('@s/right').name, fs.readFileSync(path.join(__dirname, '../data/a.txt'), 'utf8'));
//- data/a.txt\nhello\n//- node_modules/left/package.json\n{\"main\":\"lib\"}
//- node_modules/left/lib/index.js\nmodule.exports = () => require('deep');\n//- node_modules/left/README.md\nunused
//- node_modules/left/node_modules/deep/index.js\nmodule.exports = 'deep';\n//- node_modules/@s/right/index.js
exports.name = 'right';\n",
    );
    moves_and_runs(&tree, "src/main.js");
    assert!(!tree.root().join("out/node_modules/left/README.md").exists());
}

#[test]
fn pnpms_and_the_workspaces_links_run_elsewhere() {
    let tree = Tree::new(
        "//- package.json\n{\"workspaces\":[\"apps/*\",\"packages/*\"]}\n//- apps/web/package.json\n{\"name\":\"web\"}
//- apps/web/main.mjs\nimport a from 'a'; import { b } from '@w/lib'; console.log(a, b);
//- apps/web/node_modules/a -> ../../../node_modules/.pnpm/a@1.0.0/node_modules/a
//- apps/web/node_modules/@w/lib -> ../../../../packages/lib
//- packages/lib/package.json\n{\"name\":\"@w/lib\",\"main\":\"index.js\"}\n//- packages/lib/index.js\nexports.b = require('b').b + '!';
//- packages/lib/node_modules/b -> ../../../node_modules/.pnpm/b@2.0.0/node_modules/b
//- node_modules/.pnpm/a@1.0.0/node_modules/a/index.js\nmodule.exports = 'a of ' + require('b').b;
//- node_modules/.pnpm/a@1.0.0/node_modules/b -> ../../b@2.0.0/node_modules/b
//- node_modules/.pnpm/b@2.0.0/node_modules/b/index.js\nexports.b = 'b'; exports.a = () => require('a');
//- node_modules/.pnpm/b@2.0.0/node_modules/a -> ../../a@1.0.0/node_modules/a\n",
    );
    moves_and_runs(&tree, "apps/web/main.mjs");
    let out = tree.root().join("out");
    assert_eq!(
        fs::read_link(out.join("apps/web/node_modules/@w/lib")).unwrap(),
        Path::new("../../../../packages/lib"),
        "links stay links"
    );
}

#[test]
fn the_fixtures_programs_run_elsewhere() {
    let tree = Tree::new("");
    assert!(
        Command::new("cp")
            .args(["-a", &format!("{FIXTURE}/."), "."])
            .current_dir(tree.root())
            .status()
            .unwrap()
            .success()
    );
    moves_and_runs(&tree, "apps/cli/main.js");
    moves_and_runs(&tree, "apps/web/server.js");
}

#[test]
fn a_folder_is_replaced_whole_and_the_earlier_one_is_no_input() {
    let tree = Tree::new(
        "//- data/d\nx\n//- run/a.js\nrequire('fs').readdirSync(__dirname + '/../data'); require('./b')\n//- run/b.js\n",
    );
    let built = build(&tree, &["run/a.js", "-o", "data/out"]);
    assert_eq!(built.status, 0, "{}", built.stderr);
    let out = tree.root().join("data/out");
    let first = snapshot(&out);
    let inode = fs::metadata(&out).unwrap().ino();
    assert_eq!(names(&out), ["data/d", "run/a.js", "run/b.js"]);
    assert_eq!(build(&tree, &["run/a.js", "-o", "data/out"]).status, 0);
    assert_eq!(snapshot(&out), first);
    assert_ne!(fs::metadata(&out).unwrap().ino(), inode);
    tree.write("run/a.js", "1");
    assert_eq!(build(&tree, &["run/a.js", "-o", "data/out"]).status, 0);
    assert_eq!(names(&out), ["run/a.js"]);
    assert_eq!(fs::read_dir(tree.root().join("data")).unwrap().count(), 2, "nothing else is left");
}

#[test]
fn what_monotrace_did_not_make_stays() {
    let tree = Tree::new(
        "//- a.js\n1\n//- dist/p.txt\nprecious\n//- file\nkeep\n//- real/k\nkeep\n//- link -> real\n//- empty/x\n",
    );
    fs::remove_file(tree.root().join("empty/x")).unwrap();
    let before = snapshot(&tree.root());
    let code = |arguments: &[&str]| {
        let built = build(&tree, &[&["a.js"], arguments].concat());
        assert_eq!(snapshot(&tree.root()), before, "{arguments:?}");
        let code = built.stderr.split(' ').find(|word| word.starts_with("MT")).unwrap_or_default().to_owned();
        (built.status, code)
    };
    let refused = |code: &str| (5, code.to_owned());
    assert_eq!(code(&["-o", "dist"]), refused("MT6004"));
    assert_eq!(code(&["-o", "dist", "--clean"]), refused("MT6004"), "--clean is for our own folders");
    assert_eq!(code(&["-o", "dist", "--dry-run"]), refused("MT6004"));
    assert_eq!(code(&["-o", "file"]), refused("MT6004"));
    assert_eq!(code(&["-o", "link"]), refused("MT6006"));
    assert_eq!(code(&["-o", "link/out"]), refused("MT6006"));
    assert_eq!(code(&["-o", "."]), refused("MT6003"));
    assert_eq!(code(&["-o", ".."]), refused("MT6003"));
    assert_eq!(code(&["-o", "/"]), refused("MT6003"));
    assert_eq!(code(&["-o", "a.js"]), refused("MT6005"));
    assert_eq!(code(&["-o", ""]).0, 2);
    assert_eq!(code(&["-o", "file/out"]).0, 4);
    assert_eq!(build(&tree, &["a.js", "-o", "empty"]).status, 0, "an empty folder is nobody's");
}

#[test]
fn what_others_put_into_our_folder_stays_until_clean_is_said() {
    let tree = Tree::new("//- a.js\n1\n");
    let again = |more: &[&str]| build(&tree, &[&["a.js", "-o", "out"], more].concat());
    assert_eq!(again(&[]).status, 0);
    tree.write("out/logs/today", "precious");
    let refused = again(&[]);
    assert_eq!(refused.status, 5);
    assert!(refused.stderr.contains("MT6013") && refused.stderr.contains("--clean"), "{}", refused.stderr);
    assert_eq!(fs::read(tree.root().join("out/logs/today")).unwrap(), b"precious");
    assert_eq!(again(&["--clean"]).status, 0);
    assert!(!tree.root().join("out/logs").exists());
    fs::remove_file(tree.root().join("out/a.js")).unwrap();
    assert_eq!(again(&[]).status, 5);
}

#[test]
fn a_source_in_the_output_is_refused() {
    let tree = Tree::new("//- dist/a.js\n1\n//- b.js\n2\n");
    let built = build(&tree, &["dist/a.js", "-o", "dist"]);
    assert_eq!(built.status, 5);
    assert!(built.stderr.contains("MT6005"), "{}", built.stderr);
    assert_eq!(build(&tree, &["b.js", "-o", "new/deep/out"]).status, 0);
    assert_eq!(names(&tree.root().join("new/deep/out")), ["b.js"]);
}

#[test]
fn links_stay_within_the_folder() {
    let tree = Tree::new(
        "//- a.js\nrequire('./abs/x'); require('./back/x'); require('./chain/x'); require('./file')\n//- real/x.js\n1\n//- chain -> mid\n//- mid -> ./real\n//- file.js -> real/x.js\n",
    );
    let root = tree.root();
    tree.link("abs", root.join("real").to_str().unwrap());
    tree.link("back", &format!("../{}/real", root.file_name().unwrap().to_str().unwrap()));
    let built = build(&tree, &["a.js", "-o", "out"]);
    assert_eq!(built.status, 0, "{}", built.stderr);
    let links = snapshot(&root.join("out")).into_iter().filter(|line| line.contains(" -> ")).collect::<Vec<_>>();
    assert_eq!(links, ["abs -> real", "back -> real", "chain -> mid", "file.js -> real/x.js", "mid -> ./real"]);
}

#[test]
fn a_link_out_of_the_root_is_told_and_not_copied() {
    let outside = Tree::new("//- secret.js\nsecret\n");
    let tree = Tree::new("//- repo/a.js\nrequire('./out-link/secret')\n");
    tree.link("repo/out-link", outside.root().to_str().unwrap());
    let built = run(&tree.root().join("repo"), &["build", "a.js", "-o", "out", "--log-level", "warning"], &[]);
    assert!(built.stderr.contains("MT5001"), "{}", built.stderr);
    assert_eq!(names(&tree.root().join("repo/out")), ["a.js"]);
}

#[test]
fn rights_are_sane() {
    let tree = Tree::new(
        "//- a.js\nfor (const f of ['run.sh', 'private', 'setuid']) require('fs').readFileSync(__dirname + '/bin/' + f)\n//- bin/run.sh\n//- bin/private\n//- bin/setuid\n",
    );
    for (name, mode) in [("run.sh", 0o775), ("private", 0o600), ("setuid", 0o4755)] {
        fs::set_permissions(tree.root().join("bin").join(name), fs::Permissions::from_mode(mode)).unwrap();
    }
    let built = shell(&tree.root(), "umask 022; $MT build a.js -o out");
    assert_eq!(built.status, 0, "{}", built.stderr);
    let mode = |path: &str| fs::metadata(tree.root().join("out").join(path)).unwrap().mode() & 0o7777;
    assert_eq!(
        [mode("bin/run.sh"), mode("bin/private"), mode("bin/setuid"), mode("a.js"), mode("bin"), mode("")],
        [0o755, 0o600, 0o755, 0o644, 0o755, 0o755]
    );
    let links = |path: &str| fs::metadata(tree.root().join(path)).unwrap().nlink();
    assert_eq!((links("out/a.js"), links("a.js")), (1, 1), "copies, never second names");
}

#[test]
fn a_missing_entry_leaves_the_old_folder() {
    let tree = Tree::new("//- a.js\n1\n");
    assert_eq!(build(&tree, &["a.js", "-o", "out"]).status, 0);
    let before = snapshot(&tree.root());
    let built = build(&tree, &["a.js", "missing.js", "-o", "out"]);
    assert_eq!(built.status, 1);
    assert!(built.stderr.contains("MT6012"), "{}", built.stderr);
    assert_eq!(snapshot(&tree.root()), before);
}

#[test]
fn a_dry_run_tells_and_makes_nothing() {
    let tree = Tree::new("//- a.js\nrequire('./l/b')\n//- d/b.js\n//- l -> d\n");
    let built = build(&tree, &["a.js", "-o", "deep/out", "--dry-run"]);
    assert_eq!((built.status, built.files()), (0, vec!["a.js", "d/b.js", "l -> d"]));
    assert!(built.stderr.contains("would hold 2 files and 1 link"), "{}", built.stderr);
    assert!(!tree.root().join("deep").exists());
}

#[test]
fn what_a_killed_run_left_is_taken_away() {
    let tree = Tree::new("//- a.js\n1\n");
    // As a run leaves it that was killed while it wrote.
    tree.write(".monotrace-stage-out/.monotrace-build.json", "{\"made_by\":\"monotrace build\",\"version\":1,\"state\":\"unfinished\",\"names\":0,\"fingerprint\":\"00000000000000000000000000000000\"}");
    tree.write(".monotrace-stage-out/half/a.js", "half");
    let built = build(&tree, &["a.js", "-o", "out"]);
    assert_eq!(built.status, 0, "{}", built.stderr);
    assert_eq!(names(&tree.root()), ["a.js", "out/.monotrace-build.json", "out/a.js"]);
    // Between two renames, where no exchange is possible.
    fs::rename(tree.root().join("out"), tree.root().join(".monotrace-old-out")).unwrap();
    assert_eq!(build(&tree, &["missing.js", "-o", "out"]).status, 1);
    assert_eq!(names(&tree.root()), ["a.js", "out/.monotrace-build.json", "out/a.js"], "the old folder is back");
    // Of that name, but not ours.
    tree.write(".monotrace-stage-out/mine", "keep");
    assert_eq!(build(&tree, &["a.js", "-o", "out"]).status, 5);
    assert!(tree.root().join(".monotrace-stage-out/mine").exists());
}

#[test]
fn of_many_programs_a_few_are_told() {
    let tree = Tree::new("//- a.js\n//- b.js\n//- c.js\n//- d.js\n//- e.js\n");
    let built = build(&tree, &["a.js", "b.js", "c.js", "d.js", "e.js", "-o", "out"]);
    let told: Vec<&str> = built.stderr.lines().filter(|line| line.contains("run it with")).collect();
    assert_eq!(told.len(), 3, "{}", built.stderr);
    assert!(built.stderr.ends_with("monotrace: and likewise 2 more\n"), "{}", built.stderr);
}

#[test]
fn holes_stay_holes_and_no_room_is_told_before_a_byte_is_written() {
    let tree = Tree::new("//- a.js\nrequire('fs').readFileSync(__dirname + '/big.bin')\n");
    let big = fs::File::create(tree.root().join("big.bin")).unwrap();
    big.set_len(1 << 40).unwrap();
    let built = build(&tree, &["a.js", "-o", "out"]);
    assert_eq!(built.status, 0, "{}", built.stderr);
    let copy = fs::metadata(tree.root().join("out/big.bin")).unwrap();
    assert_eq!(copy.len(), 1 << 40);
    assert!(copy.blocks() < 100);
}
