//! `--from-nft-json`: lists that somebody made before.

use crate::support::{Tree, run};

fn app() -> Tree {
    Tree::new(
        "//- package.json\n{\"workspaces\":[\"apps/*\"]}\n\
         //- apps/web/package.json\n{\"name\":\"web\"}\n\
         //- apps/web/.next/server/page.js\n\
         //- apps/web/.next/server/page.js.nft.json\n{\"version\":1,\"files\":[\"../../../../shared/a.js\",\"./chunk.js\",\"../../../../node_modules/linked\"]}\n\
         //- apps/web/.next/server/chunk.js\n\
         //- apps/web/.next/server/api/r.js.nft.json\n{\"files\":[\"../chunk.js\",\"data.json\"],\"fileHashes\":[\"0\",\"1\"],\"symlinks\":[],\"version\":1,\"entryHash\":\"2\"}\n\
         //- apps/web/.next/server/api/data.json\n{}\n\
         //- shared/a.js\nrequire('./not-followed')\n//- shared/not-followed.js\n\
         //- store/linked/index.js\n//- node_modules/linked -> ../store/linked\n",
    )
}

#[test]
fn the_union_of_all_lists_is_printed_in_every_format() {
    let tree = app();
    // page.js stands beside its manifest; api/r.js is not there.
    let all = [
        "apps/web/.next/server/api/data.json",
        "apps/web/.next/server/chunk.js",
        "apps/web/.next/server/page.js",
        "node_modules/linked",
        "shared/a.js",
    ];
    let glob = "apps/web/.next/**/*.nft.json";
    let text = tree.print(&["--from-nft-json", glob]);
    assert_eq!((text.files(), text.status, text.stderr.as_str()), (all.to_vec(), 0, ""));
    let json = tree.print(&["--from-nft-json", glob, "--format", "json"]).json();
    assert_eq!(json["fileList"], serde_json::json!(all));
    assert_eq!(json["reasons"]["shared/a.js"]["type"], serde_json::json!(["asset"]));
    assert_eq!(json["reasons"]["node_modules/linked"]["type"], serde_json::json!(["resolve"]));
    // And a line that says that these are all.
    assert_eq!(tree.print(&["--from-nft-json", glob, "--format", "ndjson"]).files().len(), 5 + 1);
    // From within the app the root is still the workspace's.
    let inside = run(&tree.root().join("apps/web"), &["print", "--from-nft-json", ".next/**/*.nft.json"], &[]);
    assert_eq!((inside.files(), inside.status), (all.to_vec(), 0));
}

#[test]
fn globs_are_several_and_entries_go_with_them() {
    let tree = app();
    let both = tree.print(&[
        "shared/a.js",
        "--from-nft-json",
        "apps/*/.next/server/api/*.nft.json",
        "--from-nft-json",
        "apps/web/.next/server/page.js.nft.json",
        "--ignore",
        "**/data.json",
    ]);
    let expected = [
        "apps/web/.next/server/chunk.js",
        "apps/web/.next/server/page.js",
        "node_modules/linked",
        "package.json",
        "shared/a.js",
        "shared/not-followed.js",
    ];
    assert_eq!((both.files(), both.status), (expected.to_vec(), 0), "{}", both.stderr);
}

#[test]
fn additional_roots_have_their_own_folder() {
    let tree = Tree::new(
        "//- app/out/a.js.nft.json\n{\"version\":1,\"files\":[\"b.js\"],\"additionalRoots\":[{\"name\":\"lib\",\"path\":\"../../lib\",\"files\":[\"c.js\"],\"symlinks\":[]}]}\n//- app/out/b.js\n//- lib/c.js\n",
    );
    assert_eq!(tree.print(&["--from-nft-json", "**/*.nft.json"]).files(), ["app/out/b.js", "lib/c.js"]);
}

#[test]
fn a_path_through_a_link_lists_the_link_and_the_file() {
    let tree = Tree::new(
        "//- a.nft.json\n{\"files\":[\"node_modules/p/index.js\"]}\n//- store/p/index.js\n//- node_modules/p -> ../store/p\n",
    );
    assert_eq!(tree.print(&["--from-nft-json", "a.nft.json"]).files(), ["node_modules/p", "store/p/index.js"]);
}

#[test]
fn bad_manifests_are_told_and_the_others_are_taken() {
    for (content, word) in [
        ("not json", "MT6102 bad.nft.json: this is no manifest: expected ident"),
        ("{\"version\":1}", "it has no \"files\""),
        ("{\"files\":\"a.js\"}", "array of paths"),
        ("{\"files\":[\"a.js\",", "EOF while parsing"),
    ] {
        let tree = Tree::new("//- good.nft.json\n{\"files\":[\"a.js\"]}\n//- a.js\n");
        tree.write("bad.nft.json", content);
        let traced = tree.print(&["--from-nft-json", "*.nft.json"]);
        assert_eq!((traced.files(), traced.status), (vec!["a.js"], 1), "{content}");
        assert!(traced.stderr.contains(word), "{}", traced.stderr);
    }
}

#[test]
fn what_is_missing_is_an_error_with_the_manifests_name() {
    let tree = Tree::new("//- a.nft.json\n{\"files\":[\"gone.js\",\"folder\",\"b.js\"]}\n//- b.js\n//- folder/x\n");
    let traced = tree.print(&["--from-nft-json", "a.nft.json"]);
    assert_eq!((traced.files(), traced.status), (vec!["b.js"], 0));
    assert!(traced.stderr.contains("MT6103 a.nft.json: it lists gone.js, which is not there"), "{}", traced.stderr);
    assert!(traced.stderr.contains("it lists folder, which is a directory"), "{}", traced.stderr);
    assert_eq!(tree.print(&["--from-nft-json", "a.nft.json", "--deny", "error"]).status, 1);
}

#[test]
fn what_is_outside_the_root_is_refused() {
    let tree = Tree::new("//- app/a.nft.json\n{\"files\":[\"../b.js\"]}\n//- b.js\n//- app/package.json\n{}\n");
    let refused = run(&tree.root().join("app"), &["print", "--from-nft-json", "*.nft.json"], &[]);
    assert_eq!((refused.status, refused.stdout.as_str()), (5, ""));
    assert!(refused.stderr.contains("MT5001") && refused.stderr.contains("--context-directory"), "{}", refused.stderr);
    let wider = run(&tree.root().join("app"), &["print", "--from-nft-json", "*.nft.json", "--base", ".."], &[]);
    assert_eq!((wider.status, wider.files()), (0, vec!["b.js"]));
}

#[test]
fn a_glob_that_matches_nothing_fails_and_one_that_cannot_be_read_is_misuse() {
    let tree = Tree::new("//- a.js\n");
    for glob in [".next/**/*.nft.json", "gone.nft.json"] {
        let nothing = tree.print(&["--from-nft-json", glob]);
        assert_eq!((nothing.status, nothing.stdout.as_str()), (1, ""), "{}", nothing.stderr);
        assert!(nothing.stderr.contains("MT6101") && nothing.stderr.contains("no file matches"), "{}", nothing.stderr);
    }
    assert_eq!(tree.print(&["--from-nft-json", "a{"]).status, 2);
    assert_eq!(tree.print(&[]).status, 2, "neither entry nor manifest");
}
