//! Hostile and broken trees: each costs its own files a finding, and nothing else.
//!
//! What is held for every one of them: the status, the exact findings, and
//! that all that Node would load is listed. Not here: faults between two
//! system calls (they need a tracer), and what is told of patterns.

use std::fs::File;

use crate::support::{Run, Tree, shell};

/// What a run told: files, findings as `CODE PLACE`, and the status.
type Told = (Vec<String>, Vec<String>, i32);

fn told(run: &Run) -> Told {
    let finding = |line: &str| line.split(' ').skip(1).take(2).collect::<Vec<_>>().join(" ");
    let findings = run.stderr.lines().map(|line| finding(line).trim_end_matches(':').to_owned()).collect();
    (run.files().into_iter().map(str::to_owned).collect(), findings, run.status)
}

/// Traces `a.js` in a tree and shows all findings; errors are denied.
fn trace(tree: &Tree) -> Told {
    told(&tree.print(&["a.js", "--log-level", "warning", "--deny", "error"]))
}

/// `trace` gives exactly these files and findings; a finding that is an error gives status 1.
#[track_caller]
fn check(tree: &Tree, files: &[&str], findings: &[&str], status: i32) {
    let (listed, found, ended) = trace(tree);
    assert_eq!(
        (listed.iter().map(String::as_str).collect(), found.iter().map(String::as_str).collect(), ended),
        (files.to_vec(), findings.to_vec(), status)
    );
}

/// A tree of `a.js` with this content, and an empty `b.js`.
fn pair(text: impl AsRef<[u8]>) -> Tree {
    let tree = Tree::new("//- b.js\n");
    tree.write("a.js", text);
    tree
}

const PAIR: &[&str] = &["a.js", "b.js"];

// Text and lexing.

#[test]
fn what_stands_before_a_syntax_error_is_traced() {
    // Only a parser could tell that this is no expression.
    check(&pair("require('./b');\nvar x = = 1;\n"), PAIR, &[], 0);
}

#[test]
fn a_byte_order_mark_is_no_column() {
    check(&pair("\u{feff}require('./b');require('./c')"), PAIR, &["MT2001 a.js:1:24"], 1);
}

#[test]
fn utf_16_is_told_and_listed() {
    for order in [u16::to_le_bytes, u16::to_be_bytes] {
        let text = "\u{feff}require('./b')".encode_utf16().flat_map(order);
        check(&pair(text.collect::<Vec<u8>>()), &["a.js"], &["MT1003 a.js:1:1"], 0);
    }
}

#[test]
fn bytes_that_are_not_utf_8_are_only_bytes() {
    check(&pair(b"var s='\xe9\xed\xa0\x80\xff';require('./b') // \xff"), PAIR, &[], 0);
}

#[test]
fn a_nul_is_refused_in_a_specifier_and_welcome_elsewhere() {
    check(&pair("require('./b\\0c');/*\0*/require('./b')"), PAIR, &["MT2002 a.js:1:9"], 1);
}

#[test]
fn escapes_spell_the_same_file() {
    check(&pair("require('\\x2e/\\u0062');require('./\\u{62}');require('./b\\\n')"), PAIR, &[], 0);
}

#[test]
fn depth_and_length_need_no_stack() {
    let deep = |open: &str, close: &str, times| format!("{}1{}", open.repeat(times), close.repeat(times));
    for text in [deep("[", "]", 20_000), deep("`${", "}`", 5_000), deep("(", ")", 100_000), deep("{", "}", 100_000)] {
        check(&pair(format!("require('./b');x={text};import('./b.js')")), PAIR, &[], 0);
    }
    check(&pair(format!("x={}'a';require('./b')", "'a'+".repeat(50_000))), PAIR, &[], 0);
}

#[test]
fn a_slash_is_told_from_a_regular_expression() {
    let text = "var r=/[/]require('no')/;var q=1/2/require('./b');x=a++/require('./c')/1;if(1)/require('no2')/.test(1)";
    let tree = pair(text);
    tree.write("c.js", "");
    check(&tree, &["a.js", "b.js", "c.js"], &[], 0);
}

#[test]
fn a_token_without_end_hides_nothing_before_it() {
    for (tail, column) in [("'x", 16), ("`x", 16), ("/*x", 16), ("/x", 16), ("`${", 19)] {
        check(&pair(format!("require('./b');{tail}")), PAIR, &[&format!("MT1001 a.js:1:{column}")], 0);
    }
}

#[test]
fn a_huge_line_is_read_to_its_last_require() {
    let mut text = String::from("var a=[");
    text += &"\"abcdefgh\",".repeat(2_000_000);
    check(&pair(text + "0];require('./b')"), PAIR, &[], 0);
}

#[test]
fn a_file_without_end_is_listed_and_not_read() {
    let tree = pair("require('./big');require('./b')");
    File::create(tree.root().join("big.js")).unwrap().set_len(8 << 40).unwrap();
    check(&tree, &["a.js", "b.js", "big.js"], &["MT1005 big.js"], 0);
}

#[test]
fn no_character_stands_for_a_pattern() {
    let tree = Tree::new("//- secret/s.js\n//- a.js\nrequire('./\\x1a/s.js'+process.argv)\n");
    check(&tree, &["a.js"], &[], 0);
}

// Values that grow.

#[test]
fn values_that_explode_cost_only_themselves() {
    let doubled = |first: &str, next: fn(usize) -> String| {
        (1..45).fold(format!("const a0={first};"), |text, index| text + &next(index))
    };
    let strings = doubled("__dirname+'/x'", |index| format!("const a{index}=a{0}+a{0};", index - 1));
    let arrays = doubled("'x'", |index| format!("const a{index}=[a{0},a{0}];", index - 1));
    for text in [
        strings + "require(a44);",
        arrays + "require(__dirname+a44);",
        "require('./'+'a'.repeat(1e9));require('./'+'a'.padEnd(1e9));".to_owned(),
    ] {
        let (files, _, status) = trace(&pair(text + "require('./b')"));
        assert_eq!((files, status), (vec!["a.js".to_owned(), "b.js".to_owned()], 0));
    }
}

#[test]
fn a_choice_in_a_choice_in_a_choice() {
    let choice = (0..3_000).fold("'./z'".to_owned(), |rest, index| format!("(c{index}?'./b':{rest})"));
    assert_eq!(trace(&pair(format!("require({choice})"))).2, 0);
}

// package.json.

/// A tree whose `a.js` requires a package with this package.json.
fn package(json: impl AsRef<[u8]>) -> Tree {
    let tree = Tree::new(
        "//- a.js\nrequire('p')\n//- node_modules/p/index.js\n//- node_modules/p/m.js\n//- node_modules/p/lib/i.js\n//- secret/s.js\n",
    );
    tree.write("node_modules/p/package.json", json);
    tree
}

const MAIN: &[&str] = &["a.js", "node_modules/p/m.js", "node_modules/p/package.json"];
const UNUSABLE: &[&str] = &["a.js", "node_modules/p/package.json"];

#[test]
fn a_broken_package_json_is_told_with_its_place() {
    let findings = ["MT2104 a.js:1:9", "MT2101 node_modules/p/package.json:2:9"];
    check(&package("{\"name\":\"p\",\n \"main\":"), UNUSABLE, &findings, 1);
}

#[test]
fn package_json_is_read_as_generously_as_node_does() {
    check(&package(r#"{"description":"\ud800","main":"m.js"}"#), MAIN, &[], 0);
    check(&package(r#"{"x":1e999,"main":"m.js"}"#), MAIN, &[], 0);
    check(&package("\u{feff}{\"main\":\"m.js\"}"), MAIN, &[], 0);
    check(&package(r#"{"main":"index.js","main":"m.js"}"#), MAIN, &[], 0);
    let index = ["a.js", "node_modules/p/index.js", "node_modules/p/package.json"];
    check(&package(r#"{"main":5}"#), &index, &[], 0);
}

#[test]
fn a_deep_package_json_needs_no_stack() {
    let tree = package(format!("{{\"d\":{}{},\"main\":\"m.js\"}}", "[".repeat(100_000), "]".repeat(100_000)));
    let told = told(&shell(&tree.root(), "ulimit -s 256; exec $MT print a.js --log-level warning"));
    assert_eq!(told, (MAIN.iter().map(|file| file.to_string()).collect(), vec![], 0));
}

#[test]
fn an_array_of_targets_may_be_long() {
    let tree = package(format!("{{\"exports\":[{}\"./m.js\"]}}", "\"../x\",".repeat(300_000)));
    let (files, findings, status) = trace(&tree);
    assert!(files.contains(&"node_modules/p/m.js".to_owned()), "{files:?}");
    assert_eq!((findings, status), (vec![], 0));
}

#[test]
fn a_huge_package_json_is_told_with_the_cap() {
    let tree = package("");
    File::create(tree.root().join("node_modules/p/package.json")).unwrap().set_len(100_000_000).unwrap();
    check(&tree, UNUSABLE, &["MT2104 a.js:1:9", "MT2106 node_modules/p/package.json"], 1);
    assert!(tree.print(&["a.js"]).stderr.contains("8388608"));
}

#[test]
fn a_large_package_json_is_read_once_whatever_asks_for_it() {
    let names = |field: &str, format: fn(usize) -> String| {
        let all: Vec<_> = (0..150_000).map(format).collect();
        format!("{{\"{field}\":{{{}}}}}", all.join(","))
    };
    let began = std::time::Instant::now();
    let optional = names("optionalDependencies", |at| format!("\"optional-dependency-number-{at}\":\"^1.0.0\""));
    let filler = format!(
        "{{\"optionalDependencies\":{{\"optional-dependency-number-7\":\"1\"}},\"d\":\"{}\"}}",
        "x".repeat(8_000_000)
    );
    for json in [optional, filler] {
        let text = (0..2_000).map(|at| format!("require('./gone-{at}');require('gone-{at}');")).collect::<String>();
        let tree = pair(text + "\nrequire('optional-dependency-number-7')");
        tree.write("package.json", json);
        let (files, findings, _) = trace(&tree);
        assert_eq!((files, findings.len()), (vec!["a.js".to_owned(), "package.json".to_owned()], 4_001));
        assert!(tree.print(&["a.js", "--log-level", "warning"]).stderr.contains("warning MT2001 a.js:2:9"));
    }
    for exports in [
        names("exports", |at| format!("\"./entry-{at}\":\"./m.js\"")),
        names("exports", |at| format!("\"./entry-{at}*\":\"./m.js\"")),
        names("exports", |at| format!("\"./entry-*{at}x\":\"./m.js\"")),
    ] {
        let tree = package(exports);
        let text = (0..10_000).map(|at| format!("require('p/entry-{at}');require('p/entry-{at}x');"));
        tree.write("a.js", text.collect::<String>());
        assert_eq!(trace(&tree).0, MAIN);
    }
    assert!(began.elapsed().as_secs() < 40, "{:?}", began.elapsed());
}

#[test]
fn a_target_does_not_leave_its_package() {
    check(&package(r#"{"exports":"./../../secret/s.js"}"#), UNUSABLE, &["MT2103 a.js:1:9"], 1);
    let targets = [
        "./lib/%2e%2e/m.js",
        "./lib/NODE_MODULES/q.js",
        "./lib\\\\..\\\\m.js",
        "./lib/./i.js",
        "/etc/passwd",
        "file:///etc/passwd",
        "../m.js",
    ];
    for target in targets {
        check(&package(format!("{{\"exports\":\"{target}\"}}")), UNUSABLE, &["MT2103 a.js:1:9"], 1);
    }
}

#[test]
fn keys_of_exports_are_all_paths_or_all_conditions() {
    for exports in [r#"{".":"./m.js","import":"./m.js"}"#, r#"{"0":"./m.js"}"#] {
        check(&package(format!("{{\"exports\":{exports}}}")), UNUSABLE, &["MT2104 a.js:1:9"], 1);
    }
}

#[test]
fn a_subpath_under_exports_is_a_valid_specifier_or_refused() {
    let invalid = ["p/../secret", "p/%2e%2e/x", "p/..%2fx", "p/node_modules/q", ".p", "p%2f", "@scope"];
    for (specifier, code) in invalid.map(|specifier| (specifier, "MT2102")).into_iter().chain([("p/", "MT2105")]) {
        let tree = package(r#"{"exports":{"./*":"./lib/*"}}"#);
        tree.write("a.js", format!("import('{specifier}')"));
        let (files, findings, status) = trace(&tree);
        assert!(files.iter().all(|file| UNUSABLE.contains(&file.as_str())), "{specifier}: {files:?}");
        assert_eq!((findings, status), (vec![format!("{code} a.js:1:8")], 1), "{specifier}");
    }
}

#[test]
fn a_main_outside_the_root_is_told() {
    let tree = Tree::new(
        "//- out.js\n//- proj/node_modules/p/package.json\n{\"main\":\"../../../out.js\"}\n//- proj/a.js\nrequire('p')\n",
    );
    let run = shell(&tree.root().join("proj"), "exec $MT print a.js --deny error");
    assert_eq!(told(&run), (UNUSABLE.iter().map(|f| f.to_string()).collect(), vec!["MT5001 a.js:1:9".into()], 1));
    assert!(run.stderr.contains(" ../out.js "), "{}", run.stderr);
}

#[test]
fn a_workspace_that_cannot_be_read_is_told_and_still_the_root() {
    for yaml in
        ["- ".repeat(20_000), "packages: [apps/*\nb: *gone\n".to_owned(), "a: ".to_owned() + &"[".repeat(1 << 20)]
    {
        let tree = Tree::new(
            "//- apps/w/package.json\n{}\n//- apps/w/a.js\nrequire('../../lib')\n//- lib.js\n//- package.json\n{}\n",
        );
        tree.write("pnpm-workspace.yaml", yaml);
        let run = shell(&tree.root().join("apps/w"), "exec $MT print a.js --log-level warning");
        let files = ["apps/w/a.js", "apps/w/package.json", "lib.js", "package.json"];
        assert_eq!((run.files(), run.status), (files.to_vec(), 0), "{}", run.stderr);
        assert!(run.stderr.starts_with("warning MT2108 pnpm-workspace.yaml"), "{}", run.stderr);
        assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
    }
}

#[test]
fn imports_that_lead_to_each_other_end() {
    let tree = Tree::new("//- package.json\n{\"imports\":{\"#a\":\"#b\",\"#b\":\"#a\"}}\n//- a.js\nrequire('#a')\n");
    check(&tree, &["a.js", "package.json"], &["MT2001 a.js:1:9"], 1);
}

// Files and folders.

#[test]
fn a_fifo_is_not_waited_for() {
    let tree = Tree::new("//- a.js\nrequire('./x')\n");
    let entry = shell(&tree.root(), "mkfifo x.js; exec $MT print x.js");
    assert_eq!(told(&entry), (vec![], vec!["MT3004 x.js".into()], 1));
    check(&tree, &["a.js"], &["MT3004 x.js"], 1);
}

#[test]
fn links_in_a_row_are_counted_as_the_kernel_does() {
    let tree = Tree::new("//- t.js\n//- s1.js -> t.js\n//- a.js\nrequire('./s60')\n//- c.js\nrequire('./s40')\n");
    for number in 2..=60 {
        tree.link(&format!("s{number}.js"), &format!("s{}.js", number - 1));
    }
    check(&tree, &["a.js"], &["MT3005 a.js:1:9"], 1);
    let allowed = tree.print(&["c.js"]);
    assert_eq!((allowed.files().len(), allowed.stderr.as_str()), (42, ""), "c.js, t.js and 40 links");
}

#[test]
fn a_link_out_of_the_root_is_neither_followed_nor_listed() {
    let tree = Tree::new("//- secret.js\n//- proj/s.js -> ../secret.js\n//- proj/a.js\nrequire('./s')\n");
    let run = shell(&tree.root().join("proj"), "exec $MT print a.js --deny error");
    assert_eq!(told(&run), (vec!["a.js".into()], vec!["MT5001 a.js:1:9".into()], 1));
}

#[test]
fn a_folder_that_only_begins_like_the_root_is_outside() {
    let tree = Tree::new("//- repo-secret/s.js\n//- repo/a.js\nrequire('../repo-secret/s')\n");
    let run = shell(&tree.root().join("repo"), "exec $MT print a.js --deny error");
    assert_eq!(told(&run), (vec!["a.js".into()], vec!["MT5001 a.js:1:9".into()], 1));
}

#[test]
fn a_name_that_is_too_long_is_told_and_the_longest_is_found() {
    let longest = format!("{}.js", "x".repeat(252));
    let tree = Tree::new("");
    tree.write(&longest, "");
    tree.write("a.js", format!("require('./{}');\nrequire('./{}');", "x".repeat(252), "n".repeat(300)));
    check(&tree, &["a.js", &longest], &["MT3008 a.js:2:9"], 1);
}

#[test]
fn few_descriptors_are_enough() {
    let modules = 1_000;
    let tree = Tree::new("");
    for index in 0..modules {
        tree.write(&format!("m{index}.js"), "");
    }
    tree.write("a.js", (0..modules).map(|index| format!("require('./m{index}');")).collect::<String>());
    let run = shell(&tree.root(), "ulimit -n 24; exec $MT print a.js --log-level warning");
    assert_eq!((run.files().len(), run.stderr.as_str(), run.status), (modules + 1, "", 0));
}

#[test]
fn workers_share_the_descriptors_that_there_are() {
    let tree = Tree::new("");
    let filler = "x;".repeat(150_000);
    for index in 0..300 {
        tree.write(&format!("m{index}.js"), format!("{filler}require('./end')"));
    }
    tree.write("end.js", "");
    tree.write("a.js", (0..300).map(|index| format!("require('./m{index}');")).collect::<String>());
    let run = shell(&tree.root(), "ulimit -n 12; exec $MT print a.js --threads 32 --log-level warning");
    assert_eq!((run.files().len(), run.stderr.as_str(), run.status), (302, "", 0));
}

#[test]
fn a_current_directory_that_is_gone_is_a_usage_error() {
    let tree = Tree::new("//- w/a.js\n");
    let run = shell(&tree.root(), "cd w && rm -r ../w && exec $MT print a.js");
    assert_eq!((run.status, run.stdout.as_str(), run.stderr.lines().count()), (2, "", 1), "{}", run.stderr);
    assert!(run.stderr.contains("MT0002"), "{}", run.stderr);
}

#[test]
fn names_differ_by_case() {
    check(&Tree::new("//- Foo.js\n//- a.js\nrequire('./foo')\n"), &["a.js"], &["MT2001 a.js:1:9"], 1);
}

#[test]
fn a_folder_named_like_a_file_and_a_file_used_as_a_folder() {
    let tree = Tree::new("//- x.js/index.js\n//- y.js\n//- a.js\nrequire('./x.js');\nrequire('./y.js/z')\n");
    check(&tree, &["a.js", "x.js/index.js"], &["MT2001 a.js:2:9"], 1);
}

// Output.

#[test]
fn a_full_disk_and_a_reader_that_goes_away() {
    let tree = Tree::new("//- a.js\n");
    let full = shell(&tree.root(), "exec $MT print a.js > /dev/full");
    assert_eq!((full.status, full.stderr.lines().count()), (4, 1), "{}", full.stderr);
    assert!(full.stderr.contains("MT6002"), "{}", full.stderr);
    for words in ["--help", "-h", "print --help", "--version", "print a.js --print-config", "explain MT2001", "man"] {
        let full = shell(&tree.root(), &format!("exec $MT {words} > /dev/full"));
        assert_eq!((full.status, full.stderr.lines().count()), (4, 1), "{words}: {}", full.stderr);
        assert!(full.stderr.contains("MT6002"), "{words}: {}", full.stderr);
    }
    let broken = shell(&tree.root(), "(sleep 0.2; $MT print a.js; echo $? >status) | true; sleep 0.4; cat status");
    assert_eq!((broken.stdout.as_str(), broken.stderr.as_str()), ("141\n", ""));
    let silent = shell(&tree.root(), "exec $MT print a.js gone.js 2>/dev/full");
    assert_eq!((silent.status, silent.files()), (1, vec!["a.js"]));
}

#[test]
fn a_closed_stdout_is_told_where_a_list_would_go_there() {
    let tree = Tree::new("//- a.js\n");
    for words in ["print a.js", "size a.js", "why a.js a.js", "build a.js -o out --dry-run", "explain MT2001", "--help"]
    {
        let closed = shell(&tree.root(), &format!("exec $MT {words} >&-"));
        assert_eq!(closed.status, 4, "{words}: {}", closed.stderr);
        assert!(closed.stderr.contains("MT6002 cannot write to stdout"), "{words}: {}", closed.stderr);
    }
    // Who does not write there does not mind, and /dev/null is a place like any other.
    assert_eq!(shell(&tree.root(), "exec $MT build a.js -o out >&-").status, 0);
    assert_eq!(shell(&tree.root(), "exec $MT print a.js > /dev/null").status, 0);
    assert_eq!(shell(&tree.root(), "exec $MT print a.js 1<> /dev/null").status, 0);
}

#[test]
fn outputs_tell_nothing_of_the_machine() {
    let tree = Tree::new(
        "//- r/a.js\nrequire('./'+process.env.SECRET);require('./b');require('missing');require('../../out')\n//- r/b.js\n//- out.js\n",
    );
    // What stands above the root is met too, and a text that looks like its path stays as it is.
    let root = tree.root();
    tree.write("package.json", "{");
    tree.write("r/c.js", format!("require('./x'); require('{}'); require('p{}/q')", root.display(), root.display()));
    tree.write("r/d.js", "require('missing'); require('..'); require('.')");
    for script in ["a.js", "c.js", "d.js ."] {
        let run = shell(&root.join("r"), &format!("exec $MT print {script} --base . --format json --log-detail"));
        let own = format!("\"p{}/q\"", root.display());
        let output = (run.stdout + &run.stderr).replace(&own, "").replace(&own.replace('"', "\\\""), "");
        let own = format!("\"{}\"", root.display());
        let output = output.replace(&own, "").replace(&own.replace('"', "\\\""), "");
        assert!(!output.contains(root.to_str().unwrap()), "{output}");
        let name = root.file_name().unwrap().to_str().unwrap();
        assert!(!output.contains(name), "{output}");
        assert!(output.contains("\"../package.json\""), "{output}");
    }
    for format in ["text", "json", "ndjson"] {
        let script = format!("SECRET=hunter2 exec $MT print a.js --format {format} --log-detail --log-level info");
        let run = shell(&tree.root().join("r"), &script);
        let output = run.stdout + &run.stderr;
        assert!(!output.contains("hunter2"), "{output}");
        assert!(!output.contains(tree.root().to_str().unwrap()), "{output}");
    }
}

#[test]
fn a_story_is_cut_off() {
    let folder = "a-folder-with-a-name-of-some-length/".repeat(80);
    let tree = Tree::new("");
    tree.write(&format!("{folder}a.js"), "require('gone')");
    let finding = &tree.print(&[&format!("{folder}a.js"), "--format", "json"]).json()["warnings"][0];
    let steps: Vec<&str> = finding["steps"].as_array().unwrap().iter().map(|step| step.as_str().unwrap()).collect();
    assert_eq!(steps.last(), Some(&"The rest is left out."));
    assert!(steps.iter().map(|step| step.len()).sum::<usize>() < 8192);
}
