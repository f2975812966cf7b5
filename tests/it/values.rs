//! Values that are followed, on text that nobody wrote: it ends, and what it
//! gives could be listed.
//!
//! That nothing panics and nothing takes longer than its length is as
//! important as what is found: any file of any package is read so.

use monotrace::{
    Format, HOLE, Platform, Reference, ReferenceKind,
    evaluate::{Evaluation, Settings, Surroundings, evaluate},
    lexer::Dialect,
};

use crate::lexer::{Dice, SCRAPS};

const ROOT: &str = "/r";

fn evaluated(text: &[u8], dialect: Dialect, format: Format) -> Evaluation {
    let platform = Platform::default();
    let env = [("MODE".to_owned(), "/r/mode".to_owned())];
    let surroundings = Surroundings {
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
    let is_mark = |character: char| ('\u{10ff00}'..HOLE).contains(&character);
    assert!(!specifier.contains(is_mark), "a mark left: {reference:?} in {text:?}");
    let is_place = matches!(
        reference.kind,
        ReferenceKind::Path
            | ReferenceKind::Folder
            | ReferenceKind::Program
            | ReferenceKind::NodeGypBuild
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
fn an_array_too_long_to_keep_is_one_all_the_same() {
    let list = "1,".repeat(5000);
    let text = format!("const path = require('path'), list = [{list}]; require(list ? './a' : './b')");
    let script = Dialect { typescript: false, jsx: true, module: false };
    let found = evaluated(text.as_bytes(), script, Format::CommonJs).references;
    let found: Vec<&str> = found.iter().map(|reference| reference.specifier.as_str()).collect();
    assert_eq!(found, ["path", "./a", "./b"]);
}
