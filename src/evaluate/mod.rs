//! Tokens of one file → what the file asks for.
//!
//! The file is its own tape: the evaluator reads forward, keeps one frame for
//! each open bracket, and folds expressions as it reads them. There is no
//! tree; memory grows with nesting and with what was found. It never fails:
//! what cannot be known is unknown. It resolves nothing and opens nothing.
//!
//! Most files name all that they need in literals, and are read once with an
//! eye on the functions that load. Where a file shows `__dirname`, a module
//! such as `fs`, or a specifier that is put together, it is read again from
//! its start, and values are followed: strings, paths, objects, functions.
//!
//! - `machine` takes tokens one by one; `frame` is what it knows of one bracket
//! - `expression`, `bracket`, `statement`, `switch` are a token's effects, by what it does
//! - `fold` computes operators; `value` is what an expression can be known to be,
//!   `kept` how much of that there may be
//! - `scope` knows which names are bound to what, and what a binding hides
//! - `order` knows what a variable is now, `member` gives objects members that they get later
//! - `receiver` says what `this` is in the functions of an object
//! - `function` remembers what functions of the file do with their parameters
//! - `collection` says what loops and callbacks get of arrays and objects
//! - `parameter` is what they make of those
//! - `known` names the modules and functions that are known; `call` and `apply`
//!   say what calling them gives and asks for, `method` what methods of arrays and
//!   promises do, `libraries` where libraries look for what they are told, `process`
//!   what is started, `glob` what globs mean, `load` what loaders load; `node_path` computes paths
//! - `bundle` knows modules that a bundler put into one file
//! - `sibling` says which files beside this one would tell more, and takes in
//!   what they export; `exports` finds that out about a file
//! - `ask` turns values that others get into references
//! - `regex` replaces in strings as regular expressions do, if they are plain
//! - `import` reads import and export declarations
//! - `needles` tells where reading may stop, `quiet` what may be left out, and
//!   `meaning` which values make a difference to it

mod apply;
mod ask;
mod bracket;
mod bundle;
mod call;
mod collection;
mod exports;
mod expression;
mod fold;
mod frame;
mod function;
mod glob;
mod import;
mod kept;
mod known;
mod libraries;
mod load;
mod machine;
mod meaning;
mod member;
mod method;
mod needles;
#[doc(hidden)]
pub mod node_path;
mod order;
mod parameter;
mod process;
mod quiet;
mod receiver;
mod regex;
mod scope;
mod sibling;
mod statement;
mod switch;
mod value;

use crate::{
    finding::Problem,
    lexer::{Dialect, Lexer},
    record::{Format, Place, Places, Platform, Reference, ReferenceKind, Span},
};

pub use exports::Exports;
use machine::{Machine, Try};
use quiet::Quiet;
pub use sibling::Wanted;
use value::Origin;

/// What is known of a file before it is read.
#[derive(Clone, Copy)]
pub struct Settings<'s> {
    /// Its grammar.
    pub dialect: Dialect,
    /// What Node takes it for by its name and its package.json.
    pub format: Format,
    /// `require` counts in ES modules too, as nft's `mixedModules` does.
    pub mixed_modules: bool,
    /// Strings that are put together count too (nft's `evaluatePureExpressions`).
    pub folds_strings: bool,
    /// `new URL("x", import.meta.url)` counts (nft's `computeFileReferences`),
    /// and so does every path that can be worked out.
    pub finds_files: bool,
    /// Where it will run. Without it only specifiers that are written out are
    /// found: no value is followed from one name to another.
    pub location: Option<&'s Surroundings<'s>>,
}

/// Who knows the disk: the evaluator does not.
pub trait Neighbours {
    /// The path that `require.resolve(specifier)` gives, in the file or, as its
    /// option `paths` has it, in the folder `from`.
    fn resolve(&self, specifier: &str, from: Option<&str>) -> Option<String>;

    /// What the file asks for depends on which file is the program's entry.
    fn depends_on_entry(&self) {}
}

/// What a file's code knows of the place where it runs. Paths are absolute.
#[derive(Clone, Copy)]
pub struct Surroundings<'s> {
    /// Answers what only the disk tells.
    pub neighbours: Option<&'s dyn Neighbours>,
    /// Its own real path: `__filename`.
    pub file: &'s str,
    /// The tracing root.
    pub root: &'s str,
    /// `process.cwd()`.
    pub cwd: &'s str,
    /// The program's entry, if there is only one: `require.main.filename`.
    pub main: Option<&'s str>,
    /// `process.platform` and `process.arch`.
    pub platform: &'s Platform,
    /// What is known of `process.env`.
    pub env: &'s [(String, String)],
}

/// What reading a file gave.
#[derive(Debug, Default)]
pub struct Evaluation {
    /// What it asks for, in the order of their places.
    pub references: Vec<Reference>,
    /// It is an ES module: by its format, or by its syntax where that decides.
    pub is_module: bool,
    /// What is wrong with its text.
    pub problems: Vec<(Place, Problem)>,
    /// Files beside it whose exports would tell more: [`evaluate_among`] takes them.
    pub wanted: Vec<Wanted>,
}

/// A reference whose place is still an offset, and that may turn out not to be one.
#[derive(Clone, Debug)]
struct Candidate {
    kind: ReferenceKind,
    specifier: String,
    at: Span,
    guarded: bool,
    /// The innermost `try` block around it, as an index into the machine's; 0: none.
    in_try: u32,
    /// Whose function was called. An ES module has nothing of the CommonJS
    /// wrapper, and a declaration further down may hide its names.
    origin: Origin,
    /// Such a declaration came: it is no reference.
    hidden: bool,
    /// The folder whose place counts instead of the file's.
    from: Option<Box<str>>,
    /// The function of the file that asks, with its parameters as holes: its
    /// calls may tell better.
    asked_by: Option<u32>,
}

/// Why a file is read.
#[derive(Clone, Copy, Debug)]
enum Purpose<'p> {
    /// For what it asks for, and for the files beside it that would tell more.
    References,
    /// For what it asks for, given what those export.
    ReferencesAmong(&'p [(Wanted, Exports)]),
    /// For what it exports.
    Exports,
}

/// Reads a whole file.
pub fn evaluate(source: &[u8], settings: &Settings<'_>) -> Evaluation {
    evaluate_for(Purpose::References, source, settings)
}

/// Reads it once more, with what the files beside it export.
pub fn evaluate_among(source: &[u8], settings: &Settings<'_>, siblings: &[(Wanted, Exports)]) -> Evaluation {
    evaluate_for(Purpose::ReferencesAmong(siblings), source, settings)
}

/// What a file exports, if something of it is known. What it takes from other
/// files of the program is not.
pub fn exports(source: &[u8], settings: &Settings<'_>) -> Option<Exports> {
    if foreign_encoding(source).is_some() || is_binary(source) {
        return None;
    }
    let text;
    let source = if settings.format == Format::Json {
        text = [b"module.exports = ", source.strip_prefix(b"\xef\xbb\xbf").unwrap_or(source)].concat();
        text.as_slice()
    } else {
        source
    };
    let machine = read(Purpose::Exports, source, settings);
    let is_module = is_module(&machine);
    machine.into_exports(is_module)
}

fn is_module(machine: &Machine<'_>) -> bool {
    match machine.settings.format {
        Format::Module => true,
        Format::BySyntax => machine.shows_module_syntax(),
        _ => false,
    }
}

fn evaluate_for(purpose: Purpose<'_>, source: &[u8], settings: &Settings<'_>) -> Evaluation {
    if let Some(encoding) = foreign_encoding(source) {
        let place = Place { line: 1, column: 1 };
        return Evaluation {
            problems: vec![(place, Problem::Encoding { encoding })],
            is_module: settings.format == Format::Module,
            ..Evaluation::default()
        };
    }
    if is_binary(source) {
        return Evaluation { is_module: settings.format == Format::Module, ..Evaluation::default() };
    }
    let mut machine = read(purpose, source, settings);
    let is_module = is_module(&machine);
    let caught = caught(&machine.tries);
    let mut candidates = std::mem::take(&mut machine.candidates);
    candidates.retain(|candidate| {
        !candidate.hidden && !candidate.asked_by.is_some_and(|function| machine.is_told_by_calls(function))
    });
    // TypeScript may be compiled to CommonJS, whatever its own syntax says.
    if is_module && !settings.mixed_modules && !(settings.dialect.typescript && settings.format == Format::BySyntax) {
        candidates.retain(|candidate| candidate.origin == Origin::Anywhere);
    }
    // As a rule they are in order, and sorting takes room for half of them.
    if !candidates.is_sorted_by_key(|candidate| candidate.at) {
        candidates.sort_by_key(|candidate| candidate.at);
    }
    candidates.dedup_by(|later, first| {
        (later.kind, &later.specifier, &later.from, later.at) == (first.kind, &first.specifier, &first.from, first.at)
    });
    let mut places = Places::new(source);
    let references = candidates
        .into_iter()
        .map(|Candidate { kind, specifier, at, guarded, in_try, from, .. }| Reference {
            kind,
            specifier,
            from,
            place: places.at(at.start),
            guarded: guarded || caught.get(in_try as usize).copied().unwrap_or(false),
        })
        .collect();
    let broken = machine.breakage().map(|broken| (broken.offset, Problem::BrokenText { what: broken.what }));
    let given_up = machine.gave_up.map(|at| (at, Problem::TooMuchToWorkOut));
    let problems = broken.into_iter().chain(given_up).map(|(at, problem)| (Place::of(source, at), problem)).collect();
    Evaluation { references, is_module, problems, wanted: machine.siblings.wanted() }
}

/// A value that is known late may make another known that is used earlier
/// still; more often than that nobody does it.
const READINGS: usize = 3;

/// A file of more bytes is read twice at most: a bundle has its modules in order.
const LONG_FILE: usize = 256 * 1024;

/// Reads the file as often as it takes: once as a rule. What follows values
/// costs more, and most files have nothing to follow.
fn read<'s>(purpose: Purpose<'_>, source: &'s [u8], settings: &'s Settings<'s>) -> Machine<'s> {
    let asks = matches!(purpose, Purpose::References);
    let mut machine = Machine::new(Lexer::new(source, settings.dialect), needles::end_of_interest(source), settings);
    let follows = match settings.location {
        // Whoever wants exports, or knows those of others, follows values anyway. Of a long file a light
        // reading tells first what of it need not be read again.
        Some(location) if !asks && Quiet::is_too_short(source) => Some(location),
        None if !asks => None,
        location => {
            if location.is_some() {
                machine.quiet = Quiet::noting(source);
                machine.wants_values = !asks;
            }
            machine.run();
            machine.wants_values.then_some(location).flatten()
        }
    };
    if let Some(location) = follows {
        let quiet = machine.next_quiet();
        machine = Machine::new(Lexer::new(source, settings.dialect), source.len(), settings);
        machine.quiet = quiet;
        machine.follow_values(location);
        match purpose {
            Purpose::References => machine.know_siblings(None),
            Purpose::ReferencesAmong(siblings) => machine.know_siblings(Some(siblings)),
            Purpose::Exports => machine.exported = Some(Box::default()),
        }
        machine.run();
    }
    // Some names have their values below the first place where they stand.
    let readings = if source.len() > LONG_FILE { 2 } else { READINGS };
    for _ in 1..readings {
        let is_done = machine.hoisted.is_empty() && !machine.has_bundled_more();
        if is_done && !machine.wants_bodies() {
            break;
        }
        let first = machine;
        machine = Machine::new(Lexer::new(source, settings.dialect), source.len(), settings);
        if let Some(location) = follows {
            machine.follow_values(location);
        }
        machine.exported = first.exported.as_ref().map(|_| Box::default());
        machine.remember(first);
        machine.run();
    }
    machine
}

/// For each `try` block, whether it or one around it has a `catch`.
fn caught(tries: &[Try]) -> Vec<bool> {
    let mut caught: Vec<bool> = Vec::with_capacity(tries.len());
    for each in tries {
        // The first stands for no block at all, and is around itself.
        let outer = caught.get(each.outer as usize).copied().unwrap_or(false);
        caught.push(each.has_catch || outer);
    }
    caught
}

/// The encoding of a text that Node would read as UTF-8 and not understand.
fn foreign_encoding(source: &[u8]) -> Option<&'static str> {
    match source {
        [0xff, 0xfe, 0, 0, ..] => Some("UTF-32 LE"),
        [0xff, 0xfe, ..] => Some("UTF-16 LE"),
        [0xfe, 0xff, ..] => Some("UTF-16 BE"),
        _ => None,
    }
}

/// Whether the first bytes are no JavaScript: those of an executable, an
/// archive, an image. Such files are needed all the same, by programs that
/// start or open them; there is nothing to read in them, and much to read over.
fn is_binary(source: &[u8]) -> bool {
    // A script of another language; Node itself takes any first line of that kind.
    if source.starts_with(b"#!") {
        let line = source.split(|byte| *byte == b'\n').next().unwrap_or(source);
        return [&b"/sh"[..], b"bash", b"python", b"perl", b"ruby"]
            .iter()
            .any(|other| memchr::memmem::find(line, other).is_some())
            && memchr::memmem::find(line, b"node").is_none();
    }
    let head = &source[..source.len().min(4)];
    // In a comment or a string any byte may stand.
    if matches!(head, [b'/' | b'\'' | b'"' | b'`' | b'#' | b'<', ..]) {
        return false;
    }
    let is_control = |byte: &u8| *byte == 0x7f || (*byte < b' ' && !matches!(byte, 0x09..=0x0d));
    let is_broken = std::str::from_utf8(head).is_err_and(|error| error.error_len().is_some());
    is_broken || head.iter().any(is_control)
}
