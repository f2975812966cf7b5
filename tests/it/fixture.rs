//! The committed monorepo: what the README's main command prints on it.

use std::{fs, path::Path};

use crate::support::run;

/// The list in `monorepo-fixture/expected/NAME.txt` is what the entry needs.
fn check(name: &str, entry: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("monorepo-fixture");
    let expected = fs::read_to_string(root.join("expected").join(format!("{name}.txt"))).unwrap();
    let traced = run(&root, &["print", "--exports-only", "--log-level", "warning", entry], &[]);
    assert_eq!(traced.stdout, expected, "{}", traced.stderr);
    assert_eq!(traced.status, 0, "{}", traced.stderr);
}

#[test]
fn an_esm_server() {
    check("web", "apps/web/server.js");
}

#[test]
fn a_commonjs_command() {
    check("cli", "apps/cli/main.js");
}

#[test]
fn typescript_entries() {
    check("report", "apps/jobs/report.ts");
    check("preview", "apps/jobs/preview.ts");
}

#[test]
fn the_workspace_is_the_root_wherever_one_stands() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    let from_above = run(repository, &["print", "monorepo-fixture/apps/web/server.js"], &[]);
    let from_inside = run(&repository.join("monorepo-fixture/apps/web"), &["print", "server.js"], &[]);
    assert_eq!(from_above.stdout, from_inside.stdout);
    assert!(from_above.files().contains(&"packages/core/index.mjs"), "{}", from_above.stdout);
}
