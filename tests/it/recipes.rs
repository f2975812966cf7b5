//! Recipes: every built-in one on a tree of its own, and what users write.
//!
//! `recipes.txt` has a case for each row of the table: a package as it is
//! installed, its files empty, so that nothing but the recipe can list them.
//! That the real packages are so is not held here.

use std::{collections::BTreeSet, fs, path::Path};

use monotrace::{Recipe, parse_recipes};

use crate::support::Tree;

/// What names a row: the package, its versions, and its first file.
fn row(recipe: &Recipe) -> String {
    format!("{} {} {}", recipe.package, recipe.versions, recipe.files[0])
}

fn table() -> Vec<Recipe> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/recipe/table.toml")).unwrap();
    parse_recipes(&text).unwrap_or_else(|error| panic!("{error}"))
}

/// A case: `=== ROW [| FLAGS]`, then a tree whose first file is the one that has
/// the recipe. A file's line is `//- PATH`, or `//- no PATH` if it is not needed.
struct Case {
    row: String,
    flags: Vec<String>,
    tree: Tree,
    entry: String,
    needed: BTreeSet<String>,
}

fn cases() -> Vec<Case> {
    include_str!("recipes.txt").split("\n=== ").skip(1).map(case).collect()
}

fn case(text: &str) -> Case {
    let (head, body) = text.split_once('\n').unwrap();
    let (row, flags) = head.split_once(" | ").unwrap_or((head, ""));
    let mut needed = BTreeSet::new();
    let mut files = Vec::new();
    for line in body.lines() {
        if let Some(path) = line.strip_prefix("//- ").filter(|path| !path.starts_with("no ")) {
            let path = path.split(" -> ").next().unwrap();
            needed.insert(path.to_owned());
            files.push(path.to_owned());
        }
    }
    Case {
        row: row.to_owned(),
        flags: flags.split_whitespace().map(str::to_owned).collect(),
        tree: Tree::new(&body.replace("//- no ", "//- ")),
        entry: files.remove(0),
        needed,
    }
}

#[test]
fn every_row_has_a_case() {
    let rows: BTreeSet<String> = table().iter().map(row).collect();
    let tested: BTreeSet<String> = cases().into_iter().map(|case| case.row).collect();
    assert_eq!(rows.len(), table().len(), "two rows have one name");
    assert_eq!(rows.difference(&tested).collect::<Vec<_>>(), Vec::<&String>::new(), "rows without a case");
    assert_eq!(tested.difference(&rows).collect::<Vec<_>>(), Vec::<&String>::new(), "cases without a row");
}

#[test]
fn each_recipe_adds_what_it_should_and_nothing_else() {
    let mut wrong = Vec::new();
    for case in cases() {
        let arguments: Vec<&str> = case.flags.iter().map(String::as_str).chain([case.entry.as_str()]).collect();
        let traced = case.tree.print(&[&["--context-directory", "."], arguments.as_slice()].concat());
        let listed: BTreeSet<String> = traced.files().into_iter().map(str::to_owned).collect();
        if listed != case.needed || !traced.stderr.is_empty() {
            let differs: Vec<_> = listed.symmetric_difference(&case.needed).collect();
            wrong.push(format!("{} {:?}: {differs:?} {}", case.row, case.flags, traced.stderr));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_file_that_has_a_recipe_brings_the_same() {
    // A recipe's files are one program in several shapes: none may be a slip of the pen.
    for recipe in table() {
        for file in &recipe.files {
            assert!(!file.starts_with("./") && !file.contains('*'), "{} {file}", recipe.package);
        }
        assert!(recipe.why.len() > 20 && recipe.why.ends_with('.'), "{} says why in a sentence", recipe.package);
    }
    let packages: Vec<String> = table().into_iter().map(|recipe| recipe.package).collect();
    assert!(packages.is_sorted(), "{packages:?}");
}

const RECIPE: &str = "//- mine.toml
[[recipe]]
package = 'p'
versions = '>=2'
files = 'lib/*.js'
why = 'a test'
assets = ['data/**', 'npm:q/x.bin']
dependencies = ['./more/*.js', 'q', 'gone']
ignore = ['./wrong']
";

#[test]
fn users_add_their_own() {
    let tree = |version: &str, name: &str| {
        Tree::new(&format!(
            "{RECIPE}//- main.js\nrequire('p/lib/a')\n\
             //- node_modules/p/package.json\n{{\"name\":\"{name}\",\"version\":\"{version}\"}}\n\
             //- node_modules/p/lib/a.js\nrequire('./wrong')\n//- node_modules/p/lib/wrong.js\n\
             //- node_modules/p/data/x/y.bin\n//- node_modules/p/data/node_modules/z.bin\n\
             //- node_modules/p/data/link -> ../more\n//- node_modules/p/data/file -> x/y.bin\n\
             //- node_modules/p/more/b.js\nrequire('./c')\n//- node_modules/p/more/sub/d.js\n//- node_modules/p/more/c.js\n\
             //- node_modules/q/index.js\nrequire('./e')\n//- node_modules/q/package.json\n{{}}\n//- node_modules/q/e.js\n\
             //- node_modules/q/x.bin\nrequire('./no')\n"
        ))
    };
    let base = ["main.js", "node_modules/p/lib/a.js", "node_modules/p/lib/wrong.js", "node_modules/p/package.json"];
    let own = ["--recipes", "mine.toml", "main.js"];
    assert_eq!(tree("2.0.0", "p").print(&["main.js"]).files(), base, "nobody asked");
    assert_eq!(tree("1.0.0", "p").print(&own).files(), base, "another version");
    assert_eq!(tree("2.0.0", "r").print(&own).files(), base, "its name in package.json counts");
    let traced = tree("2.0.0", "p").print(&[&own[..], &["--format", "json"]].concat()).json();
    let listed: Vec<_> = traced["fileList"].as_array().unwrap().iter().map(|file| file.as_str().unwrap()).collect();
    assert_eq!(
        listed,
        [
            "main.js",
            "node_modules/p/data/file",
            "node_modules/p/data/x/y.bin",
            "node_modules/p/lib/a.js",
            "node_modules/p/more/b.js",
            "node_modules/p/more/c.js",
            "node_modules/p/package.json",
            "node_modules/q/e.js",
            "node_modules/q/index.js",
            "node_modules/q/package.json",
            "node_modules/q/x.bin"
        ]
    );
    let reason = |file: &str| traced["reasons"][file]["type"].clone();
    assert_eq!(reason("node_modules/p/data/x/y.bin"), serde_json::json!(["asset"]));
    assert_eq!(reason("node_modules/p/more/b.js"), serde_json::json!(["dependency"]));
    assert_eq!(traced["reasons"]["node_modules/q/x.bin"]["parents"], serde_json::json!(["node_modules/p/lib/a.js"]));
}

#[test]
fn a_linked_package_is_known_by_its_name() {
    let tree = Tree::new(
        "//- mine.toml\n[[recipe]]\npackage='@s/p'\nfiles='lib/a.js'\nwhy='a test'\nassets='data/*'\n\
         //- main.js\nrequire('@s/p/lib/a')\n//- node_modules/@s/p -> ../../packages/p\n\
         //- packages/p/package.json\n{\"name\":\"@s/p\"}\n//- packages/p/lib/package.json\n{\"type\":\"commonjs\"}\n\
         //- packages/p/lib/a.js\n//- packages/p/data/x\n",
    );
    let listed = tree.print(&["--recipes", "mine.toml", "main.js"]);
    assert!(listed.files().contains(&"packages/p/data/x"), "{}", listed.stdout);
}

#[test]
fn a_recipe_does_not_lead_out_of_the_root() {
    let tree = Tree::new(&format!(
        "{RECIPE}//- in/main.js\nrequire('./node_modules/p/lib/a')\n//- in/node_modules/p/lib/a.js\n\
         //- in/node_modules/p/data/out -> ../../../../secret\n//- secret\n//- node_modules/q/x.bin\n//- node_modules/q/package.json\n{{}}\n",
    ));
    let traced = tree.print(&["--recipes", "mine.toml", "--context-directory", "in", "in/main.js"]);
    assert_eq!(traced.files(), ["main.js", "node_modules/p/lib/a.js"], "{}", traced.stderr);
}

#[test]
fn a_recipe_file_that_cannot_be_used_is_refused() {
    let tree = Tree::new("//- main.js\n//- bad.toml\n# one\n[[recipe]]\npackage = 'p'\nfile = 'x'\n//- folder/x\n");
    for (file, words) in [
        ("bad.toml", "MT0007 bad.toml:4:1: unknown field `file`"),
        ("gone.toml", "MT0007 gone.toml: No such file"),
        ("folder", "MT0007 folder: this is no regular file"),
    ] {
        let refused = tree.print(&["--recipes", file, "main.js"]);
        assert_eq!((refused.status, refused.stdout.as_str()), (2, ""));
        assert!(refused.stderr.contains(words), "{}", refused.stderr);
    }
}

#[test]
fn a_recipe_without_end_is_cut_short_and_told() {
    let tree = Tree::new(&format!("{RECIPE}//- node_modules/p/lib/a.js\n"));
    let many = tree.root().join("node_modules/p/data");
    fs::create_dir_all(&many).unwrap();
    for number in 0..20_001 {
        fs::write(many.join(number.to_string()), "").unwrap();
    }
    let traced = tree.print(&["--recipes", "mine.toml", "--log-level", "warning", "node_modules/p/lib/a.js"]);
    assert!(traced.stderr.contains("MT7101"), "{}", traced.stderr);
    assert_eq!(traced.status, 0);
}

#[test]
fn the_document_is_true() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/recipes.md")).unwrap();
    for recipe in table() {
        assert!(text.contains(&format!("| {} |", recipe.package)), "{} is not in the list", recipe.package);
    }
    let example = text.split("```toml").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    assert_eq!(parse_recipes(example).unwrap_or_else(|error| panic!("{error}")).len(), 3);
}
