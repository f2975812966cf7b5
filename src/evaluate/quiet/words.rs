//! Where words stand in a file, and in which bodies, as the light reading noted them.
//!
//! Words that look alike are chained; whether one of a chain is the name that
//! is looked for, and what becomes of it there, is read off the text around
//! it. Nothing here knows what a name means.

use std::ops::Range;

use super::super::needles;
use crate::lexer::Breakage;

/// A longer list of parameters is not looked through.
const LONGEST_PARAMETERS: usize = 512;

/// The bracket of a call is looked for so far in front of an argument.
const LONGEST_ARGUMENTS: usize = 256;

/// A name that stands in a body more often than this is not looked at one by one.
const MOST_PLACES: usize = 64;

/// So many names of one declaration are looked at.
const MOST_DECLARED: usize = 16;

/// So many bodies are looked at to find those around a place.
const MOST_AROUND: usize = 256;

/// Ends a chain of words.
pub(super) const NONE: u32 = u32::MAX;

/// A function's body, from behind its bracket to its closing one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Body {
    pub(super) start: u32,
    pub(super) end: u32,
}

/// A place where a word stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word {
    pub(super) at: u32,
    /// Which words it is chained with; then, the next of them.
    pub(super) next: u32,
}

/// What the light reading found out.
#[derive(Debug, Default)]
pub(super) struct Noted {
    /// By their beginnings.
    pub(super) bodies: Vec<Body>,
    /// Those among them that are in no other. Words outside of functions are not noted.
    pub(super) outermost: Vec<Body>,
    pub(super) words: Vec<Word>,
    /// The first word of each chain.
    pub(super) chains: Vec<u32>,
    pub(super) loaders: Vec<u32>,
    /// The first broken place of the file.
    pub(super) breakage: Option<Breakage>,
    /// A sign of an ES module was met.
    pub(super) has_module_syntax: bool,
}

/// The chain of a word, of `chains`: told by few of its bytes, which costs less than to read it.
pub(super) fn chain_of(word: &[u8]) -> u32 {
    let (Some(first), Some(last)) = (word.first(), word.last()) else { return 0 };
    let middle = word[word.len() / 2];
    let mixed = u32::from_le_bytes([*first, *last, middle, word.len() as u8]);
    mixed.wrapping_mul(0x9e37_79b1) >> 12
}

impl Noted {
    pub(super) fn new(mut bodies: Vec<Body>, mut words: Vec<Word>, loaders: Vec<u32>) -> Self {
        bodies.sort_unstable_by_key(|body| body.start);
        let chains = chain(&mut words);
        let mut outermost: Vec<Body> = Vec::new();
        for body in &bodies {
            if outermost.last().is_none_or(|last| last.end <= body.start) {
                outermost.push(*body);
            }
        }
        Self { bodies, outermost, words, chains, loaders, breakage: None, has_module_syntax: false }
    }

    /// The first word of the chain in which this name is.
    pub(super) fn first(&self, name: &[u8]) -> u32 {
        self.chains.get(chain_of(word_of(name)) as usize & self.chains.len().wrapping_sub(1)).copied().unwrap_or(NONE)
    }

    /// Where words stand that look like the name, in order.
    pub(super) fn places(&self, name: &[u8]) -> impl Iterator<Item = usize> + '_ {
        let mut next = self.first(name);
        std::iter::from_fn(move || {
            let word = self.words.get(next as usize)?;
            next = word.next;
            Some(word.at as usize)
        })
    }

    /// Where `key` is passed to a function: a bundle asks for a module so.
    pub(super) fn place_as_argument(&self, source: &[u8], key: &[u8]) -> Option<usize> {
        self.places(key).find(|at| source[*at..].starts_with(key) && is_key_behind(&source[..*at], key))
    }

    /// What of this part of the file is in no function, as far as that is known.
    pub(super) fn gaps(&self, part: Range<usize>) -> impl Iterator<Item = Range<usize>> + '_ {
        let from = self.outermost.partition_point(|body| (body.end as usize) <= part.start);
        let mut bodies = self.outermost[from..].iter();
        let mut at = part.start;
        std::iter::from_fn(move || {
            while at < part.end {
                let Some(body) = bodies.next() else { return Some(std::mem::replace(&mut at, part.end)..part.end) };
                let gap = at..(body.start as usize).min(part.end);
                at = body.end as usize;
                if !gap.is_empty() {
                    return Some(gap);
                }
            }
            None
        })
    }

    /// The bodies in which a variable of that name is declared.
    pub(super) fn declared(&self, source: &[u8], name: &[u8]) -> Vec<Body> {
        let places = self.places(name).filter(|at| stands_at(source, *at, name) && is_declared_at(source, *at));
        places.take(MOST_PLACES).filter_map(|at| self.around(at).next()).collect()
    }

    /// Whether the body gives a value to the name, at one of the `places` where
    /// it stands in it, that may be seen where the name is used. Variables of
    /// that name are declared in some bodies.
    pub(super) fn assigns_to(
        &self,
        source: &[u8],
        body: Body,
        name: &[u8],
        places: &[usize],
        declared: &[Body],
        uses: Option<&[u32]>,
    ) -> bool {
        let assigned = places.iter().filter(|at| is_assigned_behind(source, **at + word_of(name).len()));
        let assigned: Vec<usize> = assigned.copied().take(MOST_PLACES + 1).collect();
        assigned.len() > MOST_PLACES
            || assigned.iter().any(|&at| {
                let owns = |inner: &Body| {
                    parameter(source, inner.start as usize, name).is_some()
                        || declared.iter().any(|body| body.start == inner.start)
                };
                let owner = self.around(at).find(owns);
                if let Some(owner) = owner {
                    // Whoever uses the name elsewhere means another.
                    let is_seen =
                        |uses: &[u32]| uses.iter().any(|at| owner.holds(*at as usize) && !body.holds(*at as usize));
                    if owner.start >= body.start || !uses.is_none_or(is_seen) {
                        return false;
                    }
                }
                let value = assigned_name(source, at + word_of(name).len());
                // In the function that owns the name its parameters are known.
                let outlives = |of: Body| of.start >= body.start || owner.is_some_and(|owner| owner.start < of.start);
                !value.and_then(|value| self.function_of_parameter(source, at, value)).is_some_and(outlives)
            })
    }

    /// The body of the function of which the variable that is read at `at` is a parameter, without a default.
    fn function_of_parameter(&self, source: &[u8], at: usize, name: &[u8]) -> Option<Body> {
        let mut around = self.around(at).map(|inner| (inner, parameter(source, inner.start as usize, name)));
        let (owner, behind) = around.find_map(|(inner, behind)| Some((inner, behind?)))?;
        let has_default = behind.trim_ascii_start().starts_with(b"=");
        let is_hidden = |body: &Body| body.start > owner.start && body.holds(at);
        (!has_default && !self.declared(source, name).iter().any(is_hidden)).then_some(owner)
    }

    /// Whether the function whose body begins at `start` does no more with what
    /// it is called with than to pass it to others as it is, to compare it, or
    /// to ask for its length.
    pub(super) fn only_hands_on(&self, source: &[u8], start: u32) -> bool {
        let body = self.bodies.binary_search_by_key(&start, |body| body.start).ok().and_then(|at| self.bodies.get(at));
        let (Some(body), Some(parameters)) = (body, parameters(source, start as usize)) else { return false };
        let first = self.words.partition_point(|word| word.at < body.start);
        let words = self.words[first..].iter().take_while(|word| word.at < body.end);
        words.map(|word| word.at as usize).all(|at| {
            let name = name_at(source, at);
            let is_member = is_member_behind(&source[..at]);
            is_member || (name != b"arguments" && !parameters.contains(&name)) || is_handed_on(source, at, name.len())
        })
    }

    /// The bodies around a place, the innermost first.
    fn around(&self, at: usize) -> impl Iterator<Item = Body> + '_ {
        let behind = self.bodies.partition_point(|body| (body.start as usize) <= at);
        self.bodies[..behind].iter().rev().take(MOST_AROUND).copied().filter(move |body| body.holds(at))
    }
}

impl Body {
    pub(super) fn holds(self, at: usize) -> bool {
        (self.start as usize..self.end as usize).contains(&at)
    }
}

/// The variable that is assigned, or a member of which is, to what stands
/// before `at`, if nothing else is: of `id = options.id;` it is `options`.
fn assigned_name(source: &[u8], at: usize) -> Option<&[u8]> {
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
fn parameter<'s>(source: &'s [u8], body: usize, name: &[u8]) -> Option<&'s [u8]> {
    let head = source.get(body.saturating_sub(LONGEST_PARAMETERS)..body)?;
    let head = head.trim_ascii_end();
    let (head, is_arrow) = head.strip_suffix(b"=>").map_or((head, false), |head| (head.trim_ascii_end(), true));
    let Some(list) = head.strip_suffix(b")") else {
        // `name => {`
        let at = head.len().checked_sub(name.len()).filter(|at| is_arrow && stands_at(head, *at, name));
        return at.map(|_| &b""[..]);
    };
    let mut open = 1;
    let opens_at = memchr::memrchr2_iter(b'(', b')', list).find(|at| {
        open = if list[*at] == b')' { open + 1 } else { open - 1 };
        open == 0
    });
    let list = list.get(opens_at? + 1..)?;
    let mut places = memchr::memmem::find_iter(list, name);
    let at = places.find(|at| {
        let before = list[..*at].trim_ascii_end();
        let is_binding = before.last().is_none_or(|byte| matches!(byte, b',' | b'{' | b'[' | b':'));
        (is_binding || before.ends_with(b"...")) && stands_at(list, *at, name)
    });
    at.and_then(|at| list.get(at + name.len()..))
}

/// The names of the parameters of the function whose body begins at `body`, if they are names and nothing more.
fn parameters(source: &[u8], body: usize) -> Option<Vec<&[u8]>> {
    let head = source.get(body.saturating_sub(LONGEST_PARAMETERS)..body)?.trim_ascii_end();
    let (head, is_arrow) = head.strip_suffix(b"=>").map_or((head, false), |head| (head.trim_ascii_end(), true));
    let is_name = |name: &&[u8]| !name.is_empty() && name.iter().all(|byte| needles::continues_a_name(*byte));
    let Some(list) = head.strip_suffix(b")") else {
        let len = head.iter().rev().take_while(|byte| needles::continues_a_name(**byte)).count();
        return Some(vec![&head[head.len() - len..]]).filter(|names| is_arrow && names.iter().all(is_name));
    };
    let list = &list[memchr::memrchr(b'(', list)? + 1..];
    let list = list.trim_ascii();
    let list = list.strip_suffix(b",").unwrap_or(list);
    if list.is_empty() {
        return Some(Vec::new());
    }
    let names: Vec<&[u8]> = list.split(|byte| *byte == b',').map(<[u8]>::trim_ascii).collect();
    names.iter().all(is_name).then_some(names)
}

fn name_at(source: &[u8], at: usize) -> &[u8] {
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
fn is_handed_on(source: &[u8], at: usize, len: usize) -> bool {
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
    let len = callee.iter().rev().take_while(|byte| needles::continues_a_name(**byte)).count();
    let keywords: [&[u8]; 9] = [b"return", b"await", b"yield", b"case", b"throw", b"void", b"in", b"of", b"default"];
    len > 0 && !keywords.contains(&&callee[callee.len() - len..])
}

/// Whether the variable that stands there is declared there: `let a, b, c`.
fn is_declared_at(source: &[u8], at: usize) -> bool {
    let mut before = source[..at].trim_ascii_end();
    // Of a list only names without values are gone through.
    for _ in 0..MOST_DECLARED {
        let Some(list) = before.strip_suffix(b",") else { break };
        let list = list.trim_ascii_end();
        let name = list.iter().rev().take_while(|byte| needles::continues_a_name(**byte)).count();
        before = list[..list.len() - name].trim_ascii_end();
    }
    let is_word = before.len() < at && source[before.len()].is_ascii_whitespace();
    [&b"let"[..], b"var", b"const"].into_iter().any(|keyword| {
        let rest = before.strip_suffix(keyword);
        is_word && rest.is_some_and(|rest| !rest.last().is_some_and(|byte| needles::continues_a_name(*byte)))
    })
}

/// Chains the words that look alike, each to the next, and gives the first ones.
fn chain(words: &mut [Word]) -> Vec<u32> {
    let mut chains = vec![NONE; (words.len() / 2).next_power_of_two().clamp(64, 1 << 18)];
    let mask = chains.len() - 1;
    for (index, word) in words.iter_mut().enumerate().rev() {
        let first = &mut chains[word.next as usize & mask];
        word.next = std::mem::replace(first, index as u32);
    }
    chains
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
fn is_member_behind(before: &[u8]) -> bool {
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
