//! `--include` and `--exclude`: files that the user adds to a trace or drops from it.

use crate::support::Tree;

#[test]
fn included_files_are_listed_and_not_looked_into() {
    let tree = Tree::new(
        "//- a.js\n//- public/img/a.png\n//- public/.well-known/x\n//- public/js/b.js\nrequire('./c')\n//- public/js/c.js\n//- other/x\n//- node_modules/p/README.md\n",
    );
    let files = |arguments: &[&str]| tree.print(&[&["a.js"], arguments].concat()).stdout.replace('\n', " ");
    let all = "a.js public/.well-known/x public/img/a.png public/js/b.js public/js/c.js ";
    assert_eq!(files(&["--include", "public/**"]), all);
    assert_eq!(files(&["--include", "./public/**/*"]), all);
    assert_eq!(files(&["--include", "public/js/b.js"]), "a.js public/js/b.js ");
    assert_eq!(files(&["--include", "public/js/b.js", "--trace-includes"]), "a.js public/js/b.js public/js/c.js ");
    assert_eq!(files(&["--include", "public/{img,.well-known/}/*"]), "a.js public/.well-known/x public/img/a.png ");
    assert_eq!(files(&["--include", "public/*"]), "a.js ");
    assert_eq!(files(&["--include", "**/*.md"]), "a.js node_modules/p/README.md ");
    assert_eq!(
        files(&["--include", "public/**", "--exclude", "public/js"]),
        "a.js public/.well-known/x public/img/a.png "
    );
    let json = tree.print(&["a.js", "--include", "public/img/*.png", "--format", "json"]).json();
    assert_eq!(
        json["reasons"]["public/img/a.png"],
        serde_json::json!({"type": ["asset"], "ignored": false, "parents": ["a.js"]})
    );
}

#[test]
fn globs_for_some_entries_are_for_those_alone() {
    let tree = Tree::new("//- a.js\nrequire('./x')\n//- b.js\nrequire('./x')\n//- x.js\n//- a.txt\n");
    let files = |arguments: &[&str]| tree.print(arguments).stdout.replace('\n', " ");
    assert_eq!(files(&["a.js", "--include-for", "a.js", "*.txt"]), "a.js a.txt x.js ");
    assert_eq!(files(&["b.js", "--include-for", "a.js", "*.txt"]), "b.js x.js ");
    assert_eq!(files(&["a.js", "--exclude-for", "a.js", "x.js"]), "a.js ");
    assert_eq!(files(&["b.js", "--exclude-for", "a.js", "x.js"]), "b.js x.js ");
    // What one of the entries needs stays.
    assert_eq!(files(&["a.js", "b.js", "--exclude-for", "a.js", "x.js"]), "a.js b.js x.js ");
    tree.write("monotrace.json", r#"{"outputFileTracingIncludes": {"a.js": ["*.txt"]}}"#);
    assert_eq!(files(&["a.js"]), "a.js a.txt x.js ");
    assert_eq!(files(&["b.js"]), "b.js x.js ");
}

#[test]
fn includes_pass_links_that_are_named_and_never_leave_the_root() {
    let outside = Tree::new("//- secret\n");
    let tree = Tree::new(
        "//- a.js\n//- node_modules/.pnpm/p@1/node_modules/p/data/x.txt\n//- node_modules/p -> .pnpm/p@1/node_modules/p\n//- loop/up -> ..\n//- loop/f.txt\n",
    );
    tree.link("out", outside.root().to_str().unwrap());
    let files = |glob: &str| tree.print(&["a.js", "--include", glob, "--log-level", "warning"]);
    let expected = ["a.js", "node_modules/.pnpm/p@1/node_modules/p/data/x.txt", "node_modules/p"];
    assert_eq!(files("node_modules/p/**").files(), expected);
    assert_eq!(files("node_modules/*/data/*").files(), expected);
    assert_eq!(files("loop/**").files(), ["a.js", "loop/f.txt", "loop/up"][..2]);
    for glob in ["out/*", "../*", "**/../../*", "o*/secret"] {
        let run = files(glob);
        assert_eq!(run.files(), ["a.js"], "{glob}");
        assert!(run.stderr.contains("MT5001") || run.stderr.contains("MT7020"), "{glob}: {}", run.stderr);
    }
}

#[test]
fn excluded_files_are_dropped_but_what_they_ask_for_is_not() {
    let tree = Tree::new(
        "//- a.js\nrequire('p'); require('./b')\n//- b.js\n//- node_modules/p/index.js\nrequire('./sub/q')\n//- node_modules/p/sub/q.js\n//- node_modules/p/package.json\n{}\n",
    );
    let files = |arguments: &[&str]| tree.print(&[&["a.js"], arguments].concat()).stdout.replace('\n', " ");
    assert_eq!(
        files(&["--exclude", "node_modules/p/index"]),
        "a.js b.js node_modules/p/package.json node_modules/p/sub/q.js "
    );
    assert_eq!(files(&["--exclude", "node_modules/p"]), "a.js b.js ");
    assert_eq!(
        files(&["--exclude", "**/q.js", "--exclude", "a.js"]),
        "a.js b.js node_modules/p/index.js node_modules/p/package.json "
    );
    let json = tree.print(&["a.js", "--exclude", "b.js", "--format", "json"]).json();
    assert_eq!(json["reasons"]["b.js"]["ignored"], true);
}

#[test]
fn a_glob_that_does_nothing_is_told() {
    let tree = Tree::new("//- a.js\nrequire('./b')\n//- b.js\n//- public/x\n");
    for (arguments, told) in [
        (["--include", "publik/**"], "--include \"publik/**\""),
        (["--include", "public"], "--include \"public\""),
        (["--exclude", "c.js"], "--exclude \"c.js\""),
    ] {
        let run = tree.print(&[&["a.js", "--log-level", "warning"], &arguments[..]].concat());
        assert!(run.stderr.contains("MT7020") && run.stderr.contains(told), "{}", run.stderr);
        assert_eq!((run.status, run.files()), (0, vec!["a.js", "b.js"]));
    }
    let wrong = tree.print(&["a.js", "--include", "a[b"]);
    assert_eq!(wrong.status, 2);
    assert!(wrong.stderr.contains("MT0003"), "{}", wrong.stderr);
    for extended in ["!(a).js", "+(a|b).js", "@(a)/x"] {
        for flag in ["--include", "--exclude"] {
            let wrong = tree.print(&["a.js", flag, extended]);
            assert!(wrong.status == 2 && wrong.stderr.contains("MT0011"), "{}", wrong.stderr);
        }
    }
}
