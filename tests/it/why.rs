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
                     |                   ^
            b.js
              b.js:3:22  require() of "./c"
                   3 | exports.c = require('./c'), require('pkg');
                     |                     ^
            c.js
              c.js:1:44  a path of "d.txt"
                   1 | require('./b'); require('fs').readFileSync(__dirname + '/d.txt')
                     |                                            ^
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
                 |                   ^
        b.js
          b.js:3:38  require() of "pkg"
               3 | exports.c = require('./c'), require('pkg');
                 |                                     ^
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
                 |                   ^
        b.js
          b.js:3:38  require() of "pkg"
               3 | exports.c = require('./c'), require('pkg');
                 |                                     ^
        node_modules/pkg/lib/i.js
          node_modules/pkg/lib/i.js:1:9  require() of "@s/q/x"
               1 | require('@s/q/x')
                 |         ^
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
                 |                   ^
        b.js
          b.js:3:38  on the way of require() of "pkg"
               3 | exports.c = require('./c'), require('pkg');
                 |                                     ^
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
                 |                   ^
        b.js

        needed by:
        a.js
          a.js:2:19  require() of "./b"
               2 | const b = require('./b');
                 |                   ^
        c.js
          c.js:1:9  require() of "./b"
               1 | require('./b'); require('fs').readFileSync(__dirname + '/d.txt')
                 |         ^
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
                     |                              ^
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
                 |         ^
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
    let refused = why(&app(), &["a.js", "b.js", "--from-nft-json", "x.nft.json"]);
    assert!(refused.status == 2 && refused.stderr.contains("MT0008"), "{}", refused.stderr);
    assert!(!why(&app(), &["--help"]).stdout.contains("from-nft-json"), "it is refused");
}
