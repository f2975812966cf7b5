//! A long file says the same as a short one: what a reading that follows
//! values passes over in it says nothing.
//!
//! The short files are those of the pattern programs; long they are made by
//! comments, one behind each bracket that opens a function, a class or an object.

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

/// The same program in more bytes: each bracket is long enough to be passed
/// over, and so is the file. One that is long in `front` notes its words from
/// the beginning, another as soon as it turns out that they are needed.
fn lengthened(text: &[u8], dialect: Dialect, front: usize) -> Vec<u8> {
    let mut lexer = Lexer::new(text, dialect);
    let mut long = Vec::new();
    if !text.starts_with(b"#!") {
        long.extend_from_slice(format!("/*{}*/", " ".repeat(front)).as_bytes());
    }
    let mut from = 0;
    loop {
        let token = lexer.next_token();
        if token.kind == Kind::End {
            break;
        }
        let is_long = matches!(
            token.role,
            Role::Function | Role::FunctionExpression | Role::Object | Role::Class | Role::ClassExpression
        );
        if is_long && token.kind == Kind::BraceOpen && !token.in_type {
            let end = token.end as usize;
            long.extend_from_slice(&text[from..end]);
            long.extend_from_slice(format!("/*{}*/", " ".repeat(5000)).as_bytes());
            from = end;
        }
    }
    long.extend_from_slice(&text[from..]);
    long.extend_from_slice(format!("\n/*{}*/\n", " ".repeat(9000)).as_bytes());
    long
}

/// What is asked for by a long script, which is what a short one asks for.
fn asked_by_long(text: &str) -> Vec<String> {
    let path = Path::new("/app/a.js");
    let short = asked(evaluated(path, text.as_bytes()));
    for front in FRONTS {
        let long = asked(evaluated(path, &lengthened(text.as_bytes(), dialect("js"), front)));
        assert_eq!(long, short, "{front}");
    }
    short
}

/// Bytes of a comment in front of the script.
const FRONTS: [usize; 2] = [0, 20_000];

/// In these a function matters that stands below its first call, or whose names
/// get their values late: in a long file that would take one reading more than
/// there is. A hole is left then, and nothing is lost.
const LATE: [&str; 1] = ["real-forms/rollup-native.txt"];

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
            let short = asked(evaluated(&path, text.as_bytes()));
            scripts += 1;
            references += short.len();
            for front in FRONTS {
                let long = asked(evaluated(&path, &lengthened(text.as_bytes(), dialect(extension), front)));
                if short != long {
                    differences
                        .push(format!("{} {front}: {name}\n  short {short:#?}\n  long {long:#?}", file.display()));
                }
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
    let asked = asked_by_long(text);
    assert!(asked.iter().any(|reference| reference.contains("/app/icon.svg")), "{asked:?}");
}

#[test]
fn a_function_that_is_exported_above_may_return_paths_in_an_object() {
    let text = "const path = require('path');
exports.aliases = function () { return aliases() };
function aliases() { return { views: path.join(__dirname, 'views', '_'), name: 'a' } }";
    let asked = asked_by_long(text);
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
    let asked = asked_by_long(text);
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
    let asked = asked_by_long(text);
    assert!(asked.iter().any(|reference| reference.contains("/app/data/a.txt")), "{asked:?}");
}

#[test]
fn all_calls_of_a_function_count_wherever_they_stand() {
    let text = "function load(name) { return require('./x/' + name); }
function first() { return load('a') }
const table = { second: () => load('b') };
class Third { open() { return load('c') } }
load('d');";
    let asked = asked_by_long(text);
    for name in ["./x/a", "./x/b", "./x/c", "./x/d"] {
        assert!(asked.iter().any(|reference| reference.contains(name)), "{name}: {asked:?}");
    }
}

#[test]
fn a_literal_is_read_after_all_where_a_path_is_made_of_it() {
    let text = "const path = require('path'), fs = require('fs');
const files = { open() { return 1 }, main: 'main.html', more: ['a.txt', 'b.txt'] };
const names = ['c.txt', 'd.txt'];
const options = { log: () => 1, views: 'pages', engine: 'none' };
exports.main = () => fs.readFileSync(path.join(__dirname, files.main));
exports.more = () => files.more.map((name) => fs.readFileSync(path.join(__dirname, name)));
exports.all = () => { for (const name of names) { fs.readFileSync(path.join(__dirname, name)) } };
exports.views = () => fs.readdirSync(path.join(__dirname, options.views));";
    let asked = asked_by_long(text);
    for name in ["main.html", "a.txt", "c.txt", "pages"] {
        assert!(asked.iter().any(|reference| reference.contains(&format!("/app/{name}"))), "{name}: {asked:?}");
    }
}

#[test]
fn the_working_directory_is_known_under_another_name_of_process() {
    let text = "const fs = require('fs'), own = process, { cwd } = process;
function first() { return fs.readFileSync(own.cwd() + '/a.txt') }
function second() { return fs.readFileSync(cwd() + '/b.txt') }
function third(options) { return options.cwd || process.cwd() + '/c.txt' }
function fourth() { const { cwd: here } = process; return here() + '/d.txt' }
function fifth() { return globalThis.process.cwd() + '/e.txt' }
module.exports = [first, second, third, fourth, fifth];";
    let asked = asked_by_long(text);
    for name in ["a.txt", "b.txt", "c.txt", "d.txt", "e.txt"] {
        assert!(asked.iter().any(|reference| reference.contains(&format!("/app/{name}"))), "{name}: {asked:?}");
    }
}

#[test]
fn a_function_that_gets_a_path_may_make_another_of_it() {
    let text = "const path = require('path');
let root;
function page(folder) { return folder + '/page.html' }
function setRoot(folder) { root = folder }
function send(folder, done) { if (!folder || folder.length > 9 || typeof done !== 'function') throw 1; done(folder, 1) }
exports.page = page(__dirname);
setRoot(path.join(__dirname, 'root'));
send(path.join(__dirname, 'sent'), console.log);";
    let asked = asked_by_long(text);
    for name in ["page.html", "root", "sent"] {
        assert!(asked.iter().any(|reference| reference.contains(&format!("/app/{name}"))), "{name}: {asked:?}");
    }
}

#[test]
fn a_url_is_a_file_where_its_base_is_one() {
    let text = "const { readFileSync } = require('fs'), url = require('url');
const base = url.pathToFileURL(__filename);
function name() { return './a.txt' }
function address(host) { return new URL(name(), 'https://' + host) }
function own() { return readFileSync(new URL(name(), base)) }
function other() { const parsed = url.parse(address('x')); return readFileSync(new url.URL('b.txt', base)) }
module.exports = [address, own, other];";
    let asked = asked_by_long(text);
    for name in ["a.txt", "b.txt"] {
        assert!(asked.iter().any(|reference| reference.contains(&format!("/app/{name}"))), "{name}: {asked:?}");
    }
}

#[test]
fn a_bundled_module_is_known_by_its_key_not_by_a_variable_of_that_name() {
    let text = "(() => {
var modules = {
  path: (module) => { module.exports = require('path') },
  'a': (module, exports, load) => { const path = load('path'); exports.file = path.join(__dirname, 'x', name()); },
  'b': (module, exports) => { exports.visit = (path) => visit(path) },
};
function load(key) { const module = { exports: {} }; modules[key](module, module.exports, load); return module.exports }
load('a'); load('b');
})();";
    let asked = asked_by_long(text);
    assert!(asked.iter().any(|reference| reference.contains("/app/x")), "{asked:?}");
}

#[test]
fn the_working_directory_alone_is_a_reason_to_follow_values() {
    for text in [
        "const own = process; module.exports = (read) => read(own.cwd() + '/a.txt');",
        "module.exports = (read) => read(globalThis.process.cwd() + '/a.txt');",
        "module.exports = (read, options) => read(options.cwd, process.cwd() + '/a.txt');",
    ] {
        let asked = asked_by_long(text);
        assert!(asked.iter().any(|reference| reference.contains("/app/a.txt")), "{text}: {asked:?}");
    }
}

#[test]
fn a_module_that_is_called_counts_where_it_is() {
    let text = "const yargs = require('yargs/yargs'), fastify = require('fastify'), pino = require('pino');
function commands() { return yargs(['add']).commandDir('commands').parse() }
function server() { return fastify({ logger: { transport: { target: 'first-transport' } } }) }
function logger() { return pino({ transport: { target: 'second-transport' } }) }
module.exports = [commands, server, logger];";
    let asked = asked_by_long(text);
    for name in ["/app/commands", "first-transport", "second-transport"] {
        assert!(asked.iter().any(|reference| reference.contains(name)), "{name}: {asked:?}");
    }
}

#[test]
fn what_a_function_puts_into_a_variable_of_the_one_around_it_counts() {
    let text = "const fs = require('fs');
function outer(folder, name) {
  let base;
  function init() { base = folder }
  init();
  return fs.readFileSync(base + '/a.txt');
}
outer(__dirname);";
    let asked = asked_by_long(text);
    assert!(asked.iter().any(|reference| reference.contains("/app/a.txt")), "{asked:?}");
}

#[test]
fn a_module_comes_through_the_helper_of_a_bundler() {
    let text = "var copy = (to, from) => { for (let key in from) { to[key] = from[key] } return to };
var wrap = (module) => (copy(module.__esModule ? module : { default: module }, module));
var fs = wrap(require('fs')), path = wrap(require('path'));
exports.read = () => { return fs.default.readFileSync(path.join(__dirname, 'a.txt')) };";
    let asked = asked_by_long(text);
    assert!(asked.iter().any(|reference| reference.contains("/app/a.txt")), "{asked:?}");
}

#[test]
fn objects_make_one_where_a_table_is_among_them() {
    let text = "const fs = require('fs'), path = require('path');
const defaults = { log: () => 1, folder: 'views' };
const settings = Object.assign({ size: 1 }, defaults, { name: 'a' });
exports.read = () => fs.readFileSync(path.join(__dirname, settings.folder, 'a.txt'));";
    let asked = asked_by_long(text);
    assert!(asked.iter().any(|reference| reference.contains("/app/views/a.txt")), "{asked:?}");
}

#[test]
fn a_library_looks_into_what_it_is_given() {
    let text = "const fastify = require('fastify');
module.exports = fastify({ onError: () => 1, logger: { transport: { target: 'a-transport' } } });";
    let asked = asked_by_long(text);
    assert!(asked.iter().any(|reference| reference.contains("a-transport")), "{asked:?}");
}

#[test]
fn the_interop_helper_of_a_bundle_gives_the_module_that_it_gets() {
    let text = "
function _interopRequireWildcard(e, r) { if (!r && e && e.__esModule) return e; var n = {}; for (var k in e) n[k] = e[k]; n.default = e; return n; }
var path = _interopRequireWildcard(require('path')), fs = _interopRequireWildcard(require('fs'));
exports.read = () => fs.readFileSync(path.join(__dirname, 'x.txt'));
";
    let long = lengthened(text.as_bytes(), dialect("js"), 300_000);
    let asked = asked(evaluated(Path::new("/app/a.js"), &long));
    assert!(asked.iter().any(|reference| reference.contains("/app/x.txt")), "{asked:?}");
}

#[test]
fn methods_of_an_object_with_paths_are_read() {
    let text = "
const fs = require('fs');
const path = require('path');
const store = {
  file: path.join(__dirname, 'data.json'),
  open(file) { return fs.readFileSync(file); },
  load() { return this.open(this.file); },
};
store.load();
";
    let asked = asked_by_long(text);
    assert!(asked.iter().any(|reference| reference.contains("/app/data.json")), "{asked:?}");
}
