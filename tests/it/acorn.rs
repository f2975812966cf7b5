//! Our tokens against acorn's, over real packages.

use std::path::PathBuf;

use monotrace::lexer::{Dialect, Kind, Lexer, Token};

use crate::peers;

/// What acorn and we were compared on.
#[derive(Debug, Default)]
struct Agreement {
    compared: usize,
    tokens: usize,
    skipped: usize,
    differences: Vec<String>,
}

/// Files on which we differ knowingly, by the end of their path, and why.
const EXCEPTIONS: &[(&str, &str)] = &[];

/// A token as `acorn-tokens.mjs` writes it.
type Mark = (u8, u32, u32);

#[test]
fn acorn_sees_the_same_strings_templates_regexes_and_brackets() {
    let files = peers::scripts();
    let agreement = compare(&files);
    println!(
        "acorn: {} files and {} tokens compared, {} files skipped, {} differ",
        agreement.compared,
        agreement.tokens,
        agreement.skipped,
        agreement.differences.len()
    );
    assert!(agreement.differences.is_empty(), "{}", first(&agreement.differences));
}

fn first(differences: &[String]) -> String {
    differences.iter().take(20).cloned().collect::<Vec<_>>().join("\n")
}

fn compare(files: &[PathBuf]) -> Agreement {
    let mut agreement = Agreement::default();
    peers::ask("acorn-tokens.mjs", files.iter(), |path, answer| judge_file(&mut agreement, path, answer));
    assert_eq!(agreement.compared + agreement.skipped, files.len());
    agreement
}

fn judge_file(agreement: &mut Agreement, path: &str, answer: &str) {
    let Some(marks) = answer.strip_prefix('T') else {
        agreement.skipped += 1;
        return;
    };
    let source = std::fs::read_to_string(path).unwrap();
    let theirs: Vec<Mark> = marks.split_ascii_whitespace().map(parse_mark).collect();
    let ours = marks_of(source.as_bytes(), dialect_of(path));
    agreement.compared += 1;
    agreement.tokens += theirs.len();
    if ours == theirs || EXCEPTIONS.iter().any(|(end, _)| path.ends_with(end)) {
        return;
    }
    agreement.differences.push(describe(path, source.as_bytes(), &ours, &theirs));
}

/// Without a package.json to ask, a `.js` file may be either.
fn dialect_of(path: &str) -> Dialect {
    Dialect { typescript: false, jsx: path.ends_with(".js"), module: path.ends_with(".mjs") }
}

fn parse_mark(text: &str) -> Mark {
    let (start, end) = text[1..].split_once(',').unwrap();
    (text.as_bytes()[0], start.parse().unwrap(), end.parse().unwrap())
}

fn marks_of(source: &[u8], dialect: Dialect) -> Vec<Mark> {
    let mut lexer = Lexer::new(source, dialect);
    let mut marks = Vec::new();
    loop {
        let token = lexer.next_token();
        if token.kind == Kind::End {
            return marks;
        }
        push_marks(&mut marks, token);
    }
}

/// Acorn takes a template's part to pieces.
fn push_marks(marks: &mut Vec<Mark>, token: Token) {
    let Token { start, end, kind, .. } = token;
    match kind {
        Kind::String => marks.push((b's', start, end)),
        Kind::Regex => marks.push((b'r', start, end)),
        Kind::ParenOpen => marks.push((b'(', start, end)),
        Kind::ParenClose => marks.push((b')', start, end)),
        Kind::BracketOpen => marks.push((b'[', start, end)),
        Kind::BracketClose => marks.push((b']', start, end)),
        Kind::BraceOpen => marks.push((b'{', start, end)),
        Kind::BraceClose => marks.push((b'}', start, end)),
        Kind::Template => marks.push((b't', start + 1, end - 1)),
        Kind::TemplateHead => marks.extend([(b't', start + 1, end - 2), (b'$', end - 2, end)]),
        Kind::TemplateMiddle => {
            marks.extend([(b'}', start, start + 1), (b't', start + 1, end - 2), (b'$', end - 2, end)]);
        }
        Kind::TemplateTail => marks.extend([(b'}', start, start + 1), (b't', start + 1, end - 1)]),
        _ => {}
    }
}

fn describe(path: &str, source: &[u8], ours: &[Mark], theirs: &[Mark]) -> String {
    let index = ours.iter().zip(theirs).take_while(|(our, their)| our == their).count();
    let place = |marks: &[Mark]| marks.get(index).map_or(source.len() as u32, |mark| mark.1);
    let at = place(ours).min(place(theirs)) as usize;
    let context = &source[at.saturating_sub(60)..(at + 40).min(source.len())];
    let show = |mark: Option<&Mark>| {
        mark.map_or("nothing".to_owned(), |(kind, start, end)| format!("{}{start},{end}", *kind as char))
    };
    format!(
        "{path}: we have {}, acorn {}, near {:?}",
        show(ours.get(index)),
        show(theirs.get(index)),
        String::from_utf8_lossy(context)
    )
}
