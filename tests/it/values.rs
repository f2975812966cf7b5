//! Values that are followed, on text that nobody wrote: it ends, and what it
//! gives could be listed.
//!
//! That nothing panics and nothing takes longer than its length is as
//! important as what is found: any file of any package is read so.

use monotrace::{
    Format, Platform, Reference, ReferenceKind, STAR,
    evaluate::{Evaluation, Settings, Surroundings, evaluate},
    lexer::Dialect,
};

use crate::lexer::{Dice, SCRAPS};

const ROOT: &str = "/r";

fn evaluated(text: &[u8], dialect: Dialect, format: Format) -> Evaluation {
    let platform = Platform::default();
    let env = [("MODE".to_owned(), "/r/mode".to_owned())];
    let surroundings = Surroundings {
        neighbours: None,
        file: "/r/a/b/c.js",
        root: ROOT,
        cwd: "/r/a",
        main: Some("/r/a/main.js"),
        platform: &platform,
        env: &env,
    };
    let location = Some(&surroundings);
    evaluate(
        text,
        &Settings { dialect, format, mixed_modules: false, folds_strings: true, finds_files: true, location },
    )
}

/// Evaluates the text in all grammars, and holds what is true of any text; gives how much was found.
fn check_any(text: &str) -> usize {
    let script = Dialect { typescript: false, jsx: true, module: false };
    let grammars = [
        (script, Format::CommonJs),
        (Dialect { module: true, ..script }, Format::Module),
        (Dialect { typescript: true, jsx: false, ..script }, Format::BySyntax),
    ];
    let mut found = 0;
    for (dialect, format) in grammars {
        let first = evaluated(text.as_bytes(), dialect, format).references;
        let second = evaluated(text.as_bytes(), dialect, format).references;
        assert_eq!(first, second, "not the same twice: {text:?}");
        let lines: Vec<&str> = text.split(['\n', '\u{2028}', '\u{2029}', '\r']).collect();
        for reference in &first {
            check_reference(reference, text);
            let line = reference.place.line as usize;
            assert!((1..=lines.len()).contains(&line), "{reference:?} in {text:?}");
        }
        found += first.len();
    }
    found
}

fn check_reference(reference: &Reference, text: &str) {
    let specifier = &reference.specifier;
    let is_mark = |character: char| ('\u{10ff00}'..STAR).contains(&character);
    assert!(!specifier.contains(is_mark), "a mark left: {reference:?} in {text:?}");
    let is_place = matches!(
        reference.kind,
        ReferenceKind::Path
            | ReferenceKind::Folder
            | ReferenceKind::Program
            | ReferenceKind::NodeGypBuild
            | ReferenceKind::RequireAddon
            | ReferenceKind::PreGyp
            | ReferenceKind::NBind
    );
    if is_place {
        let below = specifier.strip_prefix(ROOT).is_some_and(|rest| rest.starts_with('/'));
        assert!(below, "not below the root: {reference:?} in {text:?}");
        let climbs = specifier.split('/').any(|name| matches!(name, "." | ".."));
        assert!(!climbs && !specifier.contains('\0'), "not a plain path: {reference:?} in {text:?}");
    }
}

/// What programs put paths together with.
const WORDS: &[&str] = &[
    "__dirname",
    "__filename",
    "+",
    "+'/x'",
    "+'/*.js'",
    "+a",
    "+b",
    "'/r/p'",
    "'./p/'",
    "'..'",
    "`/r/${a}/`",
    "`${",
    "`./${b}.js`",
    "path.join(",
    "path.resolve(",
    "path.dirname(",
    "path.basename(a,'.js')",
    "path.relative(__dirname,a)",
    "path.parse(a)",
    "path.format(b)",
    "fs.readFileSync(",
    "fs.readdirSync(",
    "fs.",
    "require(",
    "require.resolve(",
    "require.main.filename",
    "import(",
    "import.meta.url",
    "import.meta.dirname",
    "new URL(",
    "fileURLToPath(",
    "pathToFileURL(",
    "createRequire(",
    "process.cwd()",
    "process.env.MODE",
    "process.env[",
    "process.platform",
    "child_process.fork(",
    "child_process.spawn('node',[",
    "new Worker(",
    "bindings(",
    "'file:///r/%F4%8F%BC%80'",
    "'%F4%8F%BF%BF'",
    "'\u{10ff00}'",
    "'\u{10ffff}'",
    "const a=",
    "let b=",
    "var c=",
    "const{a,b:{c}}=",
    "const[a,,b]=",
    "{a,b}",
    "{a:__dirname,'b':1}",
    "{...a}",
    "[...a]",
    "[a,b]",
    "['x','y']",
    "a[b]",
    "a.b",
    "a.b=",
    "a=",
    "b+=",
    "c||=",
    "a??b",
    "a||b",
    "a&&b",
    "c?a:b",
    "c?",
    ":",
    "===",
    "!",
    "typeof ",
    "void 0",
    "null",
    "true",
    "0",
    "1",
    "a=>",
    "(a,b)=>",
    "(a='x')=>{",
    "async a=>",
    "function f(a,b){",
    "function g(a,{b},...c){",
    "function(a){",
    "class A{",
    "static x=",
    "m(a){",
    "return ",
    "return a",
    "f(a)",
    "f(",
    "g('x',b)",
    "f(g(",
    ".call(null,",
    ".apply(null,[",
    ".bind(null)",
    ".map(",
    ".forEach(a=>",
    ".join('/')",
    ".concat(",
    ".replace(/x/g,'y')",
    ".replace('x',",
    ".split('/')",
    ".slice(1)",
    ".repeat(3)",
    ".default",
    "for(const a of ",
    "if(a){",
    "try{",
    "}catch(a){",
    "else ",
    "export const a=",
    "export default ",
    "export{a}",
    "module.exports=",
    "exports.a=",
    "import path from'path';",
    "import*as fs from'fs';",
    "import{createRequire}from'module';",
    "const path=require('path'),fs=require('fs');",
    "/*webpackIgnore:true*/",
    "<A b={",
    ")",
    ")",
    ")",
    "}",
    "}",
    "}",
    "]",
    "]",
    "(",
    "{",
    "[",
    ",",
    ",",
    ";",
    ";",
    ";\n",
    "\n",
];

#[test]
fn any_scraps_are_followed_to_the_end() {
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    let mut found = 0;
    for _ in 0..12_000 {
        let mut text = String::new();
        if dice.roll(4) > 0 {
            text += "import path from'path';import fs from'fs';import{fileURLToPath}from'url';";
        }
        for _ in 0..dice.roll(70) {
            let words = if dice.roll(12) > 0 { WORDS } else { SCRAPS };
            text += words[dice.roll(words.len())];
        }
        found += check_any(&text);
    }
    assert!(found > 50_000, "the scraps say too little: {found}");
}

#[test]
fn any_scraps_of_long_files_are_followed_to_the_end() {
    // Long enough to be read lightly first; functions are long enough to be passed over then.
    let mut dice = Dice(0x1234_5678_9abc_def1);
    let mut found = 0;
    for _ in 0..4_000 {
        let mut text = format!("const path=require('path');/*{}*/function f(a){{g(a.b)}}", " ".repeat(16 * 1024));
        for _ in 0..dice.roll(90) {
            let words = if dice.roll(12) > 0 { WORDS } else { SCRAPS };
            text += words[dice.roll(words.len())];
            if dice.roll(5) == 0 {
                text += &format!("/*{}*/", " ".repeat(64));
            }
        }
        found += check_any(&text);
    }
    assert!(found > 5_000, "the scraps say too little: {found}");
}

/// With as little stack as the threads have that read files.
fn with_small_stack(test: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(1 << 20).spawn(test).unwrap().join().unwrap();
}

#[test]
fn functions_that_return_functions_need_no_stack() {
    with_small_stack(|| {
        let arrows = format!("g({}__dirname + '/x')", "()=>".repeat(60_000));
        let nested = "function(){return ".repeat(60_000);
        let functions = format!("module.exports = {nested}__dirname + '/x'{}", "}".repeat(60_000));
        for text in [arrows, functions] {
            let script = Dialect { typescript: false, jsx: true, module: false };
            let found = evaluated(text.as_bytes(), script, Format::CommonJs).references;
            let found: Vec<&str> = found.iter().map(|reference| reference.specifier.as_str()).collect();
            assert_eq!(found, ["/r/a/b/x"]);
        }
    });
}

#[test]
fn functions_are_found_above_their_declarations_behind_many_others() {
    for many in [100, 400, 4000] {
        let others: String = (0..many).map(|i| format!("function g{i}(x) {{ return x }}\n")).collect();
        let text = format!(
            "{others}main();
            function main() {{ require('fs').readFileSync(at('a.txt')) }}
            function at(name) {{ return require('path').join(__dirname, name) }}"
        );
        let script = Dialect { typescript: false, jsx: true, module: false };
        let found = evaluated(text.as_bytes(), script, Format::CommonJs);
        assert!(found.references.iter().any(|reference| reference.specifier == "/r/a/b/a.txt"), "{many}");
        assert!(found.problems.is_empty(), "{many}: {:?}", found.problems);
    }
}

#[test]
fn a_long_list_that_changes_keeps_what_is_written() {
    let text = format!(
        "const l = [{}]; l.sort(); l.splice(0, 1); l.shift(); l[2] = 'q'; for (const x of l) require('./' + x)",
        listed(200, |i| format!("'p{i}'"))
    );
    let script = Dialect { typescript: false, jsx: true, module: false };
    let found = evaluated(text.as_bytes(), script, Format::CommonJs).references;
    for i in 0..200 {
        assert!(found.iter().any(|reference| reference.specifier == format!("./p{i}")), "{i}");
    }
}

#[test]
fn more_names_than_are_kept_are_told() {
    let others: String = (0..17_000).map(|i| format!("const g{i} = './{i}' + __dirname;\n")).collect();
    let script = Dialect { typescript: false, jsx: true, module: false };
    let found = evaluated(others.as_bytes(), script, Format::CommonJs);
    assert_eq!(found.problems.len(), 1, "{:?}", found.problems);
}

#[test]
fn an_array_too_long_to_keep_is_one_all_the_same() {
    let list = "1,".repeat(5000);
    let text = format!("const path = require('path'), list = [{list}]; require(list ? './a' : './b')");
    let script = Dialect { typescript: false, jsx: true, module: false };
    let found = evaluated(text.as_bytes(), script, Format::CommonJs).references;
    let found: Vec<&str> = found.iter().map(|reference| reference.specifier.as_str()).collect();
    assert_eq!(found, ["path", "./a", "./b"]);
}

/// The elements of a list.
fn listed(n: usize, each: impl Fn(usize) -> String) -> String {
    (0..n).map(|i| each(i) + ",").collect()
}

#[test]
fn uses_of_large_values_cost_no_more_than_the_text() {
    // Each multiplied the file's length by thousands, in time or in memory:
    // 100 KB took minutes, or gigabytes.
    const USES: usize = 20_000;
    let paths = format!("const a = [{}];", listed(4000, |i| format!("__dirname + '/{i}'")));
    let numbers = format!("const a = [{}];", listed(4000, |i| (i % 250).to_string()));
    let several = format!("const a = [{}][k];", listed(250, |i| format!("'./p{i}'")));
    let object = format!("const a = {{{}}};", listed(4000, |i| format!("k{i}: {i}")));
    let long = |letters: &str, len: usize| format!("const a = './{}';", letters.repeat(len / letters.len()));
    let with = |before: &str, each: &str| format!("{before}{}", each.repeat(USES));
    let texts = [
        with(&paths, "g(a);"),
        with(&paths, "b = a;"),
        with(&paths, "a.concat(a);"),
        with(&paths, "a.slice().sort();"),
        with(&paths, "a.sort();"),
        with(&paths, "a.reverse();"),
        with(&paths, "a.splice(0, 1, 'y');"),
        with(&paths, "a[0] = 'x';"),
        with(&paths, "a.shift();"),
        with(&paths, "({ x: 'y', ...a, ...b });"),
        with(&paths, "a.map(x => x + 'b');"),
        with(&format!("{paths} function f(x) {{ return [x, a] }}"), "f(1);"),
        with(&format!("{paths} let b; function f() {{"), "b = a;"),
        with(&numbers, "a[k];"),
        with(&numbers, "for (x of a);"),
        with(&several, "require(a);"),
        with(&several, "a.trim;"),
        with(&several, "new URL(a, import.meta.url);"),
        with(&several, "a = c ? a : 'x';"),
        with(&format!("{several} function f(x) {{ require('./1' + x); require('./2' + x) }}"), "f(a);"),
        with(&format!("{several} function f(x) {{ return x + '{}' }}", "a".repeat(60_000)), "f(a);"),
        format!("{object} g({{{}}})", "...a,".repeat(USES)),
        with(&long("x", 100_000), "require(a);"),
        with(&long("x", 100_000), "!a;"),
        with(&long("x", 60_000), "a + a;"),
        with(&long("/a ", 60_000), "child.exec(a);"),
        with(&long("A", 60_000), "a.replace(/.*[^A-Z]|[A-Z]/g, 'b');"),
        with("", "'/a/b.js'.replace(/([0-9a-zA-Z]{1,20}){1,20}\\.js$/i, 'x');"),
        with(&format!("const r = /{}/;", "a".repeat(100_000)), "'/a'.replace(r, 'b');"),
        with(&format!("const p = __dirname + '/{}'; function f(x) {{", "a".repeat(40_000)), "g(p + x);"),
        with("let a = __dirname;", "a = [a, a];"),
        with("let a = __dirname;", "a = {a, b: a};"),
        with("let a = __dirname;", "a += a;"),
        format!("g(({}) => 1)", listed(USES * 5, |i| format!("p{i} = 1"))),
        format!("const {}{{{}}}{} = x", "{a:".repeat(USES), listed(USES, |i| format!("b{i}")), "}".repeat(USES)),
        format!("{paths} g({}a)", " ".repeat(1_000_000)),
    ];
    let start = "const path = require('path'), fs = require('fs'), child = require('child_process');";
    for text in texts {
        let text = format!("{start}{text}");
        let script = Dialect { typescript: false, jsx: true, module: false };
        let found = evaluated(text.as_bytes(), script, Format::BySyntax).references;
        let bytes: usize = found.iter().map(|reference| reference.specifier.len() + size_of::<Reference>()).sum();
        let most = 50 * text.len() + (32 << 20);
        assert!(bytes < most, "{} bytes of references in {} of {}…", bytes, text.len(), &text[..200]);
    }
}

#[test]
fn scopes_and_calls_cost_no_more_than_the_text() {
    // Each was quadratic: a scope looked at all that those in it had looked at, a
    // call at all functions that are open, a name at all of the text above it.
    let nested = "function f() {".repeat(60_000);
    let aliases: String = (0..16_000).map(|i| format!("var r{i} = require;")).collect();
    let texts = [
        format!("{}{}{}", "{".repeat(100_000), "require('a');".repeat(100_000), "let require}".repeat(100_000)),
        format!("const path = require('path'); function q() {{}} {nested}{}", "q();".repeat(300_000)),
        format!("{}{aliases}", "x; ".repeat(3_000_000)),
    ];
    let script = Dialect { typescript: false, jsx: true, module: false };
    let found = texts.map(|text| evaluated(text.as_bytes(), script, Format::CommonJs).references.len());
    assert_eq!(found, [0, 1, 0]);
}

#[test]
fn members_and_values_that_change_cost_no_more_than_the_text() {
    let start = "const path = require('path'), fs = require('fs'); let p = __dirname; ";
    let methods: String = (0..60).map(|i| format!("m{i}() {{ this; this.a{i}; return this }},")).collect();
    let members: String = (0..60).map(|i| format!("a{i}: __dirname + '/{i}',")).collect();
    let parts: String = (0..30_000).map(|i| format!("o.a{i}.b; p{i}(o.c{i}.toLowerCase());")).collect();
    let texts = [
        // Objects whose functions look at them, in each other and one after another.
        format!("{start} const o = {{ {methods} x: __dirname + '/x' }};").repeat(300),
        format!("{start} o = {}{}", "{ a() { return this }, x: ".repeat(30_000), "1 }".repeat(30_000)),
        // An object that gets one member after another, and a path that grows.
        format!("{start} const o = {{ {members} }}; {}", "o.a1 = p; o['a2'] = p; Object.assign(o, o);".repeat(20_000)),
        format!("{start} {}", "p = path.join(p, 'x'); [p, p] = [p, p];".repeat(20_000)),
        // Functions that make much of their parameters.
        format!("{start} function f(o, {{ a, b: {{ c }} }}, [d]) {{ {parts} }} {}", "f(f, p, f);".repeat(20_000)),
    ];
    for text in texts {
        let begun = std::time::Instant::now();
        evaluated(text.as_bytes(), Dialect { typescript: false, jsx: false, module: false }, Format::CommonJs);
        assert!(begun.elapsed() < std::time::Duration::from_secs(5), "{}", &text[..200]);
    }
}

/// The paths that a text asks for, as seen from the file's folder.
fn paths(text: &str) -> Vec<String> {
    let dialect = Dialect { typescript: false, jsx: false, module: false };
    let references = evaluated(text.as_bytes(), dialect, Format::CommonJs).references;
    let paths = references.into_iter().filter(|reference| reference.kind == ReferenceKind::Path);
    paths.map(|reference| reference.specifier.replace("/r/a/b/", "")).collect()
}

#[test]
fn methods_of_strings_are_worked_out() {
    for (expression, path) in [
        ("'7'.padStart(3, '0') + '.sql'", "007.sql"),
        ("'a'.padEnd(3, 'b')", "abb"),
        ("'a'.padStart(3).trimStart() + '.x'", "a.x"),
        ("'a'.padEnd(3).trimEnd() + '.x'", "a.x"),
        ("'en_GB'.charAt(1) + 'en'.at(0) + '.json'", "ne.json"),
    ] {
        let text = format!("const fs = require('fs'); fs.readFileSync(__dirname + '/' + {expression})");
        assert_eq!(paths(&text), [path], "{expression}");
    }
}
