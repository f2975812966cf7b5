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
        self.places(key).find(|at| source[*at..].starts_with(key) && is_argument(&source[..*at]))
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
        if places.len() > MOST_PLACES {
            return true;
        }
        let mut assigned = places.iter().filter(|at| is_assigned_behind(source, **at + word_of(name).len()));
        assigned.any(|&at| {
            let owns = |inner: &Body| {
                parameter(source, inner.start as usize, name).is_some()
                    || declared.iter().any(|body| body.start == inner.start)
            };
            if let Some(owner) = self.around(at).find(owns) {
                // Whoever uses the name elsewhere means another.
                let is_seen =
                    |uses: &[u32]| uses.iter().any(|at| owner.holds(*at as usize) && !body.holds(*at as usize));
                if owner.start >= body.start || !uses.is_none_or(is_seen) {
                    return false;
                }
            }
            // What is assigned comes from the caller, of whom nothing is known that leads to files.
            let comes_from_outside = |assigned: &[u8]| {
                let inner = self.around(at).take_while(|inner| inner.start >= body.start);
                let mut behind = inner.filter_map(|inner| parameter(source, inner.start as usize, assigned));
                behind.next().is_some_and(|behind| !behind.trim_ascii_start().starts_with(b"="))
            };
            !assigned_name(source, at + word_of(name).len()).is_some_and(comes_from_outside)
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

/// Whether what follows on `before` is an argument, or a string that is one.
pub(super) fn is_argument(before: &[u8]) -> bool {
    let before = before.strip_suffix(b"\"").or_else(|| before.strip_suffix(b"'")).unwrap_or(before);
    before.trim_ascii_end().ends_with(b"(")
}

/// Whether the name stands there, and not another that is longer, or the
/// member of that name of something.
pub(super) fn stands_at(source: &[u8], at: usize, name: &[u8]) -> bool {
    let word = word_of(name);
    let (Some(before), Some(after)) = (source.get(..at), source.get(at..)) else { return false };
    let Some(after) = after.strip_prefix(word) else { return false };
    let before = before.trim_ascii_end();
    let is_member = before.ends_with(b".") && !before.ends_with(b"...");
    is_member == (word.len() < name.len()) && !after.first().is_some_and(|byte| needles::continues_a_name(*byte))
}

/// Whether what stands before `at` gets a value there.
pub(super) fn is_assigned_behind(source: &[u8], at: usize) -> bool {
    match source[at..].trim_ascii_start() {
        [b'=', next, ..] => !matches!(next, b'=' | b'>'),
        _ => false,
    }
}
