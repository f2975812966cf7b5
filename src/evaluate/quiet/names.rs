//! Names that count for something, and where they stand next.
//!
//! A reading goes through the file in order, so each name waits for its next
//! place alone, in a heap. Nothing here knows scopes: who binds a name adds it,
//! and takes it away.

use std::{cmp::Reverse, collections::BinaryHeap};

use ahash::AHashMap;

use super::{
    super::{known::Module, meaning::leads_to_files, value::Value},
    glance::{is_key_behind, last_part, name_at, stands_at, word_of},
    words::{Body, NONE, Noted},
};

/// Names that count, or did.
#[derive(Debug, Default)]
pub(super) struct Names<'s> {
    names: Vec<Name<'s>>,
    by_name: AHashMap<&'s [u8], usize>,
    /// Where those stand next, at the least.
    next: BinaryHeap<Reverse<(u32, usize)>>,
}

/// A name that counts, or did.
#[derive(Debug)]
pub(super) struct Name<'s> {
    name: &'s [u8],
    /// What all of its bindings are that count.
    meaning: Meaning,
    /// So many of those there are now.
    count: u32,
    /// The next of its chain that was not looked at.
    next: u32,
    /// It is among the next names.
    is_waiting: bool,
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A module: its members find files.
    Module(Module),
    /// Node's `url`.
    Url,
    /// A bundled module, by its key: it is asked for as an argument.
    Key,
    /// Anything else.
    Any,
}

impl Meaning {
    pub(super) fn of(value: &Value) -> Self {
        match value {
            Value::Module(module) => Self::Module(*module),
            Value::UrlNamespace => Self::Url,
            _ => Self::Any,
        }
    }
}

impl<'s> Names<'s> {
    /// The name counts from now on.
    pub(super) fn add(&mut self, noted: &Noted, source: &'s [u8], name: &'s [u8], meaning: Meaning) {
        let index = *self.by_name.entry(name).or_insert_with(|| {
            self.names.push(Name { next: noted.first(name), ..Name::new(name, meaning) });
            self.names.len() - 1
        });
        let known = &mut self.names[index];
        known.count += 1;
        if known.meaning != meaning && known.meaning != Meaning::Any {
            // Places that did not count do so now.
            known.meaning = Meaning::Any;
            known.next = noted.first(name);
            self.wait_for(noted, source, index, 0);
        } else if !known.is_waiting {
            self.wait_for(noted, source, index, 0);
        }
    }

    /// It does so no more.
    pub(super) fn remove(&mut self, name: &[u8]) {
        if let Some(index) = self.by_name.get(last_part(name)) {
            let count = &mut self.names[*index].count;
            *count = count.saturating_sub(1);
        }
    }

    /// Whether one of them stands in the body. Those in front of it are done with.
    pub(super) fn one_stands_in(&mut self, noted: &Noted, source: &'s [u8], body: Body) -> bool {
        while let Some(Reverse((at, index))) = self.next.peek().copied().filter(|next| next.0.0 < body.end) {
            let counts = self.names[index].count > 0;
            if counts && at >= body.start {
                return true;
            }
            self.next.pop();
            self.names[index].is_waiting = false;
            if counts {
                self.wait_for(noted, source, index, body.start);
            }
        }
        false
    }

    /// Puts a name to where it stands next, from `from` on; nowhere, if it does not.
    fn wait_for(&mut self, noted: &Noted, source: &[u8], index: usize, from: u32) {
        let name = &mut self.names[index];
        while let Some(word) = noted.words.get(name.next as usize) {
            if word.at >= from && name.is_used_at(source, word.at as usize) {
                break;
            }
            name.next = word.next;
        }
        name.is_waiting = name.next != NONE;
        if let Some(word) = noted.words.get(name.next as usize) {
            self.next.push(Reverse((word.at, index)));
        }
    }
}

impl<'s> Name<'s> {
    pub(super) fn new(name: &'s [u8], meaning: Meaning) -> Self {
        Self { name, meaning, count: 0, next: NONE, is_waiting: false }
    }

    /// Whether what stands at `at` is this name, in a use that may find a file.
    /// Others may have the same name further in: to them this one's members
    /// mean nothing.
    pub(super) fn is_used_at(&self, source: &[u8], at: usize) -> bool {
        if !stands_at(source, at, self.name) {
            return false;
        }
        let before = source[..at].trim_ascii_end();
        let finds_files = |member: &[u8]| match self.meaning {
            Meaning::Module(module) => {
                let value = module.member(member);
                // What only tells of the machine finds nothing by itself.
                leads_to_files(&value) && (module != Module::Process || !matches!(value, Value::Module(_)))
            }
            // Others take URLs apart.
            _ => matches!(member, b"URL" | b"fileURLToPath" | b"pathToFileURL" | b"default"),
        };
        match self.meaning {
            Meaning::Any => return true,
            Meaning::Key => return is_key_behind(&source[..at], self.name),
            Meaning::Module(_) | Meaning::Url => {}
        }
        let after = source[at + word_of(self.name).len()..].trim_ascii_start();
        match after.strip_prefix(b".").or_else(|| after.strip_prefix(b"?.")) {
            Some(member) => finds_files(name_at(member.trim_ascii_start(), 0)),
            // `name()` may be a getter of it, as webpack makes.
            None if after.starts_with(b"(") => {
                after.starts_with(b"()") || matches!(self.meaning, Meaning::Module(module) if module.is_a_function())
            }
            None => after.starts_with(b"[") || before.ends_with(b"="),
        }
    }
}
