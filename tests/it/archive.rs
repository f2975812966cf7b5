//! `build --tar`: the same bytes each time, and a program that runs where it is unpacked.

use std::fs;

use crate::support::{Tree, run, shell};

fn tree() -> Tree {
    let long = "a-folder-with-a-long-name/".repeat(8);
    let tree = Tree::new(
        "//- package.json\n{\"workspaces\":[\"packages/*\"]}\n//- packages/app/main.js\nconsole.log(require('dep'), require('@w/lib'))
//- node_modules/dep -> .pnpm/dep@1/node_modules/dep\n//- node_modules/.pnpm/dep@1/node_modules/dep/index.js\nmodule.exports = 'dep'
//- node_modules/@w/lib -> ../../packages/lib\n//- packages/lib/run.js\n",
    );
    tree.write("packages/lib/index.js", format!("module.exports = require('./{long}x')"));
    tree.write(&format!("packages/lib/{long}x.js"), "module.exports = 'deep'");
    tree
}

#[test]
fn an_archive_is_the_same_bytes_each_time_and_runs() {
    let tree = tree();
    let built = shell(
        &tree.root(),
        "$MT build packages/app/main.js --tar one.tar && sleep 1 && touch packages/app/main.js && chmod 600 packages/app/main.js && \
         $MT build packages/app/main.js --tar two.tar --threads 1 && $MT build packages/app/main.js --tar - > three.tar && \
         cmp one.tar two.tar && cmp one.tar three.tar && mkdir x && tar -C x -xf one.tar && node x/packages/app/main.js && \
         tar -tvf one.tar --numeric-owner",
    );
    assert_eq!(built.status, 0, "{}", built.stderr);
    let mut lines = built.stdout.lines();
    assert_eq!(lines.next(), Some("dep deep"));
    let lines: Vec<&str> = lines.collect();
    assert!(lines.iter().all(|line| line.contains(" 0/0 ") && line.contains("1970-01-01")), "{lines:#?}");
    assert!(lines.iter().any(|line| line.contains("node_modules/@w/lib -> ../../packages/lib")), "{lines:#?}");
    let names: Vec<&str> = lines.iter().map(|line| line.split(' ').next_back().unwrap()).collect();
    assert!(names.contains(&"packages/app/main.js"), "{names:?}");
    let dated = run(
        &tree.root(),
        &["build", "packages/app/main.js", "--tar", "dated.tar"],
        &[("SOURCE_DATE_EPOCH", "1000000000")],
    );
    assert_eq!(dated.status, 0);
    assert!(shell(&tree.root(), "tar -tvf dated.tar").stdout.contains("2001-09-0"));
    let wrong =
        run(&tree.root(), &["build", "packages/app/main.js", "--tar", "x.tar"], &[("SOURCE_DATE_EPOCH", "today")]);
    assert_eq!(wrong.status, 2);
}

#[test]
fn layers_are_the_archive_in_two_parts() {
    let tree = tree();
    let built = shell(
        &tree.root(),
        "$MT build packages/app/main.js --tar image.tar --layers && mkdir x && tar -C x -xf image.dependencies.tar && \
         tar -C x -xf image.app.tar && node x/packages/app/main.js && tar -tf image.dependencies.tar",
    );
    assert_eq!(built.status, 0, "{}", built.stderr);
    assert_eq!(
        built.stdout.lines().collect::<Vec<_>>(),
        [
            "dep deep",
            "node_modules/",
            "node_modules/.pnpm/",
            "node_modules/.pnpm/dep@1/",
            "node_modules/.pnpm/dep@1/node_modules/",
            "node_modules/.pnpm/dep@1/node_modules/dep/",
            "node_modules/.pnpm/dep@1/node_modules/dep/index.js",
            "node_modules/dep",
        ]
    );
    let before = fs::read(tree.root().join("image.dependencies.tar")).unwrap();
    tree.write("packages/lib/index.js", "module.exports = 'other'");
    assert_eq!(run(&tree.root(), &["build", "packages/app/main.js", "--tar", "image.tar", "--layers"], &[]).status, 0);
    assert_eq!(fs::read(tree.root().join("image.dependencies.tar")).unwrap(), before, "the larger layer is kept");
}

#[test]
fn names_that_differ_in_case_alone_are_told() {
    let tree = Tree::new(
        "//- a.js\nrequire('./Lib'); require('./lib.js'); require('./x/Readme'); require('./X/readme'); require('./é'); require('./É'); require('./dir/File/y')
//- Lib.js\n1\n//- lib.js\n2\n//- x/Readme.js\n//- X/readme.js\n//- é.js\n//- É.js\n//- dir/File/y.js\nrequire('fs').readFileSync(__dirname + '/../file')\n//- dir/file\n",
    );
    for to in [["-o", "out"], ["--tar", "x.tar"]] {
        let built = run(&tree.root(), &["build", "a.js", "--log-level", "warning", "--log-all", to[0], to[1]], &[]);
        assert_eq!(built.status, 0, "{}", built.stderr);
        let told: Vec<&str> = built.stderr.lines().filter(|line| line.contains("MT6018")).map(str::trim).collect();
        assert_eq!(told.len(), 4, "{}", built.stderr);
        for (place, other) in
            [("Lib.js", "lib.js"), ("x/Readme.js", "X/readme.js"), ("É.js", "é.js"), ("dir/File/y.js", "dir/file")]
        {
            let words = format!("{place}  MT6018  its name and {other} differ in case alone");
            assert!(told.iter().any(|line| line.starts_with(&words)), "{words}: {told:?}");
        }
    }
    let fine = run(&tree.root(), &["build", "lib.js", "-o", "fine", "--log-level", "warning"], &[]);
    assert!(!fine.stderr.contains("MT6018"), "{}", fine.stderr);
}

#[test]
fn what_is_no_archive_is_not_replaced() {
    let tree = tree();
    let source = fs::read(tree.root().join("packages/lib/index.js")).unwrap();
    let built = run(&tree.root(), &["build", "packages/app/main.js", "--tar", "packages/lib/index.js"], &[]);
    assert_eq!(built.status, 5, "{}", built.stderr);
    assert_eq!(fs::read(tree.root().join("packages/lib/index.js")).unwrap(), source);
    // The entry itself: a slip of the hand.
    let entry = run(&tree.root(), &["build", "packages/app/main.js", "--tar", "packages/app/main.js"], &[]);
    assert!(entry.status == 5 && entry.stderr.contains("MT6005"), "{} {}", entry.status, entry.stderr);
    let epoch = [("SOURCE_DATE_EPOCH", "18446744073709551615")];
    assert_eq!(run(&tree.root(), &["build", "packages/app/main.js", "--tar", "x.tar"], &epoch).status, 2);
    for wrong in [&["--tar", "-", "--layers"][..], &["--layers"], &[], &["--tar", "x", "-o", "y"]] {
        assert_eq!(
            run(&tree.root(), &[&["build", "packages/app/main.js"], wrong].concat(), &[]).status,
            2,
            "{wrong:?}"
        );
    }
    let full = shell(&tree.root(), "$MT build packages/app/main.js --tar - > /dev/full");
    assert_eq!(full.status, 3, "{}", full.stderr);
}
