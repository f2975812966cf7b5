//! The configuration file: where it is found, what it may say, and who wins.

use crate::support::{Run, Tree, run};

/// A workspace of a repository with an app that finds one error and one warning.
fn repository() -> Tree {
    Tree::new(
        "//- .git/HEAD\n//- package.json\n{\"workspaces\":[\"apps/*\"]}\n//- apps/web/package.json\n{\"name\":\"web\"}\n//- apps/web/a.js\nrequire('./b'); try { require('gone') } catch {}\n//- apps/web/b.js\n",
    )
}

fn levels(run: &Run) -> usize {
    run.stderr.lines().filter(|line| line.starts_with("warning MT2001")).count()
}

const SHOWS_WARNINGS: &str = r#"{"logLevel": "warning"}"#;

#[test]
fn it_is_found_above_the_entry_within_the_repository() {
    for place in ["monotrace.json", "apps/monotrace.json", "apps/web/monotrace.jsonc"] {
        let tree = repository();
        tree.write(place, SHOWS_WARNINGS);
        assert_eq!(levels(&tree.print(&["apps/web/a.js"])), 1, "{place}");
        assert_eq!(levels(&tree.print(&["apps/web/a.js", "--no-config"])), 0, "{place}");
        let within = run(&tree.root().join("apps/web"), &["print", "a.js"], &[]);
        assert_eq!(levels(&within), 1, "{place} from the app's own folder");
    }
    let tree = repository();
    tree.write("apps/web/package.json", format!("{{\"name\":\"web\",\"monotrace\":{SHOWS_WARNINGS}}}"));
    assert_eq!(levels(&tree.print(&["apps/web/a.js"])), 1);
    // The nearest alone counts, and a package.json without the word is none.
    tree.write("apps/web/monotrace.json", "{}");
    assert_eq!(levels(&tree.print(&["apps/web/a.js"])), 0);

    let outer = Tree::new(
        "//- monotrace.json\n{\"logLevel\":\"warning\"}\n//- r/.git/HEAD\n//- r/a.js\ntry { require('x') } catch {}\n",
    );
    assert_eq!(levels(&outer.print(&["r/a.js"])), 0, "what is above the repository is not looked at");
    assert_eq!(levels(&outer.print(&["r/a.js", "--config", "monotrace.json"])), 1);
}

#[test]
fn what_is_typed_wins() {
    let tree = repository();
    tree.write("monotrace.json", r#"{"logLevel": "warning", "ignore": ["**/b.js"], "deny": "warning"}"#);
    let configured = tree.print(&["apps/web/a.js"]);
    assert_eq!((configured.status, levels(&configured)), (1, 1));
    assert!(!configured.stdout.contains("b.js"));
    let typed = tree.print(&["apps/web/a.js", "--deny", "fatal", "--log-level", "error", "--ignore", "nothing"]);
    assert_eq!((typed.status, typed.stderr.as_str()), (0, ""));
    assert!(typed.stdout.contains("apps/web/b.js"));
}

#[test]
fn options_have_the_names_of_flags_and_of_others() {
    for (option, flag) in [
        (r#""analysis": false"#, "--no-analysis"),
        (r#""noAnalysis": true"#, "--no-analysis"),
        (r#""emitGlobs": true"#, "--threads=1"),
        (r#""node": 20"#, "--node=20"),
        (r#""node": "20.19.1", "threads": 2"#, "--node=20.19.1"),
        (r#""env": {"NODE_ENV": "production"}"#, "--env=NODE_ENV=production"),
        (r#""env": ["NODE_ENV=production"]"#, "--env=NODE_ENV=production"),
        (r#""conditions": ["edge", "x"]"#, "--conditions=edge,x"),
        (r#""contextDirectory": "apps""#, "--base=apps"),
        (r#""base": "apps""#, "--base=apps"),
        (r#""outputFileTracingRoot": "./apps""#, "--base=apps"),
        (r#""memoryLimit": 512, "logDetail": true, "logAll": true, "processCwd": "apps""#, "--process-cwd=apps"),
        (r#""showAll": false, "$schema": "./x.json""#, "--color=never"),
    ] {
        let tree = repository();
        tree.write(
            "apps/web/a.js",
            "require('p'); if (process.env.NODE_ENV !== 'production') require('./b'); require('./' + 'c')",
        );
        tree.write("apps/web/c.js", "");
        tree.write(
            "apps/node_modules/p/package.json",
            r#"{"exports":{"edge":"./e.js","module-sync":"./m.js","default":"./d.js"}}"#,
        );
        for file in ["e", "m", "d"] {
            tree.write(&format!("apps/node_modules/p/{file}.js"), "");
        }
        let typed = tree.print(&["apps/web/a.js", flag]);
        tree.write("monotrace.jsonc", format!("\u{feff}// a comment\n{{ {option}, }}\n"));
        let configured = tree.print(&["apps/web/a.js"]);
        assert_eq!(
            (configured.status, configured.stdout.as_str()),
            (typed.status, typed.stdout.as_str()),
            "{option}: {}",
            configured.stderr
        );
        assert_eq!(configured.status, 0, "{option}: {}", configured.stderr);
    }
}

#[test]
fn its_paths_are_relative_to_its_folder() {
    let tree = repository();
    tree.write("apps/monotrace.json", r#"{"contextDirectory": ".", "reporter": "json", "reportFile": "report.json"}"#);
    let traced = run(&tree.root().join("apps/web"), &["print", "a.js"], &[]);
    assert_eq!((traced.status, traced.files()[0]), (0, "web/a.js"), "{}", traced.stderr);
    assert!(tree.root().join("apps/report.json").exists());
}

#[test]
fn what_is_wrong_is_told_in_one_line_with_its_place() {
    for (text, place, why) in [
        (r#"{"nod": 22}"#, "1:2", r#"there is no option "nod"; is "node" meant?"#),
        (
            "{\n  \"logAll\": true,\n  \"logLvel\": \"error\"\n}",
            "3:3",
            r#"there is no option "logLvel"; is "logLevel" meant?"#,
        ),
        (r#"{"LogLevel": "error"}"#, "1:2", r#"is "logLevel" meant?"#),
        (r#"{"logLevel": "loud"}"#, "1:2", r#""logLevel": invalid value 'loud' for '--log-level <LEVEL>'"#),
        (r#"{"logAll": "yes"}"#, "1:2", r#""logAll": expected true or false"#),
        (r#"{"memoryLimit": "512"}"#, "1:2", r#""memoryLimit": expected a number"#),
        (r#"{"memoryLimit": -5}"#, "1:2", r#""memoryLimit": invalid value '-5'"#),
        (r#"{"node": ["22"]}"#, "1:2", r#""node": expected a string"#),
        (r#"{"node": null}"#, "1:2", r#""node": expected a string"#),
        (r#"{"ignore": [["a"]]}"#, "1:2", r#""ignore": expected a string or an array of strings"#),
        (r#"{"base": ".", "contextDirectory": "."}"#, "1:15", r#""contextDirectory" is there twice"#),
        ("{\n\"node\": 22,,}", "2:12", ""),
        ("{", "1:1", ""),
        ("", "1:1", "expected an object of options"),
        ("[]", "1:1", "expected an object of options"),
        ("{\"config\": \"x\"}", "1:2", "there is no option \"config\""),
    ] {
        let tree = repository();
        tree.write("monotrace.json", text);
        let refused = tree.print(&["apps/web/a.js"]);
        assert_eq!(
            (refused.status, refused.stdout.as_str(), refused.stderr.lines().count()),
            (2, "", 1),
            "{text}: {}",
            refused.stderr
        );
        let start = format!("monotrace: MT0010 {}:{place}: ", tree.root().join("monotrace.json").display());
        assert!(refused.stderr.starts_with(&start) && refused.stderr.contains(why), "{text}: {}", refused.stderr);
    }
    let tree = repository();
    let refused = tree.print(&["apps/web/a.js", "--config", "no.json"]);
    assert_eq!((refused.status, refused.stderr.lines().count()), (2, 1), "{}", refused.stderr);
    tree.write("deep.json", "[".repeat(100_000));
    assert_eq!(tree.print(&["apps/web/a.js", "--config", "deep.json"]).status, 2);
    // Broken, but nobody's configuration: the trace says what it means.
    tree.write("apps/web/package.json", "{\"monotrace\": ");
    assert_eq!(tree.print(&["apps/web/a.js"]).status, 0);
}

#[test]
fn the_options_in_force_are_printed_with_who_decided() {
    let tree = repository();
    tree.write(
        "monotrace.jsonc",
        "{\n  // why\n  \"logLevel\": \"warning\",\n  \"ignore\": [\"a\", \"b\"],\n  \"node\": 20\n}",
    );
    let printed = tree.print(&["apps/web/a.js", "--print-config", "--node", "24", "--reporter", "text"]);
    assert_eq!((printed.status, printed.stderr.as_str()), (0, ""));
    let file = tree.root().join("monotrace.jsonc").display().to_string();
    let line = |name: &str| {
        printed.stdout.lines().find(|line| line.contains(&format!("\"{name}\""))).unwrap_or_default().trim().to_owned()
    };
    assert_eq!(printed.stdout.lines().next(), Some(format!("// {file}").as_str()));
    assert_eq!(line("logLevel"), format!("\"logLevel\": \"warning\", // {file}:3:3"));
    assert_eq!(line("ignore"), format!("\"ignore\": [\"a\",\"b\"], // {file}:4:3"));
    assert_eq!(line("node"), "\"node\": \"24\", // --node");
    assert_eq!(line("deny"), "\"deny\": \"fatal\", // default");
    // What is printed is a configuration.
    tree.write("printed.jsonc", &printed.stdout);
    assert_eq!(tree.print(&["apps/web/a.js", "--config", "printed.jsonc"]).status, 0);
}

/// Each option of the file that is printed, as it stands there or in a comment.
fn options_of(printed: &str) -> Vec<&str> {
    let lines = printed.lines().filter_map(|line| line.trim_start().trim_start_matches("// ").strip_prefix('"'));
    lines.filter_map(|line| Some(line.split_once("\": ")?.0)).collect()
}

#[test]
fn every_option_is_printed_and_what_it_is_worked_out_to() {
    let tree = repository();
    for command in ["print", "annotate", "build", "size", "why"] {
        let file: &[&str] = if command == "why" { &["b"] } else { &[] };
        let output: &[&str] = if command == "build" { &["-o", "out"] } else { &[] };
        let printed =
            run(&tree.root(), &[&[command][..], file, &["apps/web/a.js", "--print-config"], output].concat(), &[]);
        assert_eq!((printed.status, printed.stderr.as_str()), (0, ""), "{command}");
        let options = options_of(&printed.stdout);
        let help = run(&tree.root(), &[command, "--help"], &[]).stdout;
        let flags = help.lines().filter_map(|line| {
            let line = line.trim_start().trim_start_matches("-o, ").trim_start_matches("-q, ");
            line.strip_prefix("--")?.split([' ', '[']).next()
        });
        for flag in flags {
            let words: Vec<&str> = flag.split('-').collect();
            let is_elsewhere = ["config", "no-config", "print-config", "output", "dry-run", "clean", "help", "version"];
            if is_elsewhere.contains(&flag) || flag.ends_with("-for") {
                continue;
            }
            let mut name = words[0].to_owned();
            for word in &words[1..] {
                name += &word[..1].to_uppercase();
                name += &word[1..];
            }
            assert!(options.contains(&name.as_str()), "{command} --{flag}: {}", printed.stdout);
        }
        // It is a configuration, and says the same again.
        tree.write("again.jsonc", &printed.stdout);
        let again = run(
            &tree.root(),
            &[&[command][..], file, &["apps/web/a.js", "--print-config", "--config", "again.jsonc"], output].concat(),
            &[],
        );
        assert_eq!((again.status, again.stderr.as_str()), (0, ""), "{command}");
        let values = |text: &str| -> Vec<String> {
            let lines = text.lines().skip(1).map(|line| line.rsplit_once(" //").map_or(line, |(value, _)| value));
            lines.map(|line| line.trim_end().to_owned()).collect()
        };
        assert_eq!(values(&again.stdout), values(&printed.stdout), "{command}");
    }
}

#[test]
fn what_is_worked_out_says_how() {
    let tree = repository();
    let printed = tree.print(&["apps/web/a.js", "--print-config", "--include", "x", "--include-for", "a", "y"]).stdout;
    let line = |name: &str| {
        printed.lines().find(|line| line.contains(&format!("\"{name}\""))).unwrap_or_default().trim().to_owned()
    };
    let root = tree.root();
    let root = root.display();
    assert!(
        line("contextDirectory").starts_with(&format!("\"contextDirectory\": \"{root}\", // default: the ")),
        "{printed}"
    );
    assert_eq!(line("processCwd"), format!("\"processCwd\": \"{root}\", // default: the current directory"));
    assert!(line("target").ends_with("// default: this machine"), "{printed}");
    assert!(line("threads").contains("// default: the cores"), "{printed}");
    assert!(line("memoryLimit").contains("// default: "), "{printed}");
    assert_eq!(line("depth"), "// \"depth\": any number of references // default");
    assert_eq!(line("include"), "\"include\": {\"**\": [\"x\"], \"a\": [\"y\"]}, // --include");
    assert_eq!(line("conditions"), "\"conditions\": [], // default: none");
}
