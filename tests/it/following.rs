//! `docs/following.md`: what its tables say a hole means is what is listed.
//!
//! The first cell of a row is put into a program as it stands, so a row that
//! is not known here fails.

use std::{fs, path::Path};

use crate::support::Tree;

const TREE: &str = "//- app/a.js
//- app/x.js
//- app/dir/one.json
//- app/dir/page-one.md
//- app/dir/sub/page-two.md
//- app/dir/sub/two.json
//- app/dir/sub/style.css
//- app/dir/sub/deep/style.css
//- app/dir/README.md
//- app/dir/x.h
//- app/dir/node_modules/p/three.json
//- app/locale/en.js
//- app/locale/en.json
//- app/locale/flag.png
//- app/locale/.old.js
//- app/locale/sub/fr.json
//- app/locale/pack/index.js
//- app/other.js
//- app/package.json
{\"name\": \"app\", \"dependencies\": {\"@img/sharp-a\": \"1\", \"dates\": \"1\"}, \"imports\": {\"#other\": \"./other.js\"}}
//- app/node_modules/dates/package.json
{\"name\": \"dates\"}
//- app/node_modules/dates/locale/de.js
//- app/node_modules/dates/locale/notes.md
//- app/node_modules/@img/sharp-a/index.js
//- app/node_modules/@img/sharp-b/index.js
";

/// The first cells of the table that begins with this line, without their backquotes.
fn first_cells(page: &str, head: &str) -> Vec<String> {
    let (_, table) = page.split_once(head).unwrap();
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    rows.map(|row| row.split('|').nth(1).unwrap().trim().replace('`', "")).collect()
}

fn page() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/following.md")).unwrap()
}

/// What is listed besides the program and package.json files, below `app`.
fn listed(program: &str, flags: &[&str]) -> (Vec<String>, String) {
    let tree = Tree::new(TREE);
    tree.write("app/a.js", program);
    let run = tree.print(&[&["app/a.js", "--base", ".", "--log-level", "hint"], flags].concat());
    let files = run.files().into_iter().map(|file| file.trim_start_matches("app/").to_owned());
    (files.filter(|file| file != "a.js" && !file.ends_with("package.json")).collect(), run.stderr)
}

#[test]
fn a_path_with_a_hole_means_what_its_row_says() {
    for path in first_cells(&page(), "| path | means |") {
        let expected: &[&str] = match path.as_str() {
            "dir + '/' + name" => &[
                "dir/one.json",
                "dir/page-one.md",
                "dir/sub/deep/style.css",
                "dir/sub/page-two.md",
                "dir/sub/style.css",
                "dir/sub/two.json",
            ],
            "dir + '/' + name + '.json'" => &["dir/one.json", "dir/sub/two.json"],
            "dir + '/page-' + name + '.md'" => &["dir/page-one.md"],
            "dir + '/' + name + '/style.css'" => &["dir/sub/deep/style.css", "dir/sub/style.css"],
            _ => panic!("{path} is not known here"),
        };
        let program = format!(
            "const dir = __dirname + '/dir', name = process.argv[2];\nrequire('fs').readFileSync({path}, 'utf8');\n"
        );
        assert_eq!(listed(&program, &[]).0, expected, "{path}");
    }
}

#[test]
fn a_specifier_with_a_hole_means_what_its_row_says() {
    for specifier in first_cells(&page(), "| specifier | means |") {
        let (expected, code): (&[&str], &str) = match specifier.as_str() {
            "'./locale/' + name" => {
                (&["locale/en.js", "locale/en.json", "locale/pack/index.js", "locale/sub/fr.json"], "")
            }
            "'./locale/' + name + '.json'" => (&["locale/en.json", "locale/sub/fr.json"], ""),
            "'dates/locale/' + name" => (&["node_modules/dates/locale/de.js"], ""),
            "'@img/sharp-' + name" => (&["node_modules/@img/sharp-a/index.js"], ""),
            "'#' + name" => (&["other.js"], ""),
            "name" => (&[], "MT7001"),
            _ if specifier.starts_with("'./' + name") => (&[], "MT7003"),
            _ => panic!("{specifier} is not known here"),
        };
        let expression = specifier.split(" in the ").next().unwrap();
        let program = format!("const name = process.argv[2];\nrequire({expression});\n");
        // The working directory: of a specifier it decides only whether a folder is too much.
        let cwd = if code == "MT7003" { "app" } else { "." };
        let (files, told) = listed(&program, &["--process-cwd", cwd]);
        assert_eq!(files, expected, "{specifier}: {told}");
        assert!(if code.is_empty() { told.is_empty() } else { told.contains(code) }, "{specifier}: {told}");
    }
}

#[test]
fn folders_where_paths_begin_are_not_listed() {
    let read = |path: &str| {
        let program =
            format!("const fs = require('fs'), path = require('path');\nconst name = process.argv[2];\n{path};\n");
        listed(&program, &["--process-cwd", "app/dir/sub"]).0
    };
    assert!(read("fs.readFileSync(path.join(__dirname, name))").is_empty());
    assert!(read("fs.readdirSync(process.cwd())").is_empty());
    assert!(read("fs.readdirSync(path.join(__dirname, '..'))").is_empty());
    assert_eq!(read("fs.readFileSync(path.join(__dirname, name + '.md'))"), ["dir/page-one.md", "dir/sub/page-two.md"]);
    assert_eq!(read("fs.readdirSync(__dirname)").len(), 14);
}

#[test]
fn a_comment_switches_off_one_reference() {
    let page = page();
    let (_, code) = page.split_once("```js\n").unwrap();
    let (code, _) = code.split_once("```").unwrap();
    assert_eq!(code.lines().count(), 3);
    let tree = Tree::new("//- dev-only.js\n//- plugin.mjs\n//- dev.json\n");
    for line in code.lines() {
        tree.write("a.js", format!("const fs = require('fs'), path = require('path');\n{line}\n"));
        assert_eq!(tree.print(&["a.js", "--base", "."]).files(), ["a.js"], "{line}");
        let without = line.replace("/*", "/* no:").replace("-ignore", "").replace("Ignore", "");
        tree.write("a.js", format!("const fs = require('fs'), path = require('path');\n{without}\n"));
        assert_eq!(tree.print(&["a.js", "--base", "."]).files().len(), 2, "{without}");
    }
}
