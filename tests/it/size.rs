//! `monotrace size`: bytes by package, kind and file; budgets; what grew.

use serde_json::{Value, json};

use crate::support::{Run, Tree, run};

fn size(tree: &Tree, arguments: &[&str]) -> Run {
    run(&tree.root(), &[&["size"], arguments].concat(), &[])
}

/// An app, an installed package there twice, one in it, a workspace package behind a link.
fn tree() -> Tree {
    Tree::new(
        "//- package.json\n{\"name\":\"root\",\"workspaces\":[\"packages/*\"]}\n//- packages/app/package.json\n{\"name\":\"app\",\"version\":\"1.0.0\"}
//- packages/app/a.js\nrequire('big'); require('@s/lib'); require('@w/lib'); require('fs').readFileSync(__dirname + '/data.bin')
//- packages/app/data.bin\n0123456789\n//- packages/app/node_modules/@w/lib -> ../../../lib
//- packages/lib/package.json\n{\"name\":\"@w/lib\"}\n//- packages/lib/index.js\nrequire('big')
//- packages/lib/node_modules/big/package.json\n{\"name\":\"big\",\"version\":\"2.0.0\"}\n//- packages/lib/node_modules/big/index.js\n//
//- node_modules/big/package.json\n{\"name\":\"big\",\"version\":\"2.0.0\",\"main\":\"dist/cjs\"}
//- node_modules/big/dist/cjs/package.json\n{\"type\":\"commonjs\",\"name\":\"not-a-package\"}
//- node_modules/big/dist/cjs/index.js\nrequire('small')\n//- node_modules/big/node_modules/small/index.js\n1
//- node_modules/@s/lib/package.json\n{\"name\":\"@s/lib\",\"version\":\"0.1.0\"}\n//- node_modules/@s/lib/index.js\n//- node_modules/big/x.js\n",
    )
}

fn package<'j>(json: &'j Value, name: &str) -> &'j Value {
    let packages = json["packages"].as_array().unwrap();
    packages.iter().find(|package| package["name"] == name).unwrap_or_else(|| panic!("{name}: {json}"))
}

#[test]
fn packages_kinds_and_files_add_up() {
    let tree = tree();
    let json = size(&tree, &["packages/app/a.js", "--format", "json"]).json();
    let sum = |list: &str, field: &str| {
        json[list].as_array().unwrap().iter().map(|each| each[field].as_u64().unwrap()).sum::<u64>()
    };
    assert_eq!(
        (sum("packages", "bytes"), sum("kinds", "bytes")),
        (json["bytes"].as_u64().unwrap(), json["bytes"].as_u64().unwrap())
    );
    assert_eq!(sum("packages", "files"), json["files"].as_u64().unwrap());
    assert_eq!(json["links"], 1);
    assert_eq!(package(&json, "big")["version"], "2.0.0");
    assert_eq!(package(&json, "big")["files"], 5, "both copies, and what is behind an inner package.json: {json}");
    assert_eq!(package(&json, "small")["version"], "");
    assert_eq!(package(&json, "@s/lib")["version"], "0.1.0");
    assert_eq!(package(&json, "@w/lib")["files"], 2, "counted where it is, not where the link is");
    assert_eq!(package(&json, "app")["files"], 3);
    let printed = run(&tree.root(), &["print", "packages/app/a.js"], &[]);
    assert_eq!(printed.files().len() as u64, json["files"].as_u64().unwrap() + 1);
}

#[test]
fn a_table_fits_into_80_columns() {
    let tree = tree();
    tree.write(&format!("packages/app/{}/long.js", "very-long-folder-name/".repeat(8)), "1");
    tree.write("packages/app/b.js", format!("require('./{}long')", "very-long-folder-name/".repeat(8)));
    let table = size(&tree, &["packages/app/a.js", "packages/app/b.js", "--top", "3"]);
    assert_eq!(table.status, 0, "{}", table.stderr);
    assert!(table.stdout.lines().all(|line| line.chars().count() <= 80), "{}", table.stdout);
    assert!(table.stdout.contains("more; --top shows them") && table.stdout.contains("big@2.0.0"), "{}", table.stdout);
}

#[test]
fn a_budget_that_is_exceeded_exits_1_and_says_what_is_large() {
    let tree = tree();
    let run = |arguments: &[&str]| size(&tree, &[&["packages/app/a.js", "packages/lib/index.js"], arguments].concat());
    for enough in ["1MB", "lambda", "vercel", "packages/lib/index.js=10kB"] {
        assert_eq!(run(&["--budget", enough]).status, 0);
    }
    let exceeded = run(&["--budget", "50"]);
    assert_eq!(exceeded.status, 1);
    assert!(exceeded.stderr.contains("MT6014") && exceeded.stderr.contains("big@2.0.0"), "{}", exceeded.stderr);
    assert!(!exceeded.stdout.is_empty(), "the sizes are told all the same");
    let entry = run(&["--budget", "packages/lib/index.js=50", "--format", "json"]);
    let budget = &entry.json()["budgets"][0];
    let alone = size(&tree, &["packages/lib/index.js", "--format", "json"]).json();
    assert_eq!((entry.status, &budget["bytes"], &budget["exceeded"]), (1, &alone["bytes"], &json!(true)));
    assert_eq!(run(&["--budget", "other.js=5MB"]).status, 2);
    assert_eq!(run(&["--budget", "much"]).status, 2);
}

#[test]
fn what_grew_since_an_earlier_report_is_told_by_package() {
    let tree = tree();
    let before = size(&tree, &["packages/app/a.js", "--format", "json"]);
    tree.write("before.json", &before.stdout);
    let same = size(&tree, &["packages/app/a.js", "--format", "json", "--against", "before.json"]).json();
    assert_eq!(same["against"], json!({"bytes": same["bytes"], "grown": 0, "packages": []}));
    tree.write("node_modules/@s/lib/package.json", "{\"name\":\"@s/lib\",\"version\":\"0.2.0\"}");
    tree.write("node_modules/@s/lib/index.js", "x".repeat(5000));
    tree.write("node_modules/big/dist/cjs/index.js", "");
    let after = size(&tree, &["packages/app/a.js", "--format", "json", "--against", "before.json"]).json();
    let changes = after["against"]["packages"].as_array().unwrap();
    assert_eq!(changes[0]["name"], "@s/lib");
    assert_eq!((&changes[0]["before"]["version"], &changes[0]["now"]["version"]), (&json!("0.1.0"), &json!("0.2.0")));
    assert_eq!(changes.last().unwrap()["name"], "big");
    assert!(changes.iter().any(|change| change["name"] == "small" && change["now"]["bytes"] == 0), "{after}");
    let table = size(&tree, &["packages/app/a.js", "--against", "before.json"]).stdout;
    assert!(table.contains("@s/lib 0.1.0 → 0.2.0") && table.contains("small (gone)"), "{table}");
    tree.write("wrong.json", "{\"version\":1}");
    let wrong = size(&tree, &["packages/app/a.js", "--against", "wrong.json"]);
    assert_eq!(wrong.status, 2);
    assert!(wrong.stderr.contains("MT0009"), "{}", wrong.stderr);
    assert_eq!(size(&tree, &["packages/app/a.js", "--against", "missing.json"]).status, 2);
}
