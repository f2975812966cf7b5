//! Specifiers with holes, and programs that are started: what the loader would take.

use monotrace::{
    Analysis, HOLE, Level, Place, Reference,
    ReferenceKind::{DynamicImport, Folder, ImportMetaResolve, Path as Named, Program, Require, RequireResolve},
    TraceOptions, Tracer,
};

use crate::{
    asking::{Asking, NOTHING, all_files, ask},
    support::Tree,
};

#[test]
fn a_program_is_found_as_on_the_command_line() {
    let tree = Tree::new(
        "//- a.js\n//- w/worker.js\n//- w/tool/package.json\n{\"main\":\"m\"}\n//- w/tool/m.js\n//- w/run.sh\n//- l -> w\n",
    );
    let program = |text| ask(&tree, "a.js", Program, text);
    assert_eq!(program("/w/worker"), ["w/worker.js"]);
    assert_eq!(program("/w/tool"), ["+w/tool/package.json", "w/tool/m.js"]);
    assert_eq!(program("/l/run.sh"), ["+l", "w/run.sh"]);
    assert_eq!(program("/w/none"), NOTHING);
    assert_eq!(program("/w/work*"), ["w/worker.js"]);
}

const LOCALES: &str = "//- src/a.js
//- src/a.ts
//- src/locale/en.js
//- src/locale/de.json
//- src/locale/fr.cjs
//- src/locale/it.mjs
//- src/locale/addon.node
//- src/locale/command
//- src/locale/LICENSE
//- src/locale/notes.md
//- src/locale/en.js.map
//- src/locale/en.d.ts
//- src/locale/zh.ts
//- src/locale/style.css
//- src/locale/.secret.js
//- src/locale/.dir/x.js
//- src/locale/node_modules/p/index.js
//- src/locale/sub/pt.js
//- src/locale/sub/LICENSE.txt
//- src/plugins/one/index.js
//- src/plugins/two/package.json
{\"main\":\"../elsewhere\"}
//- src/plugins/elsewhere.js
//- src/plugins/three.js
//- src/plugins/three.txt
//- src/plugins/empty/x.txt
";

#[test]
fn require_with_a_hole_means_what_the_loader_takes() {
    let tree = Tree::new(LOCALES);
    let js = |text| ask(&tree, "src/a.js", Require, text);
    assert_eq!(
        js("./locale/*"),
        [
            "src/locale/addon.node",
            "src/locale/command",
            "src/locale/de.json",
            "src/locale/en.js",
            "src/locale/fr.cjs",
            "src/locale/it.mjs",
            "src/locale/sub/pt.js",
            "src/locale/zh.ts"
        ],
        "a source where nothing is built"
    );
    assert_eq!(js("/src/locale/sub/*"), ["src/locale/sub/pt.js"], "an absolute path");
    assert_eq!(js("../src/locale/sub/*"), ["src/locale/sub/pt.js"]);
    assert_eq!(js("./locale/*.js"), ["src/locale/en.js", "src/locale/sub/pt.js", "src/locale/zh.ts"]);
    assert_eq!(js("./locale/e*"), ["src/locale/en.js"]);
    assert_eq!(js("./locale/.*"), ["src/locale/.secret.js"], "the dot is written out");
    assert_eq!(js("./locale/.dir/*"), ["src/locale/.dir/x.js"]);
    assert_eq!(js("./locale/d*.json"), ["src/locale/de.json"]);
    assert_eq!(js("./locale/*/pt"), ["src/locale/sub/pt.js"]);
    assert_eq!(js("./locale/*/../../locale/sub/pt"), ["src/locale/sub/pt.js"]);
    assert_eq!(js("./none/*"), NOTHING);
    assert_eq!(js("./locale/notes*"), NOTHING);
    assert_eq!(ask(&tree, "src/a.js", RequireResolve, "./locale/notes.m*"), NOTHING);
    let ts = ask(&tree, "src/a.ts", Require, "./locale/*");
    assert!(ts.contains(&"src/locale/zh.ts".to_owned()) && !ts.contains(&"src/locale/en.d.ts".to_owned()), "{ts:?}");
}

#[test]
fn a_source_beside_what_is_built_is_not_meant_by_javascript() {
    let tree = Tree::new(
        "//- a.js\n//- b.ts\n//- lib/x.js\n//- lib/x.ts\n//- lib/y.ts\n//- lib/z.mts\n//- node_modules/p/lib/q.ts\n//- node_modules/p/a.js\n",
    );
    for (kind, text) in [(Require, "./lib/*"), (DynamicImport, "./lib/*")] {
        assert_eq!(ask(&tree, "a.js", kind, text), ["lib/x.js", "lib/y.ts", "lib/z.mts"], "{kind:?}");
        assert_eq!(ask(&tree, "b.ts", kind, text), ["lib/x.js", "lib/x.ts", "lib/y.ts", "lib/z.mts"], "{kind:?}");
    }
    assert_eq!(ask(&tree, "node_modules/p/a.js", Require, "./lib/*"), NOTHING);
}

#[test]
fn a_folder_may_be_required_too() {
    let tree = Tree::new(LOCALES);
    let js = |text| ask(&tree, "src/a.js", Require, text);
    assert_eq!(js("./plug*/one"), ["src/plugins/one/index.js"]);
    assert_eq!(
        js("./plugins/t*"),
        ["+src/plugins/two/package.json", "src/plugins/elsewhere.js", "src/plugins/three.js"]
    );
    assert_eq!(js("./plugins/*/index"), ["src/plugins/one/index.js"]);
    assert_eq!(js("./plugins/e*"), ["src/plugins/elsewhere.js"], "an empty folder is no failure");
    let import = |text| ask(&tree, "src/a.js", DynamicImport, text);
    assert_eq!(import("./plug*/one"), NOTHING, "import takes no folder");
    assert_eq!(import("./plugins/t*"), ["src/plugins/three.js"]);
    assert_eq!(import("./plugins/th*ee"), NOTHING, "and adds no extension");
    assert_eq!(import("./plugins/th*.js"), ["src/plugins/three.js"]);
    assert_eq!(import("./plugins/three.js?*"), ["src/plugins/three.js"], "a query is no part of the path");
    assert_eq!(ask(&tree, "src/a.js", ImportMetaResolve, "./plugins/th*"), ["src/plugins/three.js"]);
}

#[test]
fn the_own_folder_may_be_required_but_not_a_workspace() {
    let tree = Tree::new(
        "//- a.js\n//- lib/b.js\n//- lib/c.js\n//- lib/sub/d.js\n//- lib/e.md\n//- node_modules/p/index.js\n//- node_modules/p/lib/x.js\n//- node_modules/q/q.js\n",
    );
    assert_eq!(ask(&tree, "lib/b.js", Require, "./*"), ["lib/b.js", "lib/c.js", "lib/sub/d.js"]);
    assert_eq!(ask(&tree, "lib/sub/d.js", Require, "../*"), ["lib/b.js", "lib/c.js", "lib/sub/d.js"]);
    let broad = ["hint MT7003: require() of \"./*\" means all of ., which is too much; nothing is listed for it"];
    assert_eq!(ask(&tree, "a.js", Require, "./*"), broad);
    assert_eq!(ask(&tree, "a.js", Require, "./*.js"), ["a.js", "lib/b.js", "lib/c.js", "lib/sub/d.js"]);
    let mut asking = Asking::new(&tree);
    asking.options.process_cwd = tree.root().join("lib");
    assert_eq!(asking.ask("lib/b.js", Require, "./*").len(), 1);
    let installed = ask(&tree, "node_modules/p/index.js", Require, "../*");
    assert!(installed.len() == 1 && installed[0].starts_with("hint MT7003"), "{installed:?}");
    assert_eq!(
        ask(&tree, "node_modules/p/lib/x.js", Require, "../*"),
        ["node_modules/p/index.js", "node_modules/p/lib/x.js"]
    );
}

#[test]
fn a_specifier_that_begins_with_a_hole_is_told() {
    let tree = Tree::new("//- a.js\n//- x.js\n");
    for (text, kind) in [("*", Require), ("*.js", DynamicImport), ("*/x", RequireResolve), ("**", Require)] {
        let found = ask(&tree, "a.js", kind, text);
        let shown = text.replace("**", "*");
        assert_eq!(
            found,
            [format!(
                "warning MT7001: dynamic {} of \"{shown}\": cannot tell what is loaded, and nothing is listed for it",
                kind.word()
            )]
        );
    }
    assert_eq!(ask(&tree, "a.js", Require, "node:*"), NOTHING);
    assert_eq!(ask(&tree, "a.js", DynamicImport, "data:text/javascript,*"), NOTHING);
    assert_eq!(ask(&tree, "a.js", Require, "fs/*"), NOTHING);
}

const PACKAGES: &str = "//- package.json
{\"name\":\"app\",\"dependencies\":{\"plain\":\"1\",\"@s/map\":\"1\"},\"imports\":{\"#l/*\":\"./locale/*.js\",\"#one\":\"./locale/en.js\"}}
//- a.js
//- locale/en.js
//- locale/de.js
//- node_modules/plain/package.json
{\"name\":\"plain\"}
//- node_modules/plain/index.js
//- node_modules/plain/README.md
//- node_modules/plain/locale/en.js
//- node_modules/plain/locale/de.js
//- node_modules/plain/node_modules/deep/index.js
//- node_modules/@s/map -> ../../packages/map
//- packages/map/package.json
{\"name\":\"@s/map\",\"exports\":{\".\":\"./index.js\",\"./package.json\":\"./package.json\",\"./style\":\"./s.css\",
 \"./locale/*\":{\"import\":\"./dist/esm/*.mjs\",\"require\":\"./dist/cjs/*.cjs\"},\"./locale/secret/*\":null,\"./both/*\":\"./dist/*/*.txt.js\"}}
//- packages/map/index.js
//- packages/map/s.css
//- packages/map/locale/hidden.js
//- packages/map/dist/esm/en.mjs
//- packages/map/dist/esm/only.mjs
//- packages/map/dist/cjs/en.cjs
//- packages/map/dist/cjs/a/b.cjs
//- packages/map/dist/cjs/secret/x.cjs
//- packages/map/dist/en/en.txt.js
";

#[test]
fn a_package_gives_what_it_lets_through() {
    let tree = Tree::new(PACKAGES);
    let require = |text| ask(&tree, "a.js", Require, text);
    assert_eq!(require("plain/locale/*"), ["node_modules/plain/locale/de.js", "node_modules/plain/locale/en.js"]);
    assert_eq!(require("plain/locale/d*"), ["node_modules/plain/locale/de.js"]);
    assert_eq!(require("plain/lo*/en.js"), ["node_modules/plain/locale/en.js"]);
    assert_eq!(
        require("plain/*"),
        [
            "node_modules/plain/index.js",
            "node_modules/plain/locale/de.js",
            "node_modules/plain/locale/en.js",
            "node_modules/plain/package.json"
        ]
    );
    let link = ["+node_modules/@s/map", "+packages/map/package.json"];
    let map = |text, kind, files: &[&str]| {
        let expected: Vec<_> = link.iter().chain(files).copied().collect();
        assert_eq!(ask(&tree, "a.js", kind, text), expected, "{text}");
    };
    map("@s/map/locale/*", Require, &["packages/map/dist/cjs/a/b.cjs", "packages/map/dist/cjs/en.cjs"]);
    map("@s/map/locale/*", DynamicImport, &["packages/map/dist/esm/en.mjs", "packages/map/dist/esm/only.mjs"]);
    map("@s/map/l*/en", Require, &["packages/map/dist/cjs/en.cjs"]);
    map("@s/map/both/e*", Require, &["packages/map/dist/en/en.txt.js"]);
    assert_eq!(require("@s/map/sty*"), NOTHING, "no loader takes a style sheet");
    map("@s/map/*.json", Require, &["packages/map/package.json"]);
    let own = ask(&tree, "packages/map/index.js", Require, "@s/map/locale/*");
    assert_eq!(own, ["+packages/map/package.json", "packages/map/dist/cjs/a/b.cjs", "packages/map/dist/cjs/en.cjs"]);
    assert_eq!(require("#l/*"), ["+package.json", "locale/de.js", "locale/en.js"]);
    assert_eq!(require("#on*"), ["+package.json", "locale/en.js"]);
    assert_eq!(require("gone/*.js"), ["warning MT2001: cannot resolve require() of \"gone/*.js\" (MODULE_NOT_FOUND)"]);
}

#[test]
fn a_hole_in_a_packages_name_means_dependencies() {
    let tree = Tree::new(
        "//- node_modules/sharp/package.json
{\"name\":\"sharp\",\"dependencies\":{\"color\":\"1\"},\"optionalDependencies\":{\"@img/sharp-linux-x64\":\"1\",\"@img/sharp-darwin\":\"1\"},\"peerDependencies\":{\"@img/other\":\"1\"}}
//- node_modules/sharp/lib/package.json
{\"type\":\"commonjs\"}
//- node_modules/sharp/lib/index.js
//- node_modules/@img/sharp-linux-x64/package.json
{\"exports\":{\"./sharp.node\":\"./lib/sharp.node\",\"./package\":\"./package.json\"}}
//- node_modules/@img/sharp-linux-x64/lib/sharp.node
//- node_modules/@img/other/index.js
//- node_modules/@img/other/d/x.js
//- node_modules/@img/sharp-unknown/sharp.node
//- node_modules/color/index.js
",
    );
    let require = |text| ask(&tree, "node_modules/sharp/lib/index.js", Require, text);
    let addon = ["+node_modules/@img/sharp-linux-x64/package.json", "node_modules/@img/sharp-linux-x64/lib/sharp.node"];
    assert_eq!(require("@img/sharp-*/sharp.node"), addon);
    assert_eq!(require("@img/*/sharp.node"), addon);
    assert_eq!(require("@img/sharp-*/sharp.*"), addon);
    assert_eq!(require("@img/o*/d/*"), ["node_modules/@img/other/d/x.js"]);
    assert_eq!(require("col*"), ["node_modules/color/index.js"]);
    assert_eq!(require("@img/sharp-darwin/*.node").len(), 1, "its name is written out");
    let unknown = require("plugin-*");
    assert!(unknown.len() == 1 && unknown[0].starts_with("warning MT7001"), "{unknown:?}");
}

#[test]
fn without_globs_only_what_is_certain_counts() {
    let tree = Tree::new(LOCALES);
    let mut asking = Asking::new(&tree);
    asking.options.analysis = Analysis { emit_globs: false, ..Analysis::ALL };
    for (kind, text) in
        [(Named, "/src/locale"), (Folder, "/src/locale"), (Named, "/src/locale/*"), (Require, "./locale/*")]
    {
        assert_eq!(asking.ask("src/a.js", kind, text), NOTHING, "{text}");
    }
    assert_eq!(asking.ask("src/a.js", Named, "/src/locale/style.css"), ["@src/locale/style.css"]);
    assert_eq!(asking.ask("src/a.js", DynamicImport, "./locale/it.mjs?*"), ["src/locale/it.mjs"]);
    assert_eq!(asking.ask("src/a.js", Require, "*").len(), 1);
}

#[test]
fn more_folders_than_the_budget_are_cut_at_the_same_place_each_time() {
    let tree = Tree::new("//- a.js\n");
    for number in 0..2_100 {
        tree.write(&format!("data/d{number:04}/x.js"), "");
    }
    tree.write("data/near.js", "");
    let found = ask(&tree, "a.js", Named, "/data");
    // The folder itself is one of those that are listed.
    assert_eq!(found.len(), 2_001);
    assert_eq!(found[1_998], "data/d1998/x.js");
    assert_eq!(found[1_999], "data/near.js");
    assert!(found[2_000].starts_with("warning MT7002"), "{}", found[2_000]);
    assert_eq!(ask(&tree, "a.js", Require, "./data/*.js"), {
        let mut required = found.clone();
        required[2_000] = required[2_000].replace("a path of \"data\"", "require() of \"./data/*.js\"");
        required
    });
}

#[test]
fn a_linked_package_without_exports_is_walked_where_it_is_installed() {
    let tree = Tree::new(
        "//- app/a.js\n//- app/node_modules/p -> ../../node_modules/.pnpm/p@1/node_modules/p\n\
         //- node_modules/.pnpm/p@1/node_modules/p/lib/x.js\n\
         //- node_modules/.pnpm/p@1/node_modules/p/lib/node_modules/q/q.js\n\
         //- node_modules/.pnpm/p@1/node_modules/p/lib/link.js -> ../other.js\n\
         //- node_modules/.pnpm/p@1/node_modules/p/other.js\n",
    );
    let store = "node_modules/.pnpm/p@1/node_modules/p";
    let link = "+app/node_modules/p".to_owned();
    assert_eq!(
        ask(&tree, "app/a.js", Require, "p/lib/*"),
        [link, format!("+{store}/lib/link.js"), format!("{store}/lib/x.js"), format!("{store}/other.js")]
    );
}

#[test]
fn a_hostile_specifier_costs_no_more_than_its_length() {
    let tree = Tree::new("//- a.js\n//- d/x.js\n");
    for index in 0..200 {
        tree.write(&format!("d/{}/y.js", "a/".repeat(index % 50)), "");
    }
    let begin = std::time::Instant::now();
    for text in ["*/".repeat(50_000) + "x.js", "*a".repeat(50_000), "a/".repeat(50_000) + "*", "a*/".repeat(50_000)] {
        for (kind, text) in
            [(Require, format!("./d/{text}")), (Require, format!("p{text}")), (Named, format!("/d/{text}"))]
        {
            assert!(ask(&tree, "a.js", kind, &text).len() <= 1);
        }
    }
    assert!(begin.elapsed().as_secs() < 20, "{:?}", begin.elapsed());
}

/// Every specifier that `text` can be, with parts of the tree's own paths in its holes.
fn filled(text: &str, parts: &std::collections::BTreeSet<String>) -> Vec<String> {
    let mut all = vec![String::new()];
    for character in text.chars() {
        all = match character {
            '*' => {
                let fits = |before: &str, part: &str| {
                    let begins = before.ends_with('/');
                    (begins && !part.starts_with(['.', '/']) && !part.contains("/.") && !part.contains("//"))
                        || (!begins && !part.contains('/'))
                };
                all.iter()
                    .flat_map(|before| {
                        parts.iter().filter(|part| fits(before, part)).map(move |part| format!("{before}{part}"))
                    })
                    .collect()
            }
            other => all.into_iter().map(|before| format!("{before}{other}")).collect(),
        };
    }
    all
}

#[test]
fn a_hole_means_what_filling_it_means() {
    let tree = Tree::new(LOCALES);
    let mut paths = Vec::new();
    all_files(&tree.root().join("src"), "", &mut paths);
    let mut parts = std::collections::BTreeSet::new();
    for path in paths.iter().filter(|path| !path.contains("node_modules")) {
        for from in 0..path.len() {
            parts.extend((from..=path.len()).map(|to| path[from..to].to_owned()));
        }
    }
    let short = parts.iter().filter(|part| part.len() < 4 || *part == "locale").cloned().collect();
    let tracer = Tracer::new(TraceOptions::new(tree.root()));
    let place = Place { line: 1, column: 1 };
    let follow = |asker: &str, kind, specifiers: &[String]| {
        let reference =
            |specifier: &String| Reference { kind, specifier: specifier.clone(), place, guarded: false, from: None };
        let references: Vec<Reference> = specifiers.iter().map(reference).collect();
        let followed = tracer.follow(&tree.root().join(asker), &references).unwrap();
        let listed = followed.files.into_iter().map(|(path, ..)| String::from_utf8(path).unwrap());
        listed.collect::<std::collections::BTreeSet<_>>()
    };
    let mut hits = 0;
    for text in [
        "./locale/*",
        "./locale/*.js",
        "./locale/*/pt",
        "./loc*/sub/pt",
        "./plugins/*/index",
        "./plugins/t*",
        "./plu*s/th*ee",
        "./plugins/*ee",
        "./p*s/two",
        "./*/one",
        "./locale/e*n",
        "./locale/.*",
        "./locale/*.ts",
        "./*/d*.json",
        "../src/plu*s/th*e.js",
        "./plugins/*e",
        "./*/de",
        "./locale/*n.js",
        "./a*",
        "./plugins/o*",
    ] {
        for (asker, kind) in
            [("src/a.js", Require), ("src/a.ts", Require), ("src/a.js", DynamicImport), ("src/a.ts", DynamicImport)]
        {
            let hole = follow(asker, kind, &[text.replace('*', &HOLE.to_string())]);
            let mut meant =
                follow(asker, kind, &filled(text, if text.matches('*').count() > 1 { &short } else { &parts }));
            if !text.ends_with(".ts") {
                // Nobody means a declaration of types by what its source is built to.
                meant.retain(|file| !file.ends_with(".d.ts"));
            }
            if text.ends_with('*') {
                // What is there but no loader takes, and sources that their build stands for.
                meant.retain(|file| {
                    let no_code =
                        [".md", ".css", ".map", ".txt", ".d.ts", "LICENSE"].iter().any(|end| file.ends_with(end));
                    let is_own_name = !file.ends_with(".ts") || asker.ends_with(".ts");
                    !no_code && (is_own_name || hole.contains(file))
                });
            }
            assert_eq!(hole, meant, "{text} in {asker} ({kind:?})");
            hits += hole.len();
        }
    }
    assert!(hits > 100, "{hits}");
}

#[test]
fn levels_are_those_of_the_catalogue() {
    let tree = Tree::new("//- a.js\n");
    let reference = Reference {
        kind: Require,
        specifier: HOLE.to_string(),
        place: Place { line: 2, column: 4 },
        guarded: false,
        from: None,
    };
    let file = tree.root().join("a.js");
    let followed = Tracer::new(TraceOptions::new(tree.root())).follow(&file, &[reference]).unwrap();
    let finding = &followed.findings[0];
    assert_eq!(
        (finding.level, finding.place, &finding.file),
        (Level::Warning, Some(Place { line: 2, column: 4 }), &file)
    );
    assert!(!finding.steps.is_empty());
}
