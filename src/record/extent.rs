//! What of a line is marked for a place: the call, or the statement, that asks for something there.
//!
//! Reads the characters of one line and nothing else: a reference keeps only where its specifier begins. What it
//! cannot tell it leaves out, and then a string or one character is marked.

use std::ops::Range;

/// The characters to mark in `line` for what begins at `mark`, which is among them if the line has it.
pub fn extent(line: &[char], mark: usize) -> Range<usize> {
    let before = trimmed(&line[..mark.min(line.len())]);
    let string = string_end(line, mark);
    if before.ends_with(&['(']) {
        let callee = callee_start(&line[..before.len() - 1]);
        if callee < before.len() - 1 {
            let end = call_end(line, mark).unwrap_or_else(|| trimmed(line).len());
            return callee..end.max(mark + 1);
        }
    }
    if let (Some(end), true) = (string, is_word_before(before, "from") || is_word_before(before, "import")) {
        let start = ["import", "export"].iter().filter_map(|word| last_word(before, word)).max();
        // Where the statement began on a line above, all that stands before on this one is of it.
        let blank = line.iter().take_while(|character| character.is_whitespace()).count();
        return start.unwrap_or(blank)..end;
    }
    if let Some(end) = string {
        return mark..end;
    }
    // An expression that is a call itself: `path.join(…)`.
    let name = line.get(mark..).unwrap_or_default().iter().take_while(|next| is_part(**next)).count();
    if name > 0 && line.get(mark + name) == Some(&'(') {
        return mark..call_end(line, mark + name + 1).unwrap_or(mark + name);
    }
    mark..mark + 1
}

fn trimmed(line: &[char]) -> &[char] {
    let blank = line.iter().rev().take_while(|character| character.is_whitespace()).count();
    &line[..line.len() - blank]
}

/// Whether the character may stand in `module.require` or `import.meta.resolve`.
fn is_part(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '$' | '.' | '#')
}

/// Where the name begins that ends `line`, with a `new` before it.
fn callee_start(line: &[char]) -> usize {
    let line = trimmed(line);
    let mut start = line.len() - line.iter().rev().take_while(|character| is_part(**character)).count();
    // What a call gives is called: `require('fs').readFileSync(…)`.
    while line.get(start) == Some(&'.') && line[..start].ends_with(&[')']) {
        let Some(open) = call_start(&line[..start]) else { break };
        start = open - line[..open].iter().rev().take_while(|character| is_part(**character)).count();
    }
    if line.get(start) == Some(&'.') {
        start += 1;
    }
    let before = trimmed(&line[..start]);
    if start < line.len() && before.len() < start && is_word_before(before, "new") { before.len() - 3 } else { start }
}

/// Whether the line ends with this word.
fn is_word_before(line: &[char], word: &str) -> bool {
    let len = word.len();
    line.len() >= len
        && line[line.len() - len..].iter().copied().eq(word.chars())
        && !line[..line.len() - len].last().is_some_and(|before| is_part(*before))
}

/// Where this word stands last.
fn last_word(line: &[char], word: &str) -> Option<usize> {
    (word.len()..=line.len())
        .rev()
        .find(|end| is_word_before(&line[..*end], word) && !line.get(*end).is_some_and(|next| is_part(*next)))
        .map(|end| end - word.len())
}

/// Behind the string that begins at `start`, if one does and ends on the line.
fn string_end(line: &[char], start: usize) -> Option<usize> {
    let quote = line.get(start).filter(|quote| matches!(quote, '\'' | '"' | '`'))?;
    let mut is_escaped = false;
    for (index, character) in line.iter().enumerate().skip(start + 1) {
        if character == quote && !is_escaped {
            return Some(index + 1);
        }
        is_escaped = *character == '\\' && !is_escaped;
    }
    None
}

/// Where the bracket stands that is closed at the line's end.
fn call_start(line: &[char]) -> Option<usize> {
    let mut open = 0_usize;
    let mut quote = None;
    for (at, character) in line.iter().enumerate().rev() {
        match (quote, character) {
            (Some(is), character) if is == character => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"' | '`') => quote = Some(character),
            (None, ')') => open += 1,
            (None, '(') if open == 1 => return Some(at),
            (None, '(') => open = open.checked_sub(1)?,
            _ => {}
        }
    }
    None
}

/// Behind the bracket that ends what is open at `from`.
fn call_end(line: &[char], from: usize) -> Option<usize> {
    let mut open = 1_usize;
    let mut at = from;
    while let Some(character) = line.get(at) {
        match character {
            '\'' | '"' | '`' => {
                at = string_end(line, at)?;
                continue;
            }
            '(' | '[' | '{' => open += 1,
            ')' | ']' | '}' => open -= 1,
            _ => {}
        }
        at += 1;
        if open == 0 {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is marked for the place where `|` stands.
    fn marked(text: &str) -> String {
        let (before, after) = text.split_once('|').unwrap();
        let line: Vec<char> = format!("{before}{after}").chars().collect();
        let range = extent(&line, before.chars().count());
        line.get(range).map_or_else(String::new, |part| part.iter().collect())
    }

    #[test]
    fn a_call_is_marked_as_a_whole() {
        assert_eq!(marked("require(|'missing-pkg');"), "require('missing-pkg')");
        assert_eq!(marked("  x = module.require( |\"a\" ).b('c')"), "module.require( \"a\" )");
        assert_eq!(marked("require(|'./locale/' + f('(') + '/x.js'); y()"), "require('./locale/' + f('(') + '/x.js')");
        assert_eq!(marked("const u = new URL(|'./a', import.meta.url).href"), "new URL('./a', import.meta.url)");
        assert_eq!(marked("renew URL(|'./a')"), "URL('./a')");
        assert_eq!(marked("await import(|`./${x}`)"), "import(`./${x}`)");
        assert_eq!(marked("fs.readFileSync(|path.join(__dirname, 'a'))"), "fs.readFileSync(path.join(__dirname, 'a'))");
        assert_eq!(marked("x=require('fs').readFileSync(|p + '/a')"), "require('fs').readFileSync(p + '/a')");
        assert_eq!(marked("f(')(').g().h(|'a')"), "f(')(').g().h('a')");
        assert_eq!(marked("a[0].b(|'a') + ].c"), "b('a')");
        assert_eq!(marked("').b(|'a')"), "b('a')");
        assert_eq!(marked("x = |path.join(__dirname, 'a') + 1"), "path.join(__dirname, 'a')");
        assert_eq!(marked("require(|'./a' +  "), "require('./a' +", "it ends on another line");
    }

    #[test]
    fn a_statement_is_marked_to_its_specifier() {
        assert_eq!(marked("import a, { b } from |'./gone';"), "import a, { b } from './gone'");
        assert_eq!(marked("x(); import |'./gone'; y()"), "import './gone'");
        assert_eq!(marked("export * from |'./gone' // why"), "export * from './gone'");
        assert_eq!(marked("  } from |'./gone';"), "} from './gone'");
        assert_eq!(marked("import { reimport } from |'x'"), "import { reimport } from 'x'");
    }

    #[test]
    fn what_cannot_be_told_is_a_string_or_one_character() {
        assert_eq!(marked("const a = [|'./a', './b']"), "'./a'");
        assert_eq!(marked("f((|'a'))"), "'a'");
        assert_eq!(marked("a |'b"), "'");
        assert_eq!(marked("|x"), "x");
        assert_eq!(marked("f(x, |y)"), "y");
        assert_eq!((extent(&[], 0), extent(&['a'], 5)), (0..1, 5..6));
        let (before, after) = ("(".repeat(9_000), ")".repeat(9_000));
        assert_eq!(marked(&format!("f{before}|'a'{after}")), "'a'");
    }
}
