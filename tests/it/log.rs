//! The log: its form, what it hides and says that it hides, and its forms for machines.

use std::{ffi::OsStr, os::unix::ffi::OsStrExt};

use expect_test::{Expect, expect};

use crate::support::{Run, Tree, shell};

/// Runs with findings in the form for people, without the closing lines, whose numbers vary.
fn text(tree: &Tree, arguments: &[&str]) -> String {
    let run = tree.print(&[&["--reporter", "text", "--base", "."], arguments].concat());
    run.stderr.lines().filter(|line| !line.starts_with("monotrace: ")).map(|line| format!("{line}\n")).collect()
}

#[track_caller]
fn check(tree: &Tree, arguments: &[&str], expected: &Expect) {
    expected.assert_eq(&text(tree, arguments));
}

#[test]
fn a_finding_stands_below_its_level_category_and_file_with_its_code() {
    let tree = Tree::new(
        "//- apps/web/server.js\nconst a = require('./a');\nrequire('missing-pkg');\nrequire('./locale/' + a);\n//- apps/web/a.js\n",
    );
    check(
        &tree,
        &["apps/web/server.js"],
        &expect![[r#"
            error - [resolve]
              apps/web/server.js
                apps/web/server.js:2:9  MT2001  cannot resolve require() of "missing-pkg" (MODULE_NOT_FOUND)

                    1 | const a = require('./a');
                    2 | require('missing-pkg');
                      | ^^^^^^^^^^^^^^^^^^^^^^
                    3 | require('./locale/' + a);

        "#]],
    );
}

/// Three files and one more, each with five missing packages, and one in node_modules.
fn many() -> Tree {
    let tree = Tree::new("//- a.js\n//- node_modules/p/index.js\nrequire('gone')\n");
    let require = |names: &[&str]| names.iter().map(|name| format!("require('{name}')\n")).collect::<String>();
    tree.write("a.js", require(&["./b", "./c", "./d", "p", "x1", "x2", "x3", "x4", "x5"]));
    for file in ["b.js", "c.js", "d.js"] {
        tree.write(file, require(&["y1", "y2", "y3", "y4"]));
    }
    tree
}

#[test]
fn three_of_each_are_shown_and_what_is_hidden_is_told() {
    let tree = many();
    let shown = text(&tree, &["a.js"]);
    let outline: Vec<_> = shown.lines().filter(|line| !line.contains(" | ") && !line.is_empty()).collect();
    let expected = "error - [resolve]\n  a.js\n    a.js:5:9\n    a.js:6:9\n    a.js:7:9\n    … 2 more findings hidden; --log-all shows them\n  b.js\n    b.js:1:9\n    b.js:2:9\n    b.js:3:9\n    … 1 more finding hidden; --log-all shows it\n  c.js\n    c.js:1:9\n    c.js:2:9\n    c.js:3:9\n    … 1 more finding hidden; --log-all shows it\n  … 1 more path hidden; --log-all shows it\nerror - … 1 finding in node_modules hidden; --log-all shows it";
    let outline: Vec<_> = outline.iter().map(|line| line.split("  MT").next().unwrap()).collect();
    assert_eq!(outline.join("\n"), expected);

    for flag in ["--log-all", "--show-all"] {
        let all = text(&tree, &["a.js", flag]);
        assert_eq!(all.matches("  MT2001  ").count(), 18, "{all}");
        assert!(!all.contains("hidden") && all.contains("node_modules/p/index.js:1:9"), "{all}");
    }
    // What fails the run is shown wherever it is.
    let denied = tree.print(&["--reporter", "text", "a.js", "--base", ".", "--deny", "error"]);
    assert_eq!(denied.status, 1);
    assert!(denied.stderr.contains("  … 2 more paths hidden; --log-all shows them"), "{}", denied.stderr);
}

#[test]
fn no_more_than_three_categories_of_a_level_are_shown() {
    let tree = Tree::new("//- broken.js\n'without end\n//- d/a.txt\n");
    tree.write(
        "a.js",
        "require('./broken'); try { require('gone') } catch {}\nrequire(z);\nrequire('fs').readdirSync(__dirname + '/d')",
    );
    std::fs::write(tree.root().join("d").join(OsStr::from_bytes(b"\xff")), "").unwrap();
    let shown = text(&tree, &["a.js", "--log-level", "warning"]);
    let heads: Vec<_> = shown.lines().filter(|line| line.starts_with("warning")).collect();
    let hidden = "warning - … 1 more category hidden (analysis: 1); --log-all shows it";
    assert_eq!(heads, ["warning - [text]", "warning - [resolve]", "warning - [fs]", hidden], "{shown}");
    let told = tree.print(&["--reporter", "text", "a.js"]).stderr;
    assert!(told.ends_with("monotrace: hidden: 4 warnings; shown with --log-level warning\n"), "{told}");
}

#[test]
fn a_frame_shows_nothing_that_a_terminal_would_obey() {
    let tree = Tree::new("");
    tree.write("a.js", b"/*\x1b]0;title\x07\xff*/\trequire('gone')\r\n\r\n");
    check(
        &tree,
        &["a.js"],
        &expect![[r#"
            error - [resolve]
              a.js
                a.js:1:25  MT2001  cannot resolve require() of "gone" (MODULE_NOT_FOUND)

                    1 | /*�]0;title��*/ require('gone')
                      |                 ^^^^^^^^^^^^^^^
                    2 |

        "#]],
    );
    tree.write("a.js", format!("{}require('gone'){}", "x;".repeat(50_000), ";y".repeat(50_000)));
    let shown = text(&tree, &["a.js"]);
    assert!(shown.lines().skip(3).all(|line| line.chars().count() <= 80), "{shown}");
    assert!(shown.contains("require('gone')"), "{shown}");
}

#[test]
fn quiet_tells_only_what_fails_the_run() {
    let tree = Tree::new("//- a.js\nrequire('gone')\n");
    let quiet = |arguments: &[&str]| {
        let run = tree.print(&[&["--reporter", "text", "a.js", "--base", ".", "--quiet"], arguments].concat());
        (run.status, run.stderr.lines().next().unwrap_or_default().to_owned(), run.stdout)
    };
    let listed = "a.js\n".to_owned();
    assert_eq!(quiet(&[]), (0, String::new(), listed.clone()));
    assert_eq!(quiet(&["--log-level", "info"]), (0, String::new(), listed.clone()));
    assert_eq!(quiet(&["--deny", "error"]), (1, "error - [resolve]".to_owned(), listed.clone()));
    assert_eq!(quiet(&["missing.js"]), (1, "fatal - [fs]".to_owned(), listed));
}

#[test]
fn the_closing_line_tells_what_was_done() {
    let tree = Tree::new(
        "//- a.js\nrequire('p'); try { require('gone') } catch {}\n//- node_modules/p/index.js\n//- node_modules/p/package.json\n{}\n",
    );
    let run = tree.print(&["--reporter", "text", "a.js", "--base", "."]);
    let lines: Vec<_> = run.stderr.lines().collect();
    assert_eq!(lines.len(), 2, "{}", run.stderr);
    assert!(lines[0].starts_with("monotrace: 3 files, 50 B, 1 package in "), "{}", lines[0]);
    assert!(lines[0].contains(" s; memory ") && lines[0].ends_with(" MB"), "{}", lines[0]);
    assert_eq!(lines[1], "monotrace: hidden: 1 warning; shown with --log-level warning");
    assert_eq!(run.stdout.lines().count(), 3, "stdout is the result and nothing else");
    let failed = tree.print(&["--reporter", "text", "a.js", "-o", "no/folder"]);
    assert!(failed.status == 4 && !failed.stderr.contains("files"), "{}", failed.stderr);
    for machine in ["line", "json", "github", "sarif"] {
        let stderr = tree.print(&["--reporter", machine, "a.js"]).stderr;
        assert!(!stderr.contains("monotrace: "), "{machine}: {stderr}");
    }
}

#[test]
fn every_level_of_the_ladder_is_taken() {
    let tree = Tree::new("//- a.js\n");
    for level in ["bug", "fatal", "error", "warning", "hint", "note", "suggestion", "suggestions", "info"] {
        assert_eq!(tree.print(&["a.js", "--log-level", level]).status, 0, "{level}");
    }
}

#[test]
fn json_has_all_findings_of_the_levels_and_numbers_of_all() {
    let tree = many();
    let run = tree.print(&["--reporter", "json", "--base", ".", "a.js"]);
    let report: serde_json::Value = serde_json::from_str(&run.stderr).unwrap();
    assert_eq!((&report["version"], &report["counts"]["error"]), (&1.into(), &18.into()));
    let findings = report["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 18);
    assert_eq!((&findings[0]["code"], &findings[0]["category"]), (&"MT2001".into(), &"resolve".into()));
    assert_eq!((&findings[0]["file"], &findings[0]["line"]), (&"a.js".into(), &5.into()));
    assert!(findings[0]["steps"].as_array().is_some_and(|steps| !steps.is_empty()));
    let none = tree.print(&["--reporter", "json", "--log-level", "fatal", "a.js"]).stderr;
    let none: serde_json::Value = serde_json::from_str(&none).unwrap();
    assert_eq!((&none["findings"], &none["counts"]["error"]), (&serde_json::json!([]), &18.into()));
}

#[test]
fn sarif_is_valid_and_names_files_as_uris() {
    let tree = many();
    tree.write("we ird:é#/x%.js", "require('z\u{1b}');\n\nrequire(z)");
    let files = ["a.js", "we ird:é#/x%.js", "gone.js"];
    let arguments = ["--reporter", "sarif", "--base", ".", "--log-level", "info"];
    let run = tree.print(&[&arguments[..], &files].concat());
    let report: serde_json::Value = serde_json::from_str(&run.stderr).unwrap();
    let schema: serde_json::Value = serde_json::from_str(include_str!("../sarif-2.1.0.json")).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let wrong: Vec<_> = schema.iter_errors(&report).map(|error| error.to_string()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let mut broken = report.clone();
    broken["runs"][0]["results"][0]["level"] = "fatal".into();
    assert!(!schema.is_valid(&broken), "the schema says something");

    let results = report["runs"][0]["results"].as_array().unwrap();
    let rules = report["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    let place = |result: &serde_json::Value| result["locations"][0]["physicalLocation"].clone();
    for result in results {
        let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
        assert_eq!(rule["id"], result["ruleId"]);
        assert!(rule["help"]["text"].as_str().unwrap().len() > 20 && rule.get("helpUri").is_none());
        assert_eq!(place(result)["artifactLocation"]["uriBaseId"], "%SRCROOT%");
    }
    let odd =
        results.iter().map(place).find(|place| place["artifactLocation"]["uri"] == "we%20ird%3A%C3%A9%23/x%25.js");
    assert_eq!(odd.unwrap()["region"], serde_json::json!({"startLine": 1, "startColumn": 9}));
    assert_eq!((results.len(), &results.last().unwrap()["level"]), (21, &"warning".into()));
    assert!(!run.stderr.contains(tree.root().to_str().unwrap()), "where the tree lies is in no report");
}

#[test]
fn github_gets_a_command_a_finding_that_no_name_can_break_out_of() {
    let tree = Tree::new("");
    tree.write("a,b:c%d.js", "require('50%\\n::error::x')");
    let line = "::error file=a%2Cb%3Ac%25d.js,line=1,col=9,title=MT2001 [resolve]::cannot resolve require() of \"50%25\\n::error::x\" (MODULE_NOT_FOUND)\n";
    assert_eq!(tree.print(&["--reporter", "github", "--base", ".", "a,b:c%d.js"]).stderr, line);
    tree.write("a\nb.js", "require('x')");
    let told = tree.print(&["--reporter", "github", "--base", ".", "a\nb.js"]).stderr;
    assert!(told.starts_with("::error file=a%0Ab.js,line=1") && told.lines().count() == 1, "{told}");
    // Annotations are relative to what was checked out, whatever was traced.
    tree.write("app/a.js", "require('x')");
    let script = "GITHUB_WORKSPACE=$PWD $MT  print --reporter github --base app app/a.js --log-detail";
    let told = shell(&tree.root(), script).stderr;
    assert!(told.starts_with("::error file=app/a.js,line=1,col=9,"), "{told}");
    assert!(told.lines().count() == 1 && told.contains("%0A"), "the steps are on the same line: {told}");
}

#[test]
fn a_report_file_appears_whole_or_not_at_all() {
    let tree = Tree::new("//- a.js\nrequire('gone')\n//- old.json\nold\n");
    let report = |arguments: &[&str]| -> Run { tree.print(&[&["a.js", "--reporter", "json"], arguments].concat()) };
    let run = report(&["--report-file", "old.json", "--color", "always"]);
    assert_eq!(run.status, 0);
    assert!(run.stderr.contains(" - [resolve]"), "stderr has the form for people: {}", run.stderr);
    let written = std::fs::read_to_string(tree.root().join("old.json")).unwrap();
    assert!(serde_json::from_str::<serde_json::Value>(&written).is_ok() && !written.contains('\x1b'), "{written}");
    let run = report(&["--report-file", "no/folder.json"]);
    assert_eq!(run.status, 4);
    assert!(run.stderr.lines().last().unwrap().starts_with("monotrace: MT6002 "), "{}", run.stderr);
}

#[test]
fn the_log_is_the_same_with_any_number_of_threads_and_any_spilling() {
    let tree = many();
    let told = |environment: &[(&str, &str)], threads| {
        ["text", "line", "json", "github", "sarif"].map(|reporter| {
            let arguments = ["print", "--reporter", reporter, "--log-all", "--base", ".", "a.js", "--threads", threads];
            let stderr = crate::support::run(&tree.root(), &arguments, environment).stderr;
            stderr.lines().filter(|line| !line.starts_with("monotrace: ")).collect::<Vec<_>>().join("\n")
        })
    };
    let one = told(&[], "1");
    assert_eq!(told(&[], "8"), one);
    assert_eq!(told(&[("MONOTRACE_FAULT", "spill_batch=1")], "8"), one);
}

#[test]
fn colours_go_to_nobody_who_did_not_ask() {
    let tree = Tree::new("//- a.js\nrequire('gone')\n");
    let color = |environment: &[(&str, &str)], arguments: &[&str]| {
        let arguments = [&["print", "--reporter", "text", "a.js"], arguments].concat();
        crate::support::run(&tree.root(), &arguments, environment).stderr.contains('\x1b')
    };
    assert!(!color(&[], &[]));
    assert!(color(&[], &["--color", "always"]) && color(&[("FORCE_COLOR", "1")], &[]));
    assert!(!color(&[("FORCE_COLOR", "1")], &["--color", "never"]));
    assert!(!color(&[("FORCE_COLOR", "1"), ("NO_COLOR", "1")], &[]));
}
