//! A long file says the same as a short one: what a reading that follows
//! values passes over in it says nothing.
//!
//! The short files are those of the pattern programs; long they are made by
//! comments, one behind each bracket that opens a function.

use std::path::{Path, PathBuf};

use monotrace::{
    Format, Platform, Reference,
    evaluate::{Evaluation, Settings, Surroundings, evaluate},
    lexer::{Dialect, Kind, Lexer, Role},
};

fn evaluated(path: &Path, text: &[u8]) -> Evaluation {
    let file = path.to_str().unwrap();
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or("");
    let platform = "linux-x64-gnu".parse::<Platform>().unwrap();
    let surroundings = Surroundings {
        neighbours: None,
        file,
        root: "/app",
        cwd: "/app",
        main: Some(file),
        platform: &platform,
        env: &[],
    };
    let format = match extension {
        "mjs" | "mts" => Format::Module,
        "cjs" | "cts" => Format::CommonJs,
        _ => Format::BySyntax,
    };
    let location = Some(&surroundings);
    let dialect = dialect(extension);
    evaluate(
        text,
        &Settings { dialect, format, mixed_modules: false, folds_strings: true, finds_files: true, location },
    )
}

fn dialect(extension: &str) -> Dialect {
    Dialect {
        typescript: matches!(extension, "ts" | "tsx" | "mts" | "cts"),
        jsx: matches!(extension, "js" | "jsx" | "tsx"),
        module: extension == "mjs",
    }
}

/// What is asked for, but for the places, which move.
fn asked(evaluation: Evaluation) -> Vec<String> {
    let told = |reference: Reference| {
        format!("{:?} {} {:?} {}", reference.kind, reference.specifier, reference.from, reference.guarded)
    };
    let mut asked: Vec<String> = evaluation.references.into_iter().map(told).collect();
    asked.extend(evaluation.wanted.iter().map(|wanted| format!("{wanted:?}")));
    asked
}

/// The same program in more bytes: each function is long enough to be passed over, and so is the file.
fn lengthened(text: &[u8], dialect: Dialect) -> Vec<u8> {
    let mut lexer = Lexer::new(text, dialect);
    let mut long = Vec::new();
    let mut from = 0;
    loop {
        let token = lexer.next_token();
        if token.kind == Kind::End {
            break;
        }
        let is_body = matches!(token.role, Role::Function | Role::FunctionExpression);
        if token.kind == Kind::BraceOpen && is_body && !token.in_type {
            let end = token.end as usize;
            long.extend_from_slice(&text[from..end]);
            long.extend_from_slice(format!("/*{}*/", " ".repeat(200)).as_bytes());
            from = end;
        }
    }
    long.extend_from_slice(&text[from..]);
    long.extend_from_slice(format!("\n/*{}*/\n", " ".repeat(9000)).as_bytes());
    long
}

/// In these a function matters that stands below its first call, or whose names
/// get their values late: in a long file that would take one reading more than
/// there is. A hole is left then, and nothing is lost.
const LATE: [&str; 2] = ["real-forms/rollup-native.txt", "wasm/emscripten.txt"];

/// The files of a pattern program, by name.
fn parts(program: &str) -> impl Iterator<Item = (&str, &str)> {
    program.split("\n//- ").skip(1).filter_map(|part| part.split_once('\n'))
}

fn programs(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => programs(&path, found),
            false if path.extension().is_some_and(|extension| extension == "txt") => found.push(path),
            false => {}
        }
    }
    found.sort();
}

#[test]
fn what_is_passed_over_says_nothing() {
    let mut files = Vec::new();
    programs(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/patterns"), &mut files);
    let mut differences = Vec::new();
    let (mut scripts, mut references) = (0, 0);
    for file in files.into_iter().filter(|file| !LATE.iter().any(|late| file.ends_with(late))) {
        let program = std::fs::read_to_string(&file).unwrap();
        for (name, text) in parts(&program) {
            let path = Path::new("/app").join(name.trim());
            let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or("");
            if !matches!(extension, "js" | "mjs" | "cjs" | "ts" | "mts" | "cts" | "jsx" | "tsx") {
                continue;
            }
            let long = lengthened(text.as_bytes(), dialect(extension));
            let (short, long) = (asked(evaluated(&path, text.as_bytes())), asked(evaluated(&path, &long)));
            scripts += 1;
            references += short.len();
            if short != long {
                differences.push(format!("{}: {name}\n  short {short:#?}\n  long {long:#?}", file.display()));
            }
        }
    }
    assert!(scripts > 500 && references > 800, "{scripts} {references}");
    assert!(differences.is_empty(), "{}: {}", differences.len(), differences.join("\n"));
}

#[test]
fn a_name_that_means_a_file_makes_functions_count_that_use_it() {
    let text = "const { pathToFileURL } = require('url');
const icon = new URL('./icon.svg', pathToFileURL(__filename)).href;
function link(name) { return render({ name, icon }) }
module.exports = { link };";
    let path = Path::new("/app/a.js");
    let long = lengthened(text.as_bytes(), dialect("js"));
    let asked = asked(evaluated(path, &long));
    assert!(asked.iter().any(|reference| reference.contains("/app/icon.svg")), "{asked:?}");
}

#[test]
fn a_function_that_is_exported_above_may_return_paths_in_an_object() {
    let text = "const path = require('path');
exports.aliases = function () { return aliases() };
function aliases() { return { views: path.join(__dirname, 'views', '_'), name: 'a' } }";
    let long = lengthened(text.as_bytes(), dialect("js"));
    let asked = asked(evaluated(Path::new("/app/a.js"), &long));
    assert!(asked.iter().any(|reference| reference.contains("/app/views/_")), "{asked:?}");
}

#[test]
fn a_function_that_names_a_file_for_others_is_read_whoever_else_has_such_a_name() {
    let text = "const fs = require('fs');
let file;
function own(file) { file = trimmed(file); return file }
function local() { let other, file; file = '/elsewhere/x.txt'; return file.length }
function choose() { file = __dirname + '/views/' + kind() + '.html' }
function set(options) { this.file = options.file; }
module.exports = () => { choose(); return fs.readFileSync(file) };";
    let path = Path::new("/app/a.js");
    let asked = asked(evaluated(path, &lengthened(text.as_bytes(), dialect("js"))));
    assert!(asked.iter().any(|reference| reference.contains("/app/views/")), "{asked:?}");
    assert!(!asked.iter().any(|reference| reference.contains("elsewhere")), "{asked:?}");
}

#[test]
fn a_function_finds_what_is_named_below_it() {
    let text = "function read() { return fs.readFileSync(join(ROOT, 'a.txt')) }
function options(fs, settings) { return settings.fs || fs }
const fs = require('fs'), { join } = require('path');
const ROOT = join(__dirname, 'data');
module.exports = { read, options };";
    let path = Path::new("/app/a.js");
    let asked = asked(evaluated(path, &lengthened(text.as_bytes(), dialect("js"))));
    assert!(asked.iter().any(|reference| reference.contains("/app/data/a.txt")), "{asked:?}");
}

#[test]
fn all_calls_of_a_function_count_wherever_they_stand() {
    let text = "function load(name) { return require('./x/' + name); }
function first() { return load('a') }
load('b');";
    let asked = asked(evaluated(Path::new("/app/a.js"), &lengthened(text.as_bytes(), dialect("js"))));
    for name in ["./x/a", "./x/b"] {
        assert!(asked.iter().any(|reference| reference.contains(name)), "{name}: {asked:?}");
    }
}
