//! `monotrace print`: fields, flags, bad input, exit statuses.

use std::{num::NonZeroUsize, os::unix::fs::PermissionsExt};

use monotrace::{TraceOptions, Tracer};

use crate::support::{Tree, run, shell};

#[test]
fn a_list_is_sorted_and_a_path_a_line() {
    let tree = Tree::new("//- a.js\nrequire('./b'); require('./c.json')\n//- b.js\n//- c.json\n{}\n//- d.js\n");
    let traced = tree.print(&["a.js"]);
    assert_eq!((traced.files(), traced.status), (vec!["a.js", "b.js", "c.json"], 0));
}

#[test]
fn json_has_nfts_fields() {
    let tree = Tree::new(
        "//- package.json\n{\"type\":\"module\"}\n//- a.js\nimport './b.cjs'; import './c.js'\n//- b.cjs\nrequire('./d.json')\n//- c.js\nimport './a.js'\n//- d.json\n{}\n",
    );
    let json = tree.print(&["a.js", "--format", "json"]).json();
    assert_eq!(json["fileList"], serde_json::json!(["a.js", "b.cjs", "c.js", "d.json", "package.json"]));
    assert_eq!(json["esmFileList"], serde_json::json!(["a.js", "c.js"]));
    let reason = |file: &str| json["reasons"][file].clone();
    assert_eq!(
        reason("a.js"),
        serde_json::json!({"type": ["initial", "dependency"], "ignored": false, "parents": ["c.js"]}),
        "an edge to a file already visited is an edge"
    );
    assert_eq!(
        reason("package.json"),
        serde_json::json!({"type": ["resolve"], "ignored": false, "parents": ["a.js", "c.js"]})
    );
    assert_eq!(reason("d.json")["parents"], serde_json::json!(["b.cjs"]));
    assert_eq!(json["warnings"], serde_json::json!([]));
}

#[test]
fn links_are_entries_of_their_own() {
    let tree = Tree::new(
        "//- apps/a/main.js\nrequire('p')\n//- apps/a/node_modules/p -> ../../../packages/p\n//- packages/p/index.js\nrequire('./x')\n//- packages/p/x.js\n",
    );
    let traced = tree.print(&["apps/a/main.js", "--format", "json"]).json();
    assert_eq!(
        traced["fileList"],
        serde_json::json!(["apps/a/main.js", "apps/a/node_modules/p", "packages/p/index.js", "packages/p/x.js"])
    );
    assert_eq!(traced["reasons"]["apps/a/node_modules/p"]["type"], serde_json::json!(["resolve"]));
    assert_eq!(traced["reasons"]["packages/p/x.js"]["parents"], serde_json::json!(["packages/p/index.js"]));
}

#[test]
fn ndjson_tells_files_and_findings_line_by_line() {
    let tree = Tree::new("//- a.js\nrequire('./b');\n require('./missing')\n//- b.js\n");
    let traced = tree.print(&["a.js", "--format", "ndjson"]);
    let lines: Vec<serde_json::Value> = traced.files().iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 4);
    assert_eq!(lines[1]["file"], "b.js");
    let warning = &lines[2]["warning"];
    assert_eq!((&warning["code"], &warning["line"], &warning["column"]), (&"MT2001".into(), &2.into(), &10.into()));
    assert_eq!(warning["nodeCode"], "MODULE_NOT_FOUND");
    assert!(warning["steps"].as_array().unwrap().len() > 1, "{warning}");
}

#[test]
fn ignored_files_stay_among_the_reasons_and_entries_are_never_ignored() {
    let tree =
        Tree::new("//- a.js\nrequire('./x/b'); require('./c')\n//- x/b.js\nrequire('./d')\n//- x/d.js\n//- c.js\n");
    let json = tree.print(&["a.js", "--ignore", "x/**", "--ignore", "a.js", "--format", "json"]).json();
    assert_eq!(json["fileList"], serde_json::json!(["a.js", "c.js"]));
    assert_eq!(json["reasons"]["x/b.js"], serde_json::json!({"type": ["dependency"], "ignored": true, "parents": []}));
    assert!(json["reasons"].get("x/d.js").is_none(), "what an ignored file asks for is not asked for");
}

#[test]
fn depth_counts_references_from_the_nearest_entry() {
    let tree = Tree::new(
        "//- a.js\nrequire('./b'); require('./d')\n//- b.js\nrequire('./c')\n//- c.js\nrequire('./d')\n//- d.js\nrequire('./e')\n//- e.js\n",
    );
    let files = |depth| tree.print(&["a.js", "--depth", depth]).stdout.replace(".js\n", "");
    assert_eq!([files("0"), files("1"), files("2")], ["a", "abd", "abcde"]);
}

#[test]
fn exports_and_the_legacy_main() {
    let tree = Tree::new(
        "//- a.js\nrequire('p')\n//- node_modules/p/package.json\n{\"main\":\"old.js\",\"exports\":\"./new.js\"}\n//- node_modules/p/old.js\n//- node_modules/p/new.js\n",
    );
    assert!(tree.print(&["a.js"]).files().contains(&"node_modules/p/old.js"));
    assert!(!tree.print(&["a.js", "--exports-only"]).files().contains(&"node_modules/p/old.js"));
}

#[test]
fn conditions_paths_and_module_sync() {
    let tree = Tree::new(
        "//- a.js\nrequire('p'); require('@/x'); require('q')\n//- node_modules/p/package.json\n{\"exports\":{\"edge\":\"./edge.js\",\"module-sync\":\"./sync.mjs\",\"default\":\"./new.js\"}}\n//- node_modules/p/edge.js\n//- node_modules/p/sync.mjs\n//- node_modules/p/new.js\n//- src/x.js\n//- src/q.js\n",
    );
    let files = |arguments: &[&str]| {
        let traced = tree.print(&[&["a.js", "--paths", "@/=src/", "--paths", "q=src/q.js"], arguments].concat());
        assert_eq!(traced.stderr, "");
        traced.stdout.replace("node_modules/p/", "").replace("package.json\n", "").replace('\n', " ")
    };
    assert_eq!(files(&["--conditions", "edge"]), "a.js edge.js src/q.js src/x.js ");
    assert_eq!(files(&["--node", "20.18"]), "a.js new.js src/q.js src/x.js ");
    assert_eq!(files(&["--node", "20.19.0"]), "a.js sync.mjs src/q.js src/x.js ");
    assert_eq!(files(&["--node", "22"]), "a.js new.js sync.mjs src/q.js src/x.js ", "22.9 takes one, 22.10 the other");
    assert_eq!(files(&["--node", "18", "--module-sync-catchall"]), "a.js new.js sync.mjs src/q.js src/x.js ");
}

#[test]
fn analysis_can_be_switched_off() {
    let tree =
        Tree::new("//- a.mjs\nnew URL('./b.txt', import.meta.url); import('./c' + '.mjs')\n//- b.txt\n//- c.mjs\n");
    assert_eq!(tree.print(&["a.mjs"]).files(), ["a.mjs", "b.txt", "c.mjs"]);
    assert_eq!(tree.print(&["a.mjs", "--no-analysis"]).files(), ["a.mjs"]);
    assert_eq!(tree.print(&["a.mjs", "--no-compute-file-references"]).files(), ["a.mjs", "c.mjs"]);
    assert_eq!(tree.print(&["a.mjs", "--no-evaluate-pure-expressions"]).files(), ["a.mjs", "b.txt"]);
}

#[test]
fn findings_have_levels_and_deny_decides() {
    let tree = Tree::new("//- a.js\nrequire('missing'); try { require('expected') } catch {}\n");
    let quiet = tree.print(&["a.js"]);
    assert_eq!(quiet.status, 0, "a finding alone is no failure");
    assert_eq!(quiet.stderr.lines().count(), 1);
    assert!(quiet.stderr.starts_with("error MT2001 a.js:1:9: "), "{}", quiet.stderr);
    assert_eq!(tree.print(&["a.js", "--deny", "error"]).status, 1);
    assert_eq!(tree.print(&["a.js", "--log-level", "fatal"]).stderr, "");
    let all = tree.print(&["a.js", "--log-level", "warning"]);
    assert!(all.stderr.contains("warning MT2001 a.js:1:35: "), "{}", all.stderr);
    let detailed = tree.print(&["a.js", "--log-detail"]);
    assert!(detailed.stderr.lines().count() > 2, "{}", detailed.stderr);
    assert!(tree.print(&["a.js", "--color", "always"]).stderr.contains("\x1b["));
}

#[test]
fn an_optional_dependency_may_be_missing() {
    let tree = Tree::new(
        "//- a.js\nrequire('p')\n//- node_modules/p/package.json\n{\"optionalDependencies\":{\"o\":\"1\"},\"peerDependencies\":{\"q\":\"1\",\"r\":\"1\"},\"peerDependenciesMeta\":{\"q\":{\"optional\":true}}}\n//- node_modules/p/index.js\nrequire('o'); require('q/x'); require('r')\n",
    );
    let stderr = tree.print(&["a.js", "--log-level", "warning"]).stderr;
    let levels: Vec<_> = stderr.lines().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(levels, ["warning", "warning", "error"], "{stderr}");
}

#[test]
fn a_result_file_appears_whole_or_not_at_all() {
    let tree = Tree::new("//- a.js\n//- out/old.txt\nold\n");
    let traced = tree.print(&["a.js", "-o", "out/new.txt"]);
    assert_eq!((traced.status, traced.stdout.as_str()), (0, ""));
    assert_eq!(std::fs::read_to_string(tree.root().join("out/new.txt")).unwrap(), "a.js\n");
    let refused = tree.print(&["a.js", "-o", "nowhere/new.txt"]);
    assert_eq!(refused.status, 4);
    assert_eq!(refused.stderr.lines().count(), 1, "{}", refused.stderr);
    assert!(!refused.stderr.contains(".monotrace-"), "{}", refused.stderr);
    for mode in [0o600, 0o664] {
        let old = tree.root().join("out/old.txt");
        std::fs::set_permissions(&old, std::fs::Permissions::from_mode(mode)).unwrap();
        assert_eq!(tree.print(&["a.js", "-o", "out/old.txt"]).status, 0);
        assert_eq!(std::fs::metadata(&old).unwrap().permissions().mode() & 0o777, mode);
    }
    let mut left: Vec<_> =
        std::fs::read_dir(tree.root().join("out")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["new.txt", "old.txt"]);
}

#[test]
fn a_result_goes_where_a_link_or_a_device_leads() {
    let tree = Tree::new("//- a.js\n//- real.txt\nold\n//- link.txt -> real.txt\n//- folder/x\n");
    assert_eq!(tree.print(&["a.js", "-o", "link.txt"]).status, 0);
    assert!(tree.root().join("link.txt").is_symlink());
    assert_eq!(std::fs::read_to_string(tree.root().join("real.txt")).unwrap(), "a.js\n");
    tree.link("folder/new", "../new.txt");
    tree.link("dangling", "folder/new");
    assert_eq!(tree.print(&["a.js", "-o", "dangling"]).status, 0);
    assert!(tree.root().join("dangling").is_symlink() && tree.root().join("folder/new").is_symlink());
    assert_eq!(std::fs::read_to_string(tree.root().join("new.txt")).unwrap(), "a.js\n");
    tree.link("round", "round");
    assert_eq!(tree.print(&["a.js", "-o", "round"]).status, 4);
    assert_eq!(tree.print(&["a.js", "-o", "/dev/stdout"]).files(), ["a.js"]);
    let unnamed = shell(&tree.root(), "exec 3>gone 4<gone; rm gone; $MT print a.js -o /dev/fd/3; cat <&4");
    assert_eq!((unnamed.stdout.as_str(), unnamed.status), ("a.js\n", 0));
    assert_eq!(tree.print(&["a.js", "-o", "/dev/full"]).status, 4);
    assert_eq!(tree.print(&["a.js", "-o", "folder"]).status, 4);
}

#[test]
fn a_bad_entry_is_told_and_the_others_are_traced() {
    let tree = Tree::new("//- a.js\n//- folder/b.js\n");
    for (entry, code) in [("missing.js", "MT3001"), ("folder", "MT3004"), ("a.js/b.js", "MT3001")] {
        let traced = tree.print(&["a.js", entry]);
        assert_eq!((traced.files(), traced.status), (vec!["a.js"], 1), "{}", traced.stderr);
        assert_eq!(traced.stderr.lines().count(), 1, "{}", traced.stderr);
        assert!(traced.stderr.contains(code) && traced.stderr.contains(entry), "{}", traced.stderr);
    }
}

#[test]
fn an_entry_outside_the_root_is_refused() {
    let tree = Tree::new("//- repo/a.js\n//- repo-secret/b.js\n//- repo/link.js -> ../repo-secret/b.js\n");
    for entry in ["repo-secret/b.js", "repo/link.js"] {
        let traced = tree.print(&["repo/a.js", entry, "--base", "repo"]);
        assert_eq!((traced.status, traced.stdout.as_str()), (5, ""), "{}", traced.stderr);
        assert_eq!(traced.stderr.lines().count(), 1, "{}", traced.stderr);
    }
}

#[test]
fn a_root_behind_a_link_is_the_same_root() {
    let tree = Tree::new("//- real/a.js\nrequire('./b')\n//- real/b.js\n//- base -> real\n");
    assert_eq!(tree.print(&["base/a.js", "--base", "base"]).files(), ["a.js", "b.js"]);
    assert_eq!(tree.print(&["real/a.js", "--base", "base"]).files(), ["a.js", "b.js"]);
    for no_folder in ["nowhere", "real/a.js"] {
        let refused = tree.print(&["real/a.js", "--base", no_folder]);
        assert_eq!((refused.status, refused.stdout.as_str()), (4, ""), "{}", refused.stderr);
        assert_eq!(refused.stderr.lines().count(), 1, "{}", refused.stderr);
    }
}

#[test]
fn wrong_words_are_usage_errors() {
    let tree = Tree::new("//- a.js\n");
    for arguments in [
        vec!["print"],
        vec!["print", "a.js", "--unknown"],
        vec!["print", "a.js", "--node", "next"],
        vec!["print", "a.js", "--paths", "x"],
        vec!["print", "a.js", "--ignore", "a[b"],
        vec!["paint", "a.js"],
        vec![],
    ] {
        let traced = run(&tree.root(), &arguments, &[]);
        assert_eq!((traced.status, traced.stdout.as_str()), (2, ""), "{arguments:?}: {}", traced.stderr);
        assert!(!traced.stderr.is_empty());
    }
    assert_eq!(run(&tree.root(), &["--help"], &[]).status, 0);
    assert_eq!(run(&tree.root(), &["--version"], &[]).status, 0);
}

#[test]
fn a_file_that_cannot_be_read_costs_only_itself() {
    // Root may read everything; a folder in a file's place nobody can read.
    let tree = Tree::new("//- a.js\nrequire('./b.js'); require('./c')\n//- c.js\n//- secret.js\n1\n");
    std::fs::create_dir(tree.root().join("b.js")).unwrap();
    let traced = tree.print(&["a.js"]);
    assert_eq!(traced.files(), ["a.js", "c.js"]);
    assert!(traced.stderr.contains("MT2001"), "{}", traced.stderr);
    let secret = tree.root().join("secret.js");
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o0)).unwrap();
    let traced = tree.print(&["c.js", "secret.js"]);
    assert!(traced.files().contains(&"c.js"), "{}", traced.stderr);
}

#[test]
fn a_worker_that_fails_loses_nothing_but_its_file() {
    let tree =
        Tree::new("//- a.js\nrequire('./bad'); require('./c')\n//- bad.js\nrequire('./lost')\n//- lost.js\n//- c.js\n");
    for threads in ["1", "4"] {
        let arguments = ["print", "a.js", "--threads", threads];
        let traced = run(&tree.root(), &arguments, &[("MONOTRACE_FAULT", "panic=bad.js")]);
        assert_eq!((traced.status, traced.files()), (70, vec!["a.js", "bad.js", "c.js"]));
        assert_eq!(traced.stderr.lines().count(), 1, "{}", traced.stderr);
        assert!(traced.stderr.starts_with("bug MT9001 bad.js: "), "{}", traced.stderr);
    }
}

#[test]
fn threads_and_channels_change_nothing() {
    let modules = 400;
    let mut text = String::from("//- a.js\nrequire('./m0'); require('./m1')\n");
    for index in 0..modules {
        text += &format!("//- m{index}.js\n");
        for step in 1..6 {
            text += &format!("require('./m{}'); ", (index * 7 + step) % modules);
        }
        text += "require('./missing');\n";
    }
    let tree = Tree::new(&text);
    let traced = |threads: &str, capacity: &str| {
        let arguments = ["print", "a.js", "--format", "json", "--log-level", "warning", "--threads", threads];
        let traced = run(&tree.root(), &arguments, &[("MONOTRACE_CHANNEL_CAP", capacity)]);
        assert_eq!(traced.status, 0);
        (traced.stdout, traced.stderr)
    };
    let expected = traced("1", "16");
    assert_eq!(expected.1.lines().count(), modules);
    for (threads, capacity) in [("1", "1"), ("2", "1"), ("8", "1"), ("8", "128"), ("3", "2")] {
        assert!(traced(threads, capacity) == expected, "{threads} threads, capacity {capacity}");
    }
}

#[test]
fn no_number_of_jobs_or_workers_is_a_crash() {
    let tree = Tree::new("//- a.js\nrequire('./b')\n//- b.js\n");
    for capacity in ["100000000000", "18446744073709551615"] {
        let traced = run(&tree.root(), &["print", "a.js"], &[("MONOTRACE_CHANNEL_CAP", capacity)]);
        assert_eq!((traced.files(), traced.status), (vec!["a.js", "b.js"], 0), "{}", traced.stderr);
    }
    assert_eq!(tree.print(&["a.js", "--threads", "1000000000"]).status, 2);
    let mut options = TraceOptions::new(tree.root());
    (options.threads, options.channel_capacity) = (NonZeroUsize::MAX, NonZeroUsize::MAX);
    let trace = Tracer::new(options).trace(&[tree.root().join("a.js")]).unwrap();
    assert_eq!(trace.listing.listed().count(), 2);
}

#[test]
fn names_that_would_disturb_a_terminal_are_quoted() {
    let tree = Tree::new("");
    // As paths: a URL drops a line end.
    tree.write("a.js", "require('./n\\nl.js'); require('./\\x1b[31m.mjs'); require('./-rf'); require('./ sp .mjs')");
    for name in ["n\nl.js", "\x1b[31m.mjs", "-rf", " sp .mjs"] {
        tree.write(name, "");
    }
    let traced = tree.print(&["a.js"]);
    assert_eq!(traced.files(), ["\"\\u{1b}[31m.mjs\"", " sp .mjs", "-rf", "a.js", "\"n\\nl.js\""]);
    let json = tree.print(&["a.js", "--format", "json"]).json();
    assert!(json["fileList"].as_array().unwrap().contains(&"n\nl.js".into()));
}

#[test]
fn what_ends_a_run_has_a_code_and_disturbs_no_terminal() {
    let tree = Tree::new("//- r/a.js\n//- b.js\n");
    tree.write("\x1b[31m.js", "");
    for (arguments, status, code) in [
        (["r/a.js", "\x1b[31m.js", "--base", "r"], 5, "MT5001"),
        (["r/a.js", "--log-detail", "--base", "\x1b[31m"], 4, "MT3009"),
        (["r/a.js", "--log-detail", "--ignore", "\x1b[31m"], 2, "MT0003"),
        (["r/a.js", "--log-detail", "--paths", "\x1b[31m"], 2, "MT0004"),
        (["r/a.js", "--log-detail", "-o", "\x1b[31m/x"], 4, "MT6002"),
    ] {
        let ended = tree.print(&arguments);
        assert_eq!((ended.status, ended.stderr.lines().count()), (status, 1), "{}", ended.stderr);
        assert!(ended.stderr.starts_with(&format!("monotrace: {code} ")), "{}", ended.stderr);
        assert!(!ended.stderr.contains('\x1b'), "{:?}", ended.stderr);
    }
    let folder = tree.print(&[".", "--base", "."]);
    assert!(folder.stderr.starts_with("fatal MT3004 .: this is a directory"), "{}", folder.stderr);
}

#[test]
fn what_is_only_resolved_is_looked_into_as_its_name_tells() {
    let tree = Tree::new(
        "//- a.js\nrequire.resolve('./s.css'); require.resolve('./p.js'); require('./t.css'); import('./u.css')\n\
         //- s.css\nrequire('./no')\n//- t.css\nrequire('./run')\n//- u.css\nrequire('./no')\n\
         //- p.js\nrequire('./program')\n//- run.js\n//- program.js\n//- no.js\n",
    );
    assert_eq!(tree.print(&["a.js"]).files(), ["a.js", "p.js", "program.js", "run.js", "s.css", "t.css", "u.css"]);
}
