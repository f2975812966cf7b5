//! Our references against those of a syntax tree with real scopes, over real packages.
//!
//! `tests/peers/references.mjs` is the judge; it tells the rules. Every script
//! of the corpus is read by both, and whatever differs needs its reason here.

use std::path::PathBuf;

use monotrace::{
    Format, Places,
    evaluate::{Evaluation, Settings, evaluate},
    lexer::Dialect,
};

use crate::peers;

/// Files on which we differ knowingly, by the end of their path, and why.
const EXCEPTIONS: &[(&str, &str)] = &[(
    "events/tests/index.js",
    "its own `require` is made from the wrapper's by way of another name, which the tree does not follow",
)];

/// What the judge and we were compared on.
#[derive(Default)]
struct Agreement {
    compared: usize,
    references: usize,
    skipped: usize,
    differences: Vec<String>,
}

impl Agreement {
    fn add(mut self, other: Agreement) -> Agreement {
        self.compared += other.compared;
        self.references += other.references;
        self.skipped += other.skipped;
        self.differences.extend(other.differences);
        self
    }
}

#[test]
fn a_syntax_tree_gives_the_same_references() {
    let files = peers::scripts();
    let agreement = compare_all(&files);
    println!(
        "{} files and {} references compared, {} files skipped, {} differ",
        agreement.compared,
        agreement.references,
        agreement.skipped,
        agreement.differences.len()
    );
    assert_eq!(agreement.compared + agreement.skipped, files.len());
    let shown: Vec<_> = agreement.differences.iter().take(100).map(String::as_str).collect();
    assert!(shown.is_empty(), "{} differences\n{}", agreement.differences.len(), shown.join("\n"));
}

/// Two judges at a time: parsing is what takes long. Every other file goes to
/// either, so that large neighbours do not meet.
fn compare_all(files: &[PathBuf]) -> Agreement {
    std::thread::scope(|scope| {
        let judges: Vec<_> =
            [0, 1].into_iter().map(|first| scope.spawn(move || compare(files.iter().skip(first).step_by(2)))).collect();
        judges.into_iter().map(|judge| judge.join().unwrap()).fold(Agreement::default(), Agreement::add)
    })
}

fn compare<'f>(files: impl Iterator<Item = &'f PathBuf>) -> Agreement {
    let mut agreement = Agreement::default();
    peers::ask("references.mjs", files, |path, answer| compare_file(&mut agreement, path, answer));
    agreement
}

fn compare_file(agreement: &mut Agreement, path: &str, answer: &str) {
    let Some(answer) = answer.strip_prefix("R ") else {
        agreement.skipped += 1;
        return;
    };
    let source = std::fs::read(path).unwrap();
    let theirs = shown_answer(&source, &serde_json::from_str(answer).unwrap());
    let ours = shown(&evaluate(&source, &settings(path)));
    agreement.compared += 1;
    agreement.references += theirs.len() - 1;
    if ours == theirs || EXCEPTIONS.iter().any(|(end, _)| path.ends_with(end)) {
        return;
    }
    let only = |these: &[String], those: &[String]| {
        let lines = these.iter().filter(|line| !those.contains(line)).take(3);
        lines.map(|line| format!(" [{line}]")).collect::<String>()
    };
    agreement.differences.push(format!(
        "{path}: only we:{}; only the tree:{}",
        only(&ours, &theirs),
        only(&theirs, &ours)
    ));
}

/// Without a package.json to ask, a `.js` file may be either.
fn settings(path: &str) -> Settings<'static> {
    let format = match path.rsplit_once('.') {
        Some((_, "mjs")) => Format::Module,
        Some((_, "cjs")) => Format::CommonJs,
        _ => Format::BySyntax,
    };
    let dialect = Dialect { typescript: false, jsx: format == Format::BySyntax, module: format == Format::Module };
    Settings { dialect, format, mixed_modules: false, folds_strings: true, finds_files: true, location: None }
}

fn line(place: &str, kind: &str, specifier: &str, guarded: bool) -> String {
    format!("{place} {kind} {specifier:?}{}", if guarded { " ?" } else { "" })
}

fn head(is_module: bool) -> String {
    if is_module { "an ES module".to_owned() } else { "CommonJS".to_owned() }
}

/// What we found: the format, then a line for each reference.
fn shown(evaluation: &Evaluation) -> Vec<String> {
    let references = evaluation.references.iter().map(|reference| {
        line(&reference.place.to_string(), reference.kind.word(), &reference.specifier, reference.guarded)
    });
    std::iter::once(head(evaluation.is_module)).chain(references).collect()
}

/// The same of what the judge found.
fn shown_answer(source: &[u8], answer: &serde_json::Value) -> Vec<String> {
    let mut places = Places::new(source);
    let references = answer["references"].as_array().unwrap().iter().map(|reference| {
        let offset = u32::try_from(reference[1].as_u64().unwrap()).unwrap();
        line(
            &places.at(offset).to_string(),
            reference[0].as_str().unwrap(),
            reference[2].as_str().unwrap(),
            reference[3].as_bool().unwrap(),
        )
    });
    std::iter::once(head(answer["module"].as_bool().unwrap())).chain(references).collect()
}
