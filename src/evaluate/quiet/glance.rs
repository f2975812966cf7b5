//! What the text around a word tells at a glance, without reading it.
//!
//! These are guesses on the safe side: where the text is longer or stranger
//! than they look, what stands there counts. Nothing here is remembered.

use super::super::needles;

/// A longer list of parameters is not looked through.
const LONGEST_PARAMETERS: usize = 512;

/// The bracket of a call is looked for so far in front of an argument.
const LONGEST_ARGUMENTS: usize = 256;

/// So many names of one declaration are looked at.
const MOST_DECLARED: usize = 16;

/// The variable that is assigned, or a member of which is, to what stands
/// before `at`, if nothing else is: of `id = options.id;` it is `options`.
pub(super) fn assigned_name(source: &[u8], at: usize) -> Option<&[u8]> {
    let value = source.get(at..)?.trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let continues = |byte: &u8| needles::continues_a_name(*byte) || *byte == b'.';
    let len = value.iter().position(|byte| !continues(byte))?;
    let (dotted, after) = value.split_at(len);
    let name = dotted.split(|byte| *byte == b'.').next().filter(|name| !name.is_empty())?;
    let line_ends = after.first().is_some_and(|byte| matches!(byte, b'\n' | b'\r'));
    let after = after.trim_ascii_start().first();
    let ends = after.is_none_or(|byte| matches!(byte, b';' | b',' | b')' | b'}'));
    let goes_on = after.is_some_and(|byte| matches!(byte, b'+' | b'.' | b'?' | b'(' | b'[' | b'`' | b'|' | b'&'));
    (ends || line_ends && !goes_on).then_some(name)
}

/// What stands behind the parameter of that name of the function whose body
/// begins at `body`, if it has one, as far as that shows at a glance.
pub(super) fn parameter<'s>(source: &'s [u8], body: usize, name: &[u8]) -> Option<&'s [u8]> {
    let list = parameter_list(source, body)?;
    let mut places = memchr::memmem::find_iter(list, name);
    let at = places.find(|at| {
        let before = list[..*at].trim_ascii_end();
        let is_binding = before.last().is_none_or(|byte| matches!(byte, b',' | b'{' | b'[' | b':'));
        (is_binding || before.ends_with(b"...")) && stands_at(list, *at, name)
    });
    at.and_then(|at| list.get(at + name.len()..))
}

/// The names of the parameters of the function whose body begins at `body`, if they are names and nothing more.
pub(super) fn parameters(source: &[u8], body: usize) -> Option<Vec<&[u8]>> {
    let list = parameter_list(source, body)?.trim_ascii();
    let list = list.strip_suffix(b",").unwrap_or(list);
    if list.is_empty() {
        return Some(Vec::new());
    }
    let is_name = |name: &&[u8]| !name.is_empty() && name.iter().all(|byte| needles::continues_a_name(*byte));
    let names: Vec<&[u8]> = list.split(|byte| *byte == b',').map(<[u8]>::trim_ascii).collect();
    names.iter().all(is_name).then_some(names)
}

/// What stands between the brackets in front of the body that begins there; of
/// an arrow without any, its only parameter.
fn parameter_list(source: &[u8], body: usize) -> Option<&[u8]> {
    let head = source.get(body.saturating_sub(LONGEST_PARAMETERS)..body)?.trim_ascii_end();
    let arrow = head.strip_suffix(b"=>").map(<[u8]>::trim_ascii_end);
    let Some(list) = arrow.unwrap_or(head).strip_suffix(b")") else {
        let name = name_behind(arrow?);
        return Some(name).filter(|name| !name.is_empty());
    };
    let mut open = 1;
    let opens_at = memchr::memrchr2_iter(b'(', b')', list).find(|at| {
        open = if list[*at] == b')' { open + 1 } else { open - 1 };
        open == 0
    });
    list.get(opens_at? + 1..)
}

/// The name with which the text ends, or nothing.
fn name_behind(text: &[u8]) -> &[u8] {
    let len = text.iter().rev().take_while(|byte| needles::continues_a_name(**byte)).count();
    &text[text.len() - len..]
}

/// Whether the member behind the dot at `dot` may be one of the variable of that name: of another variable it is not.
pub(super) fn may_be_of(source: &[u8], dot: usize, name: &[u8]) -> bool {
    let before = source[..dot].trim_ascii_end();
    let base = name_behind(before);
    let is_member = before[..before.len() - base.len()].trim_ascii_end().ends_with(b".");
    base.is_empty() || base == name || base == b"this" || is_member
}

/// The name that stands at `at`, or nothing.
pub(super) fn name_at(source: &[u8], at: usize) -> &[u8] {
    let rest = source.get(at..).unwrap_or_default();
    let len = rest.iter().position(|byte| !needles::continues_a_name(*byte)).unwrap_or(rest.len());
    &rest[..len]
}

/// Whether the first property of the object that begins at `at` is a function,
/// or what one gives: then it is no table of names.
pub(super) fn is_table_of_functions(source: &[u8], at: usize) -> bool {
    let rest = without_comments(source.get(at..).unwrap_or_default());
    let key = match rest.first() {
        Some(quote @ (b'"' | b'\'')) => memchr::memchr(*quote, &rest[1..]).map_or(0, |end| end + 2),
        _ => name_at(rest, 0).len(),
    };
    let value = without_comments(&rest[key..]);
    let Some(value) = value.strip_prefix(b":") else { return key > 0 && value.starts_with(b"(") };
    let value = without_comments(value);
    let is_part = |byte: &u8| needles::continues_a_name(*byte) || *byte == b'.';
    let callee = value.iter().position(|byte| !is_part(byte)).unwrap_or(value.len());
    let after = without_comments(&value[callee..]);
    let begins_function = [&b"function"[..], b"async"].contains(&&value[..callee]);
    begins_function || after.starts_with(b"(") || (callee > 0 && after.starts_with(b"=>"))
}

/// The text without the spaces and comments that it begins with.
fn without_comments(text: &[u8]) -> &[u8] {
    let mut text = text.trim_ascii_start();
    loop {
        let end = match text {
            [b'/', b'*', rest @ ..] => memchr::memmem::find(rest, b"*/").map(|end| end + 4),
            [b'/', b'/', rest @ ..] => memchr::memchr(b'\n', rest).map(|end| end + 2),
            _ => return text,
        };
        let Some(end) = end else { return text };
        text = text[end..].trim_ascii_start();
    }
}

/// Whether the variable that stands at `at` gives nothing there but an
/// argument of a call, alone, or an answer to a question about it.
pub(super) fn is_handed_on(source: &[u8], at: usize, len: usize) -> bool {
    let (before, after) = (source[..at].trim_ascii_end(), source[at + len..].trim_ascii_start());
    let ends = |words: &[&[u8]]| words.iter().any(|word| before.ends_with(word));
    let begins = |words: &[&[u8]]| words.iter().any(|word| after.starts_with(word));
    if is_assigned_behind(source, at + len) || begins(&[b"==", b"!="]) || ends(&[b"==", b"!=", b"!", b"typeof"]) {
        return true;
    }
    if let Some(member) = after.strip_prefix(b".") {
        let asks: [&[u8]; 7] =
            [b"length", b"startsWith", b"endsWith", b"includes", b"indexOf", b"charCodeAt", b"lastIndexOf"];
        return asks.contains(&name_at(member, 0));
    }
    if !begins(&[b",", b")"]) || !ends(&[b"(", b","]) {
        return false;
    }
    // The bracket around it is that of a call.
    let near = &before[before.len().saturating_sub(LONGEST_ARGUMENTS)..];
    let mut closed = 0_usize;
    let opener = near.iter().rposition(|byte| match byte {
        b')' | b']' | b'}' => {
            closed += 1;
            false
        }
        b'(' | b'[' | b'{' if closed > 0 => {
            closed -= 1;
            false
        }
        byte => matches!(byte, b'(' | b'[' | b'{'),
    });
    let Some(opener) = opener.filter(|opener| near[*opener] == b'(') else { return false };
    let callee = near[..opener].trim_ascii_end();
    let name = name_behind(callee);
    let keywords: [&[u8]; 9] = [b"return", b"await", b"yield", b"case", b"throw", b"void", b"in", b"of", b"default"];
    !name.is_empty() && !keywords.contains(&name)
}

/// Whether the variable that stands there is declared there: `let a, b, c`.
pub(super) fn is_declared_at(source: &[u8], at: usize) -> bool {
    let mut before = source[..at].trim_ascii_end();
    // Of a list only names without values are gone through.
    for _ in 0..MOST_DECLARED {
        let Some(list) = before.strip_suffix(b",") else { break };
        let list = list.trim_ascii_end();
        before = list[..list.len() - name_behind(list).len()].trim_ascii_end();
    }
    let is_word = before.len() < at && source[before.len()].is_ascii_whitespace();
    [&b"let"[..], b"var", b"const"].into_iter().any(|keyword| {
        let rest = before.strip_suffix(keyword);
        is_word && rest.is_some_and(|rest| !rest.last().is_some_and(|byte| needles::continues_a_name(*byte)))
    })
}

/// Of `this.name` and `exports.name` the first part may be another elsewhere: `.name` counts.
pub(super) fn last_part(name: &[u8]) -> &[u8] {
    memchr::memrchr(b'.', name).map_or(name, |dot| &name[dot..])
}

/// The word of such a name.
pub(super) fn word_of(name: &[u8]) -> &[u8] {
    name.strip_prefix(b".").unwrap_or(name)
}

/// Whether the key of a module follows on `before` as an argument: a number, or a string.
pub(super) fn is_key_behind(before: &[u8], key: &[u8]) -> bool {
    let string = before.strip_suffix(b"\"").or_else(|| before.strip_suffix(b"'"));
    // A variable may have the same name: `f(path)`.
    let before = string.or_else(|| key.first().is_some_and(u8::is_ascii_digit).then_some(before));
    before.is_some_and(|before| before.trim_ascii_end().ends_with(b"("))
}

/// Whether the name stands there, and not another that is longer, or the
/// member of that name of something.
pub(super) fn stands_at(source: &[u8], at: usize, name: &[u8]) -> bool {
    let word = word_of(name);
    let (Some(before), Some(after)) = (source.get(..at), source.get(at..)) else { return false };
    let Some(after) = after.strip_prefix(word) else { return false };
    is_member_behind(before) == (word.len() < name.len())
        && !after.first().is_some_and(|byte| needles::continues_a_name(*byte))
}

/// Whether what follows on `before` is a member of something.
pub(super) fn is_member_behind(before: &[u8]) -> bool {
    let before = before.trim_ascii_end();
    before.ends_with(b".") && !before.ends_with(b"...")
}

/// Whether what stands before `at` gets a value there.
pub(super) fn is_assigned_behind(source: &[u8], at: usize) -> bool {
    match source[at..].trim_ascii_start() {
        [b'=', next, ..] => !matches!(next, b'=' | b'>'),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where `¦` stands in the text, and the text without it.
    fn marked(text: &str) -> (usize, String) {
        (text.find('¦').expect("a mark"), text.replace('¦', ""))
    }

    #[test]
    fn a_member_may_be_one_of_what_is_no_variable() {
        let may_be = |text: &str| may_be_of(text.as_bytes(), text.find('\u{a6}').unwrap(), b"process");
        assert!(["process¦", "process ¦", "f()¦", "a.b¦", "a?.b¦", "a[0]¦", "this¦"].into_iter().all(may_be));
        assert!(!["options¦", "x ? y¦", "a, process1¦"].into_iter().any(may_be));
    }

    #[test]
    fn what_is_passed_to_a_call_or_asked_a_question_is_handed_on() {
        let is = |text: &str| {
            let (at, text) = marked(text);
            is_handed_on(text.as_bytes(), at, 1)
        };
        for text in [
            "f(¦x)",
            "this.f(a, ¦x , b)",
            "f([1], ({}), ¦x)",
            "if (¦x === 'a') {}",
            "if (!¦x) {}",
            "typeof ¦x",
            "¦x.length",
            "¦x.startsWith('a')",
            "¦x = 1",
        ] {
            assert!(is(text), "{text}");
        }
        for text in [
            "¦x + '/a'",
            "f(¦x + '/a')",
            "f(a + ¦x)",
            "return (¦x)",
            "return ¦x",
            "(a, ¦x)",
            "[a, ¦x]",
            "f({ ¦x })",
            "f([a, ¦x])",
            "¦x.join('a')",
            "¦x(a)",
            "`${¦x}`",
        ] {
            assert!(!is(text), "{text}");
        }
    }

    #[test]
    fn parameters_are_told_where_they_are_plain_names() {
        let names = |text: &str| {
            let (at, text) = marked(text);
            let names = parameters(text.as_bytes(), at)?;
            Some(names.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect::<Vec<_>>().join(" "))
        };
        assert_eq!(names("function f() {¦}"), None, "the body begins behind its bracket");
        assert_eq!(names("function f()¦ {}").as_deref(), Some(""));
        assert_eq!(names("function f(a, bc,)¦ {}").as_deref(), Some("a bc"));
        assert_eq!(names("f((a, b) =>¦ {})").as_deref(), Some("a b"));
        assert_eq!(names("list.map(item =>¦ {})").as_deref(), Some("item"));
        assert_eq!(names("(a, b = c()) =>¦ {}"), None);
        assert_eq!(names("function f({ a })¦ {}"), None);
        assert_eq!(names("try¦ {}"), None);
    }

    #[test]
    fn a_parameter_is_found_in_patterns_and_among_defaults() {
        let behind = |text: &str, name: &str| {
            let (at, text) = marked(text);
            parameter(text.as_bytes(), at, name.as_bytes()).map(|rest| String::from_utf8_lossy(rest).into_owned())
        };
        assert_eq!(behind("function f(a, b = g(1))¦ {}", "b").as_deref(), Some(" = g(1)"));
        assert_eq!(behind("function f(a, b = g(1))¦ {}", "g"), None);
        assert_eq!(behind("function f({ x: [a, ...rest] })¦ {}", "rest").as_deref(), Some("] }"));
        assert_eq!(behind("function f({ x: [a] })¦ {}", "x").as_deref(), Some(": [a] }"));
        assert_eq!(behind("abc =>¦ {}", "abc").as_deref(), Some(""));
        assert_eq!(behind("abc =>¦ {}", "c"), None);
    }

    #[test]
    fn a_table_of_functions_begins_with_one_or_with_what_gives_one() {
        let is = |text: &str| is_table_of_functions(text.as_bytes(), 0);
        for text in [
            " 'a': function () {} }",
            "a() {} }",
            "/* 1 */ 12: (a, b) => {} }",
            "// x\n a: async function () {} }",
            "a: b => c }",
            "a: Foo.define(1) }",
        ] {
            assert!(is(text), "{text}");
        }
        for text in ["a: 'b' }", "'a': [1] }", "a: b }", "a: b.c, d: e }", "}", "...a }", "[a]: function () {} }", "a"]
        {
            assert!(!is(text), "{text}");
        }
    }

    #[test]
    fn the_key_of_a_module_is_a_string_or_a_number_in_a_call() {
        let is = |text: &str, key: &str| {
            let (at, text) = marked(text);
            is_key_behind(&text.as_bytes()[..at], key.as_bytes())
        };
        assert!(is("require('¦path')", "path"));
        assert!(is("n( \"¦path\")", "path"));
        assert!(is("n(¦12)", "12"));
        assert!(!is("f(¦path)", "path"), "a variable of that name");
        assert!(!is("['¦path']", "path"));
        assert!(!is("a + ¦12", "12"));
    }

    #[test]
    fn what_is_assigned_is_told_if_it_is_one_name_alone() {
        let assigned = |text: &str| {
            let (at, text) = marked(text);
            assigned_name(text.as_bytes(), at).map(|name| String::from_utf8_lossy(name).into_owned())
        };
        assert_eq!(assigned("id¦ = options.id;").as_deref(), Some("options"));
        assert_eq!(assigned("id¦ = id2\nf()").as_deref(), Some("id2"));
        assert_eq!(assigned("id¦ = a\n  + b"), None);
        assert_eq!(assigned("id¦ = a + b"), None);
        assert_eq!(assigned("id¦ = f(a)"), None);
    }
}
