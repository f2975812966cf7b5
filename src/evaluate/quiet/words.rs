//! Where words stand in a file, and in which bodies, as the light reading noted them.
//!
//! Words that look alike are chained; whether one of a chain is the name that
//! is looked for, and what becomes of it there, is read off the text around
//! it. Nothing here knows what a name means.

use std::ops::Range;

use super::glance::{
    assigned_name, is_assigned_behind, is_declared_at, is_handed_on, is_key_behind, is_member_behind, name_at,
    parameter, parameters, stands_at, word_of,
};
use crate::lexer::Breakage;

/// A name that stands in a body more often than this is not looked at one by one.
const MOST_PLACES: usize = 64;

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
