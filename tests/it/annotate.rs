//! `monotrace annotate`: a manifest for each entry, as if it were traced alone.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use serde_json::{Value, json};

use crate::support::{Run, Tree, run, shell};

fn annotate(tree: &Tree, arguments: &[&str]) -> Run {
    run(&tree.root(), &[&["annotate", "--reporter", "line"], arguments].concat(), &[])
}

fn manifest(tree: &Tree, path: &str) -> Value {
    serde_json::from_slice(&fs::read(tree.root().join(path)).unwrap()).unwrap()
}

/// The files that a manifest lists, seen from the root, sorted.
fn listed(root: &Path, manifest: &Path) -> Vec<String> {
    let json: Value = serde_json::from_slice(&fs::read(manifest).unwrap()).unwrap();
    let names: Vec<&str> = json["files"].as_array().unwrap().iter().map(|file| file.as_str().unwrap()).collect();
    assert!(names.is_sorted() && !names.iter().any(|name| name.starts_with("./")), "{names:?}");
    let folder = manifest.parent().unwrap();
    let from_root = names.iter().map(|name| {
        let path = monotrace::absolute(folder, Path::new(name));
        path.strip_prefix(root).unwrap().to_str().unwrap().to_owned()
    });
    let mut files: Vec<String> = from_root.collect();
    files.sort();
    files
}

/// Each manifest lists what `print` lists for its entry alone, but for the entry.
fn check_against_print(tree: &Tree, entries: &[&str], options: &[&str]) {
    let annotated = annotate(tree, &[entries, options].concat());
    assert_eq!(annotated.status, 0, "{}", annotated.stderr);
    for entry in entries {
        let manifest = tree.root().join(format!("{entry}.nft.json"));
        let files = listed(&tree.root(), &manifest);
        for entry in entries {
            fs::rename(
                tree.root().join(format!("{entry}.nft.json")),
                tree.root().join(entry.replace('/', "_") + ".aside"),
            )
            .unwrap();
        }
        let alone = tree.print(&[&[*entry], options].concat());
        for entry in entries {
            fs::rename(
                tree.root().join(entry.replace('/', "_") + ".aside"),
                tree.root().join(format!("{entry}.nft.json")),
            )
            .unwrap();
        }
        let expected: Vec<&str> = alone.files().into_iter().filter(|file| file != entry).collect();
        assert_eq!(files, expected, "{entry} {options:?}");
    }
}

/// Entries whose lists overlap in every way that a shared trace could get wrong.
fn shared() -> Tree {
    Tree::new(
        "//- package.json\n{\"name\":\"r\"}\n\
         //- a/a.js\nrequire('../lib/both'); require('fs').readFileSync(__dirname + '/../lib/read.js'); require('../b/b')\n\
         //- b/b.js\nrequire('../lib/both'); require('../lib/read')\n\
         //- c.js\nrequire('p'); require('./lib/cycle-a')\n\
         //- d.js\nrequire('./lib/main')\n\
         //- e.js\nrequire('./a/a')\n\
         //- lib/both.js\nrequire('./leaf')\n//- lib/leaf.js\n\
         //- lib/read.js\nrequire('./only-if-run')\n//- lib/only-if-run.js\n\
         //- lib/cycle-a.js\nrequire('./cycle-b')\n//- lib/cycle-b.js\nrequire('./cycle-a'); require('p/sub')\n\
         //- lib/main.js\nrequire('fs').readFileSync(require('path').join(require('path').dirname(require.main.filename), 'd.txt'))\n\
         //- d.txt\n//- a/d.txt\n\
         //- node_modules/p -> ../store/p\n\
         //- store/p/package.json\n{\"exports\":{\".\":\"./i.js\",\"./sub\":\"./s.js\"}}\n//- store/p/i.js\n//- store/p/s.js\nrequire('../../lib/leaf')\n",
    )
}

#[test]
fn each_entry_has_the_list_that_it_has_alone() {
    let tree = shared();
    let entries = ["a/a.js", "b/b.js", "c.js", "d.js", "e.js"];
    check_against_print(&tree, &entries, &[]);
    check_against_print(&tree, &entries, &["--no-analysis"]);
    check_against_print(&tree, &entries, &["--depth", "1"]);
    // An entry that a glob leaves out of all other lists.
    check_against_print(&tree, &entries, &["--ignore", "b/**", "--ignore", "lib/leaf.js"]);
    check_against_print(&tree, &entries, &["--ignore", "a/a.js"]);
    // What the user adds is each entry's; what he drops is dropped from all, but for entries from their own.
    check_against_print(&tree, &entries, &["--include", "**/d.txt"]);
    check_against_print(&tree, &entries, &["--include", "lib/main.js", "--trace-includes"]);
    check_against_print(&tree, &entries, &["--exclude", "lib/l*", "--exclude", "b/b.js"]);
    // And what is for some entries alone.
    check_against_print(&tree, &entries, &["--include-for", "c.js", "a/d.txt"]);
    check_against_print(&tree, &entries, &["--exclude-for", "a/*", "lib/leaf.js"]);
}

#[test]
fn lists_are_the_same_at_any_limit_and_number_of_threads() {
    let tree = shared();
    let entries = ["a/a.js", "b/b.js", "c.js", "d.js", "e.js"];
    let all = || entries.map(|entry| fs::read(tree.root().join(format!("{entry}.nft.json"))).unwrap());
    assert_eq!(annotate(&tree, &entries).status, 0);
    let expected = all();
    for arguments in [["--threads", "1"], ["--threads", "8"], ["--memory-limit", "16"]] {
        let environment = [("MONOTRACE_FAULT", "spill_batch=1")];
        let quiet = [&["annotate", "--reporter", "line"], &entries[..], &arguments[..]].concat();
        let run = run(&tree.root(), &quiet, &environment);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""));
        assert_eq!(all(), expected, "{arguments:?}");
    }
}

#[test]
fn the_form_is_nfts() {
    let tree = Tree::new(
        "//- app/x/a.js\nrequire('../b'); require('./c'); require('p')\n//- app/b.js\n//- app/x/c.js\n//- app/x/.d/e.js\n//- node_modules/p/index.js\n",
    );
    let run = annotate(&tree, &["app/x/a.js"]);
    assert_eq!((run.status, run.stdout.as_str(), run.stderr.as_str()), (0, "", ""));
    let text = fs::read_to_string(tree.root().join("app/x/a.js.nft.json")).unwrap();
    assert_eq!(text, "{\"version\":1,\"files\":[\"../../node_modules/p/index.js\",\"../b.js\",\"c.js\"]}\n");
}

#[test]
fn names_that_sort_before_dots_stay_sorted() {
    // `-`, `$` and `+` sort before `.`; so does `..-` before `../`.
    let names = ["$a.js", "-b.js", "..-c.js", ".d.js", "z.js", "+/f.js", "..+/g.js"];
    let tree = Tree::new("");
    for folder in ["", "m/", "m/n/", "m/n/o/", "l/", "m-/", "m./", "m/n-/"] {
        for name in names {
            tree.write(&format!("{folder}{name}"), "");
        }
    }
    let asked: String = ["../../", "../", "./", "./o/", "../../l/", "../../m-/", "../../m./", "../n-/"]
        .iter()
        .flat_map(|folder| names.map(|name| format!("require('{folder}{name}');")))
        .collect();
    tree.write("m/n/entry.js", asked);
    assert_eq!(annotate(&tree, &["m/n/entry.js"]).status, 0);
    // `listed` asserts that they are sorted.
    let files = listed(&tree.root(), &tree.root().join("m/n/entry.js.nft.json"));
    assert_eq!(files.len(), 8 * names.len());
}

#[test]
fn manifests_go_to_a_folder_of_their_own() {
    let tree = Tree::new("//- app/a.js\nrequire('./b'); require('../c')\n//- app/b.js\n//- c.js\n");
    let run = annotate(&tree, &["app/a.js", "c.js", "--output-directory", "out/m"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    assert_eq!(manifest(&tree, "out/m/app/a.js.nft.json")["files"], json!(["../../../app/b.js", "../../../c.js"]));
    assert_eq!(manifest(&tree, "out/m/c.js.nft.json")["files"], json!([]));
    assert!(!tree.root().join("app/a.js.nft.json").exists());
    let elsewhere = tempfile::tempdir().unwrap();
    let folder = elsewhere.path().canonicalize().unwrap();
    assert_eq!(annotate(&tree, &["app/a.js", "--output-directory", folder.to_str().unwrap()]).status, 0);
    let files = listed(&tree.root(), &folder.join("app/a.js.nft.json"));
    assert_eq!(files, ["app/b.js", "c.js"]);
}

#[test]
fn the_extended_form_is_turbopacks() {
    let tree = Tree::new(
        "//- a.js\nrequire('p')\n//- node_modules/p -> .pnpm/p/node_modules/p\n//- node_modules/.pnpm/p/node_modules/p/index.js\nx\n",
    );
    assert_eq!(annotate(&tree, &["a.js", "--manifest", "extended"]).status, 0);
    let json = manifest(&tree, "a.js.nft.json");
    assert_eq!(json["files"], json!(["node_modules/.pnpm/p/node_modules/p/index.js", "node_modules/p"]));
    assert_eq!(json["symlinks"], json!([[1, "node_modules/.pnpm/p/node_modules/p"]]));
    // What sha256sum says of `file:x\n`, `link.pnpm/p/node_modules/p` and `file:require('p')\n`.
    let hashes = shell(
        &tree.root(),
        "for text in 'file:x\\n' 'link.pnpm/p/node_modules/p' \"file:require('p')\\n\"; do printf \"$text\" | sha256sum; done",
    );
    let hashes: Vec<&str> = hashes.stdout.lines().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(json["fileHashes"], json!(hashes[..2]));
    assert_eq!(json["entryHash"], json!(hashes[2]));
    assert_eq!(json["version"], 1);
    // What was written can be read, with the entry beside it.
    assert_eq!(
        tree.print(&["--from-nft-json", "a.js.nft.json"]).files(),
        ["a.js", "node_modules/.pnpm/p/node_modules/p/index.js", "node_modules/p"]
    );
}

#[test]
fn a_link_is_an_entry_of_its_own_name() {
    let tree =
        Tree::new("//- real/a.js\nrequire('./b')\n//- real/b.js\n//- bin/run -> ../real/a.js\n//- linked -> real\n");
    assert_eq!(annotate(&tree, &["bin/run", "linked/a.js"]).status, 0);
    assert_eq!(manifest(&tree, "bin/run.nft.json")["files"], json!(["../real/a.js", "../real/b.js"]));
    assert_eq!(manifest(&tree, "real/a.js.nft.json")["files"], json!(["../linked", "b.js"]));
}

#[test]
fn a_second_run_gives_the_same() {
    let tree = Tree::new(
        "//- app/a.js\nrequire('fs').readdirSync(__dirname + '/data')\n//- app/data/x.txt\n//- app/data/b.js\nrequire('./x.txt')\n",
    );
    let all = || ["app/a.js.nft.json", "app/data/b.js.nft.json"].map(|path| manifest(&tree, path));
    assert_eq!(annotate(&tree, &["app/a.js", "app/data/b.js"]).status, 0);
    let first = all();
    assert_eq!(first[0]["files"], json!(["data/b.js", "data/x.txt"]));
    assert_eq!(annotate(&tree, &["app/a.js", "app/data/b.js"]).status, 0);
    assert_eq!(all(), first);
}

#[test]
fn a_manifest_that_cannot_be_written_keeps_the_old_and_lets_the_others_be() {
    let tree = Tree::new("//- a/a.js\n//- b/b.js\n//- c/c.js\n//- c/c.js.nft.json/x\n");
    tree.write("a/a.js.nft.json", "old");
    let folder = tree.root().join("a");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o555)).unwrap();
    let is_root = fs::write(folder.join("probe"), "").is_ok();
    let run = annotate(&tree, &["a/a.js", "b/b.js", "c/c.js"]);
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(run.status, 4, "{}", run.stderr);
    assert!(run.stderr.contains("MT6002 cannot write") && run.stderr.contains("c/c.js.nft.json"), "{}", run.stderr);
    assert_eq!(manifest(&tree, "b/b.js.nft.json")["files"], json!([]));
    if !is_root {
        assert_eq!(fs::read(tree.root().join("a/a.js.nft.json")).unwrap(), b"old");
        assert_eq!(run.stderr.lines().count(), 2);
    }
}

#[test]
fn a_link_or_a_pipe_in_a_manifests_place_is_not_written_through() {
    let tree = Tree::new("//- a.js\n//- b.js\n//- precious\nkeep\n//- a.js.nft.json -> precious\n");
    assert_eq!(shell(&tree.root(), "mkfifo b.js.nft.json").status, 0);
    let run = annotate(&tree, &["a.js", "b.js"]);
    assert_eq!(run.status, 4, "{}", run.stderr);
    for words in ["a.js.nft.json: it is a symbolic link", "b.js.nft.json: it is no regular file"] {
        assert!(run.stderr.contains(words), "{}", run.stderr);
    }
    assert_eq!(fs::read_to_string(tree.root().join("precious")).unwrap(), "keep\n");
    assert!(fs::symlink_metadata(tree.root().join("a.js.nft.json")).unwrap().is_symlink());
}

#[test]
fn an_entry_that_is_missing_keeps_no_other_from_having_its_manifest() {
    let tree = Tree::new("//- a.js\nrequire('./b')\n//- b.js\n");
    let run = annotate(&tree, &["a.js", "gone.js", "./a.js"]);
    assert_eq!(run.status, 1);
    assert!(run.stderr.contains("gone.js"), "{}", run.stderr);
    assert_eq!(manifest(&tree, "a.js.nft.json")["files"], json!(["b.js"]));
    assert_eq!(annotate(&tree, &["--from-nft-json", "a.js.nft.json"]).status, 2);
    assert_eq!(annotate(&tree, &[]).status, 2);
}

/// What a manifest lists runs elsewhere, under Node.
#[test]
fn node_runs_what_a_manifest_lists() {
    let tree = shared();
    assert_eq!(annotate(&tree, &["c.js", "--manifest", "extended"]).status, 0);
    let copied = shell(
        &tree.root(),
        "mkdir ../copy-$$ && d=$(cd ../copy-$$ && pwd) && cp --parents -P c.js $(node -p 'JSON.parse(fs.readFileSync(\"c.js.nft.json\")).files.join(\" \")') $d && cd $d && node c.js && find . -type f -o -type l | wc -l; rm -r $d",
    );
    assert_eq!((copied.status, copied.stdout.trim()), (0, "9"), "{}", copied.stderr);
}
