//! `monotrace why`: the shortest way to a file, and what keeps one away.

use expect_test::{Expect, expect};

use crate::support::{Run, Tree, run};

fn why(tree: &Tree, arguments: &[&str]) -> Run {
    run(&tree.root(), &[&["why"], arguments].concat(), &[])
}

fn check(tree: &Tree, arguments: &[&str], status: i32, expected: Expect) {
    let told = why(tree, arguments);
    expected.assert_eq(&told.stdout);
    assert_eq!(told.status, status, "{}", told.stderr);
    // Findings have a line each, which may be longer.
    let mut lines = told.stdout.lines().take_while(|line| *line != "what was tried:");
    assert!(lines.all(|line| line.chars().count() <= 80), "{}", told.stdout);
}

fn app() -> Tree {
    Tree::new(
        "//- a.js\nrequire('./long');\nconst b = require('./b');\n\
         //- long.js\nrequire('./longer')\n//- longer.js\nrequire('./c')\n\
         //- b.js\nimport('./a.js');\n\n\texports.c = require('./c'), require('pkg');\n\
         //- c.js\nrequire('./b'); require('fs').readFileSync(__dirname + '/d.txt')\n\
         //- d.txt\n\
         //- node_modules/pkg/package.json\n{\"main\":\"lib/i.js\"}\n//- node_modules/pkg/lib/i.js\nrequire('@s/q/x')\n\
         //- node_modules/@s/q -> ../../packages/q\n//- packages/q/x.js\n//- packages/q/package.json\n{\"name\":\"@s/q\"}\n\
         //- unused.js\n",
    )
}

#[test]
fn the_shortest_way_is_shown_step_by_step() {
    check(
        &app(),
        &["d.txt", "a.js"],
        0,
        expect![[r#"
            a.js  (entry)
              a.js:2:19  require() of "./b"
                   2 | const b = require('./b');
                     |           ^^^^^^^^^^^^^^
            b.js
              b.js:3:22  require() of "./c"
                   3 | exports.c = require('./c'), require('pkg');
                     |             ^^^^^^^^^^^^^^
            c.js
              c.js:1:44  a path of "d.txt"
                   1 | require('./b'); require('fs').readFileSync(__dirname + '/d.txt')
                     |                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
            d.txt
        "#]],
    );
}

#[test]
fn an_entry_is_its_own_reason() {
    check(
        &app(),
        &["a.js", "a.js"],
        0,
        expect![[r#"
        a.js  (entry)
    "#]],
    );
}

#[test]
fn a_package_is_asked_for_by_its_name() {
    check(
        &app(),
        &["pkg", "a.js"],
        0,
        expect![[r#"
            a.js  (entry)
              a.js:2:19  require() of "./b"
                   2 | const b = require('./b');
                     |           ^^^^^^^^^^^^^^
            b.js
              b.js:3:38  require() of "pkg"
                   3 | exports.c = require('./c'), require('pkg');
                     |                             ^^^^^^^^^^^^^^
            node_modules/pkg/lib/i.js
        "#]],
    );
    check(
        &app(),
        &["@s/q", "a.js"],
        0,
        expect![[r#"
            a.js  (entry)
              a.js:2:19  require() of "./b"
                   2 | const b = require('./b');
                     |           ^^^^^^^^^^^^^^
            b.js
              b.js:3:38  require() of "pkg"
                   3 | exports.c = require('./c'), require('pkg');
                     |                             ^^^^^^^^^^^^^^
            node_modules/pkg/lib/i.js
              node_modules/pkg/lib/i.js:1:9  require() of "@s/q/x"
                   1 | require('@s/q/x')
                     | ^^^^^^^^^^^^^^^^^
            packages/q/x.js
        "#]],
    );
}

#[test]
fn a_package_json_is_needed_on_the_way() {
    check(
        &app(),
        &["node_modules/pkg/package.json", "a.js"],
        0,
        expect![[r#"
            a.js  (entry)
              a.js:2:19  require() of "./b"
                   2 | const b = require('./b');
                     |           ^^^^^^^^^^^^^^
            b.js
              b.js:3:38  on the way of require() of "pkg"
                   3 | exports.c = require('./c'), require('pkg');
                     |                             ^^^^^^^^^^^^^^
            node_modules/pkg/package.json
        "#]],
    );
}

#[test]
fn all_parents_are_shown_and_cycles_are_no_trouble() {
    check(
        &app(),
        &["b.js", "a.js", "--all"],
        0,
        expect![[r#"
            a.js  (entry)
              a.js:2:19  require() of "./b"
                   2 | const b = require('./b');
                     |           ^^^^^^^^^^^^^^
            b.js

            needed by:
            a.js
              a.js:2:19  require() of "./b"
                   2 | const b = require('./b');
                     |           ^^^^^^^^^^^^^^
            c.js
              c.js:1:9  require() of "./b"
                   1 | require('./b'); require('fs').readFileSync(__dirname + '/d.txt')
                     | ^^^^^^^^^^^^^^
        "#]],
    );
}

#[test]
fn a_long_line_is_cut_around_the_place() {
    let tree = Tree::new("//- b.js\n");
    tree.write("a.js", format!("{}require('./b');{}", "x();".repeat(2000), "y();".repeat(2000)));
    check(
        &tree,
        &["b.js", "a.js"],
        0,
        expect![[r#"
            a.js  (entry)
              a.js:1:8009  require() of "./b"
                   1 | …x();x();x();x();x();require('./b');y();y();y();y();y();y();y();y()…
                     |                      ^^^^^^^^^^^^^^
            b.js
        "#]],
    );
}

#[test]
fn what_is_not_listed_is_explained() {
    check(
        &app(),
        &["unused.js", "a.js"],
        1,
        expect![[r#"
            unused.js is not listed
              the file is there, within the tracing root
              no file that was looked into asks for it, as far as can be told
        "#]],
    );
    check(
        &app(),
        &["gone.js", "a.js"],
        1,
        expect![[r#"
            gone.js is not listed
              there is no such file, and of no such package a file is listed
              no file that was looked into asks for it, as far as can be told
        "#]],
    );
    check(
        &app(),
        &["b.js", "long.js", "--ignore", "b.js"],
        1,
        expect![[r#"
            b.js is not listed
              it is needed, but a glob of --ignore leaves it out
        "#]],
    );
    check(
        &app(),
        &["left-pad", "a.js"],
        1,
        expect![[r#"
            left-pad is not listed
              there is no such file, and of no such package a file is listed
              no file that was looked into asks for it, as far as can be told
        "#]],
    );
    let tree = Tree::new("//- a.js\nrequire('./lib/gone'); require('missing/x')\n");
    check(
        &tree,
        &["lib/gone.js", "a.js", "--log-level", "fatal"],
        1,
        expect![[r#"
        lib/gone.js is not listed
          there is no such file

        what was tried:
        error MT2001 a.js:1:9: cannot resolve require() of "./lib/gone" (MODULE_NOT_FOUND)
            lib/gone is no directory.
    "#]],
    );
    check(
        &tree,
        &["missing", "a.js", "--log-level", "fatal"],
        1,
        expect![[r#"
        missing is not listed
          there is no such file, and of no such package a file is listed

        what was tried:
        error MT2001 a.js:1:32: cannot resolve require() of "missing/x" (MODULE_NOT_FOUND)
            . has no node_modules.
            ../node_modules is no directory.
            ../../node_modules is no directory.
    "#]],
    );
    let tree = Tree::new("//- a.js\nrequire('./b')\n//- b.js\nrequire('missing')\n");
    check(
        &tree,
        &["missing", "a.js", "--log-level", "fatal"],
        1,
        expect![[r#"
            missing is not listed
              there is no such file, and of no such package a file is listed

            what was tried:
            error MT2001 b.js:1:9: cannot resolve require() of "missing" (MODULE_NOT_FOUND)
                . has no node_modules.
                ../node_modules is no directory.
                ../../node_modules is no directory.

            where the way ends:
            a.js  (entry)
              a.js:1:9  require() of "./b"
                   1 | require('./b')
                     | ^^^^^^^^^^^^^^
            b.js
        "#]],
    );
    let outside = why(&tree, &["/bin/sh", "a.js", "--log-level", "fatal"]);
    assert!(outside.status == 1 && outside.stdout.contains("outside the tracing root"), "{}", outside.stdout);
}

#[test]
fn several_entries_and_the_nearest_wins() {
    let told = why(&app(), &["c.js", "a.js", "longer.js"]);
    assert!(told.stdout.starts_with("longer.js  (entry)\n  longer.js:1:9  require() of \"./c\"\n"), "{}", told.stdout);
}

#[test]
fn json_has_the_same_steps() {
    let json = why(&app(), &["d.txt", "a.js", "--format", "json", "--all"]).json();
    let steps = json["chains"][0]["steps"].as_array().unwrap();
    let told: Vec<_> = steps
        .iter()
        .map(|step| format!("{}:{}:{} {}", step["from"], step["line"], step["column"], step["to"]))
        .collect();
    assert_eq!(told, ["\"a.js\":2:19 \"b.js\"", "\"b.js\":3:22 \"c.js\"", "\"c.js\":1:44 \"d.txt\""]);
    assert_eq!(
        (&json["listed"], &json["file"], &json["parents"][0]["from"]),
        (&true.into(), &"d.txt".into(), &"c.js".into())
    );
    let absent = why(&app(), &["unused.js", "a.js", "--format", "json"]);
    assert_eq!((absent.status, &absent.json()["listed"]), (1, &false.into()));
}

#[test]
fn a_recipe_says_that_it_was_one() {
    let tree = Tree::new(
        "//- a.js\nrequire('p')\n//- node_modules/p/package.json\n{\"name\":\"p\",\"main\":\"i.js\"}\n//- node_modules/p/i.js\n\
         //- node_modules/p/data.bin\n//- r.toml\n[[recipe]]\npackage = \"p\"\nwhy = \"a test\"\nfiles = [\"i.js\"]\nassets = [\"data.bin\"]\n",
    );
    let told = why(&tree, &["node_modules/p/data.bin", "a.js", "--recipes", "r.toml"]);
    assert!(told.stdout.contains("a recipe for p adds it"), "{}{}", told.stdout, told.stderr);
}

#[test]
fn a_long_chain_and_a_small_limit_are_no_trouble() {
    let tree = Tree::new("");
    for number in 0..3000 {
        tree.write(&format!("f{number}.js"), format!("require('./f{}'); require('./f0')", number + 1));
    }
    tree.write("f3000.js", "");
    let run = |options: &[&str]| {
        run(&tree.root(), &[&["why", "f3000.js", "f0.js"], options].concat(), &[("MONOTRACE_FAULT", "spill_batch=1")])
    };
    let told = run(&["--memory-limit", "24"]);
    assert_eq!(
        (told.status, told.stdout.lines().filter(|line| line.contains(".js:1:9  require()")).count()),
        (0, 3000)
    );
    assert_eq!(told.stdout, run(&["--threads", "1"]).stdout);
}

#[test]
fn misuse_is_told() {
    assert_eq!(why(&app(), &["a.js"]).status, 2, "no entry");
    assert_eq!(why(&app(), &[]).status, 2);
}

/// A package with `exports`, one with a folder, and one that is asked for in vain.
fn packages() -> Tree {
    Tree::new(
        "//- a.js\nrequire('p/feature'); require('q/lib/one'); require('q/lib/two'); require('q/gone')\n\
         //- node_modules/p/package.json\n{\"name\":\"p\",\"exports\":{\"./feature\":\"./dist/f.cjs\"}}\n\
         //- node_modules/p/dist/f.cjs\n\
         //- node_modules/q/package.json\n{\"name\":\"q\"}\n\
         //- node_modules/q/lib/one.js\n//- node_modules/q/lib/two.js\n//- node_modules/q/lib/three.js\n",
    )
}

#[test]
fn a_path_within_a_package_is_what_a_program_loads_by_it() {
    let exported = expect![[r#"
        a.js  (entry)
          a.js:1:9  require() of "p/feature"
               1 | require('p/feature'); require('q/lib/one'); require('q/lib/two');…
                 | ^^^^^^^^^^^^^^^^^^^^
        node_modules/p/dist/f.cjs
    "#]];
    // By `exports`, and by the file's own path, which `exports` hides.
    check(&packages(), &["p/feature", "a.js"], 0, exported);
    let by_path = why(&packages(), &["p/dist/f.cjs", "a.js"]).stdout;
    assert_eq!(by_path, why(&packages(), &["p/feature", "a.js"]).stdout);
    let json = why(&packages(), &["q/lib/one", "a.js", "--format", "json"]).json();
    assert_eq!((&json["package"], &json["subpath"]), (&"q".into(), &"lib/one".into()));
    assert_eq!(json["chains"][0]["file"], "node_modules/q/lib/one.js");
}

#[test]
fn a_folder_within_a_package_is_every_listed_file_below_it() {
    let told = why(&packages(), &["q/lib", "a.js"]);
    let files: Vec<&str> = told.stdout.lines().filter(|line| line.starts_with("node_modules")).collect();
    assert_eq!((files, told.status), (vec!["node_modules/q/lib/one.js", "node_modules/q/lib/two.js"], 0));
    let many = Tree::new("//- node_modules/p/package.json\n{}\n");
    let names: Vec<String> = (0..40).map(|number| format!("p/lib/f{number}")).collect();
    for name in &names {
        many.write(&format!("node_modules/{name}.js"), "");
    }
    many.write("a.js", names.iter().map(|name| format!("require('{name}');\n")).collect::<String>());
    let told = why(&many, &["p/lib", "a.js"]);
    assert_eq!(told.stdout.lines().filter(|line| line.starts_with("node_modules")).count(), 16);
    assert!(told.stdout.ends_with("… and more of the package; a path within it says which\n"), "{}", told.stdout);
    assert_eq!(why(&many, &["p/lib", "a.js", "--format", "json"]).json()["more"], true);
}

#[test]
fn a_path_within_a_package_that_is_not_listed_is_explained() {
    let told = why(&packages(), &["q/gone", "a.js", "--log-level", "fatal"]);
    assert_eq!(told.status, 1);
    for part in [
        "q/gone is not listed\n  of the package q files are listed, but none that \"gone\" leads to\n",
        "MT2001 a.js:1:75: cannot resolve require() of \"q/gone\"",
    ] {
        assert!(told.stdout.contains(part), "{}", told.stdout);
    }
    let never = why(&packages(), &["q/lib/three.js", "a.js", "--log-level", "fatal"]);
    assert!(never.status == 1 && never.stdout.contains("no file that was looked into asks for it"), "{}", never.stdout);
}

#[test]
fn manifests_that_list_a_file_are_told_and_have_no_chain() {
    let tree = Tree::new(
        "//- a.js\nrequire('./b')\n//- b.js\n//- c.js\n//- node_modules/p/i.js\n\
         //- m/one.js.nft.json\n{\"version\":1,\"files\":[\"../b.js\",\"../c.js\"]}\n\
         //- m/two.js.nft.json\n{\"version\":1,\"files\":[\"../c.js\",\"../node_modules/p/i.js\"]}\n",
    );
    let glob = ["--from-nft-json", "m/*.nft.json"];
    check(
        &tree,
        &[&["c.js"][..], &glob].concat(),
        0,
        expect![[r#"
            c.js
              listed by m/one.js.nft.json
              listed by m/two.js.nft.json
              a manifest tells that a file is needed, not why: there is no chain
        "#]],
    );
    check(
        &tree,
        &[&["b.js", "a.js"][..], &glob].concat(),
        0,
        expect![[r#"
            a.js  (entry)
              a.js:1:9  require() of "./b"
                   1 | require('./b')
                     | ^^^^^^^^^^^^^^
            b.js
              listed by m/one.js.nft.json
        "#]],
    );
    check(
        &tree,
        &[&["p"][..], &glob].concat(),
        0,
        expect![[r#"
            node_modules/p/
              listed by m/two.js.nft.json: node_modules/p/i.js
              a manifest tells that a file is needed, not why: there is no chain
        "#]],
    );
    let json = why(&tree, &[&["c.js", "--format", "json"][..], &glob].concat()).json();
    assert_eq!(
        json["manifests"],
        serde_json::json!([
            {"manifest": "m/one.js.nft.json", "file": "c.js"},
            {"manifest": "m/two.js.nft.json", "file": "c.js"}
        ])
    );
    assert_eq!(why(&tree, &[&["gone.js"][..], &glob].concat()).status, 1);
    for number in 0..40 {
        tree.write(&format!("m/n{number}.nft.json"), "{\"version\":1,\"files\":[\"../c.js\"]}");
    }
    let few = why(&tree, &[&["c.js"][..], &glob].concat());
    assert!(few.stdout.contains("\n  … and 26 more; --all shows them\n"), "{}", few.stdout);
    let all = why(&tree, &[&["c.js", "--all"][..], &glob].concat());
    assert_eq!(all.stdout.matches("listed by").count(), 42);
}

#[test]
fn json_loses_nothing_of_a_name() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt, process::Command};
    let tree = Tree::new("//- a.js\nrequire('fs').readdirSync(__dirname + '/d')\n//- d/x\n");
    let name = OsStr::from_bytes(b"d/a\xff\"\n.txt");
    std::fs::write(tree.root().join(name), "").unwrap();
    let told = Command::new(crate::support::COMMAND)
        .arg("why")
        .arg(name)
        .args(["a.js", "--format", "json", "--all"])
        .current_dir(tree.root())
        .output()
        .unwrap();
    let told = String::from_utf8(told.stdout).unwrap();
    let quoted = r#""d/a\udcff\"\n.txt""#;
    for key in ["asked", "file", "to"] {
        assert!(told.contains(&format!("\"{key}\":{quoted}")), "{key}: {told}");
    }
    assert_eq!(told.matches(quoted).count(), 5, "{told}");
}

#[test]
fn odd_questions_have_answers_that_speak_of_them() {
    let tree = Tree::new(
        "//- a.js\nrequire('./gone'); require('fs'); require('./loop')\n//- b/c.js\n//- b.js\n\
         //- loop.js -> loop2.js\n//- loop2.js -> loop.js\n",
    );
    let absent = |asked: &str| {
        let told = why(&tree, &[asked, "a.js", "--quiet"]);
        assert_eq!(told.status, 1, "{asked}: {}{}", told.stdout, told.stderr);
        told.stdout
    };
    for builtin in ["fs", "node:fs", "fs/promises", "node:test"] {
        let told = absent(builtin);
        assert!(told.contains("a module of Node itself") && told.lines().count() == 2, "{told}");
    }
    // What is asked about is in no finding, though each has a letter of it.
    for asked in ["/", ".", "..", "b", "a/../b.js", "./b/c.js", "@"] {
        let told = absent(asked);
        assert!(!told.contains("what was tried"), "{asked}: {told}");
        assert!(told.lines().count() > 1, "{asked}: {told}");
    }
    let looped = absent("./loop.js");
    assert!(looped.contains("it is a link") && looped.contains("MT3005"), "{looped}");
    let empty = why(&tree, &["", "a.js"]);
    assert!(
        empty.status == 2 && empty.stderr.lines().count() == 1 && empty.stderr.contains("MT0008"),
        "{}",
        empty.stderr
    );
}

#[test]
fn carets_stand_under_wide_characters() {
    let tree = Tree::new("//- a.js\n/* 日本 */ require('./é語');\n//- é語.js\n");
    let told = why(&tree, &["é語.js", "a.js", "--quiet"]).stdout;
    let line = told.lines().find(|line| line.contains('^')).unwrap_or_default();
    assert_eq!(
        line,
        format!("         | {}{}", " ".repeat("/* xxxx */ ".len()), "^".repeat("require('./exx')".len())),
        "{told}"
    );
}
