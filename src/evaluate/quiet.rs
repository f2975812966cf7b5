//! Function bodies in which nothing can be found, so that a reading that
//! follows values may leave them out.
//!
//! The light reading goes through every token anyway. It notes where functions
//! begin and end, and where each word stands. Later a body is passed over if no
//! word of a loader stands in it, and no name that means something by then.
//! Nothing here reads a body, or knows what a name means.

mod words;

use std::{cmp::Reverse, collections::BinaryHeap, ops::Range};

use ahash::AHashMap;

use super::{
    known::{self, Module},
    machine::Machine,
    needles,
    value::Value,
};
use crate::lexer::{Breakage, Token};
use words::{Body, NONE, Noted, Word, chain_of, is_argument, last_part, stands_at, word_of};

/// A shorter body is read sooner than noted; it is also where flags are set
/// and strings are handed on.
const SHORTEST_BODY: u32 = 64;

/// A shorter file is read whole: that takes less time than to note its words.
const SHORTEST_FILE: usize = 4 * 1024;

/// Words that are noted, of eight bytes each. A file that has more is read whole.
const MOST_WORDS: usize = 3 << 19;

/// More members than anything has that a person hands around.
const MOST_MEMBERS: usize = 64;

/// Names of which it is remembered that they were taken for files.
const MOST_USED: usize = 1 << 12;

/// So many places are remembered where such a name stands.
const MOST_USES: usize = 32;

/// What the light reading notes.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// Bodies that are open, with the numbers of their frames.
    open: Vec<(usize, u32)>,
    bodies: Vec<Body>,
    words: Vec<Word>,
    /// Where words of loaders stand.
    loaders: Vec<u32>,
    /// There were too many words.
    is_full: bool,
}

/// How bodies are noted or passed over in one reading.
#[derive(Debug, Default)]
pub(super) enum Quiet<'s> {
    /// Neither.
    #[default]
    Off,
    /// Noted.
    Noting(Box<Notes>),
    /// Passed over.
    Passing(Box<Passing<'s>>),
}

/// What is needed to pass over bodies.
#[derive(Debug)]
pub(super) struct Passing<'s> {
    source: &'s [u8],
    noted: Noted,
    /// All bodies before this one, and all loaders before the other, lie further up than the reading is.
    next_body: usize,
    next_loader: usize,
    /// Names that mean something, or did.
    names: Vec<Name<'s>>,
    by_name: AHashMap<&'s [u8], usize>,
    /// Where those stand next, at the least.
    next_names: BinaryHeap<Reverse<(u32, usize)>>,
    /// Bodies that were passed over although they matter, by their beginnings.
    wanted: Vec<u32>,
    /// Those of the readings before.
    wanted_before: Vec<u32>,
    /// The functions whose bodies were passed over, and where those begin.
    passed: AHashMap<u32, u32>,
    /// All of those bodies, in order.
    passed_bodies: Vec<Body>,
    /// Those of which something was put into strings.
    joined: Vec<u32>,
    /// Names that stand where a path is put together, or a specifier.
    used: AHashMap<&'s [u8], Vec<u32>>,
}

/// A name that means something, or did.
#[derive(Debug)]
struct Name<'s> {
    name: &'s [u8],
    /// What all of its bindings are that mean something.
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
enum Meaning {
    /// A module: its members find files.
    Module(Module),
    /// A bundled module, by its key: it is asked for as an argument.
    Key,
    /// Anything else.
    Any,
}

impl Meaning {
    fn of(value: &Value) -> Self {
        match value {
            Value::Module(module) => Self::Module(*module),
            _ => Self::Any,
        }
    }
}

impl Notes {
    fn word(&mut self, word: &[u8], at: u32) {
        // What stands outside of functions is read anyway.
        if self.open.is_empty() || self.is_full {
            return;
        }
        if self.words.len() >= MOST_WORDS {
            self.is_full = true;
            self.words = Vec::new();
            return;
        }
        self.words.push(Word { at, next: chain_of(word) });
    }
}

impl<'s> Quiet<'s> {
    /// A shorter file is read whole: it takes less time than to note its bodies.
    pub(super) fn is_too_short(source: &[u8]) -> bool {
        source.len() < SHORTEST_FILE
    }

    /// For a light reading.
    pub(super) fn noting(source: &[u8]) -> Self {
        if Self::is_too_short(source) { Self::Off } else { Self::Noting(Box::default()) }
    }

    pub(super) fn is_noting(&self) -> bool {
        matches!(self, Self::Noting(_))
    }

    pub(super) fn is_passing(&self) -> bool {
        matches!(self, Self::Passing(_))
    }

    /// For the reading after this one.
    fn next(self, source: &'s [u8], breakage: Option<Breakage>, has_module_syntax: bool) -> Self {
        match self {
            Self::Off => Self::Off,
            Self::Noting(notes) => {
                let Notes { bodies, words, loaders, is_full, .. } = *notes;
                if is_full {
                    return Self::Off;
                }
                let noted = Noted { breakage, has_module_syntax, ..Noted::new(bodies, words, loaders) };
                Self::passing(source, noted, Vec::new())
            }
            Self::Passing(passing) => {
                let Passing { noted, wanted, mut wanted_before, .. } = *passing;
                wanted_before.extend(wanted);
                wanted_before.sort_unstable();
                Self::passing(source, noted, wanted_before)
            }
        }
    }

    fn passing(source: &'s [u8], noted: Noted, wanted_before: Vec<u32>) -> Self {
        Self::Passing(Box::new(Passing {
            source,
            noted,
            next_body: 0,
            next_loader: 0,
            names: Vec::new(),
            by_name: AHashMap::new(),
            next_names: BinaryHeap::new(),
            wanted: Vec::new(),
            wanted_before,
            passed: AHashMap::new(),
            passed_bodies: Vec::new(),
            joined: Vec::new(),
            used: AHashMap::new(),
        }))
    }

    /// A body begins at `start`, in the frame of that number.
    pub(super) fn open(&mut self, start: u32, frame: usize) {
        if let Self::Noting(notes) = self {
            notes.open.push((frame, start));
        }
    }

    /// The frame of that number closed, before `end`.
    pub(super) fn close(&mut self, frame: usize, end: u32) {
        let Self::Noting(notes) = self else { return };
        while let Some((_, start)) = notes.open.pop_if(|(own, _)| *own >= frame) {
            if end - start >= SHORTEST_BODY {
                notes.bodies.push(Body { start, end });
            }
        }
    }

    /// A name means something from now on.
    pub(super) fn add_name(&mut self, name: &'s [u8], value: &Value) {
        self.add(last_part(name), Meaning::of(value));
    }

    /// A bundled module is known by this key: it counts if a bundle asks for it so.
    pub(super) fn add_key(&mut self, key: &[u8]) {
        if let Self::Passing(passing) = self
            && let Some(at) = passing.noted.place_as_argument(passing.source, key)
        {
            let key = &passing.source[at..at + key.len()];
            self.add(key, Meaning::Key);
        }
    }

    /// Whether a bundle asks for the module of that key.
    pub(super) fn is_asked_for(&self, source: &[u8], key: &[u8]) -> bool {
        match self {
            Self::Passing(passing) => passing.noted.place_as_argument(source, key).is_some(),
            _ => memchr::memmem::find_iter(source, key).any(|at| is_argument(&source[..at])),
        }
    }

    /// Whether the name, with that value, would be used in this part of the
    /// file, if one knew it there.
    pub(super) fn is_used_between(&self, source: &[u8], name: &'s [u8], value: &Value, part: Range<u32>) -> bool {
        let Self::Passing(passing) = self else { return needles::has_word(source, name, part) };
        let part = part.start as usize..(part.end as usize).min(source.len());
        let name = last_part(name);
        let name = Name { meaning: Meaning::of(value), ..Name::new(name) };
        let noted = passing.noted.places(name.name).skip_while(|at| *at < part.start);
        let noted = noted.take_while(|at| *at < part.end).any(|at| name.is_used_at(source, at));
        let finder = memchr::memmem::Finder::new(word_of(name.name));
        noted
            || passing
                .noted
                .gaps(part)
                .any(|gap| finder.find_iter(&source[gap.clone()]).any(|at| name.is_used_at(source, gap.start + at)))
    }

    fn add(&mut self, name: &'s [u8], meaning: Meaning) {
        let Self::Passing(passing) = self else { return };
        let index = *passing.by_name.entry(name).or_insert_with(|| {
            passing.names.push(Name { meaning, next: passing.noted.first(name), ..Name::new(name) });
            passing.names.len() - 1
        });
        let known = &mut passing.names[index];
        known.count += 1;
        if known.meaning != meaning && known.meaning != Meaning::Any {
            // Places that did not count do so now.
            known.meaning = Meaning::Any;
            known.next = passing.noted.first(name);
            passing.wait_for(index, 0);
        } else if !known.is_waiting {
            passing.wait_for(index, 0);
        }
    }

    /// Whether the body of that function was passed over.
    pub(super) fn has_passed(&self, function: u32) -> bool {
        matches!(self, Self::Passing(passing) if passing.passed.contains_key(&function))
    }

    /// A function is called with something that means a file, or a loader, or
    /// what it returns is taken for a file. If its body was passed over, it
    /// must be read after all.
    pub(super) fn want_body(&mut self, function: u32) {
        if let Self::Passing(passing) = self
            && let Some(start) = passing.passed.remove(&function)
        {
            passing.wanted.push(start);
        }
    }

    /// What the function returns was put into a string, which may get into a path yet.
    pub(super) fn note_joined(&mut self, function: u32) {
        if let Self::Passing(passing) = self
            && passing.passed.contains_key(&function)
        {
            passing.joined.push(function);
        }
    }

    /// Some such string was taken for a path.
    pub(super) fn want_joined(&mut self) {
        if let Self::Passing(passing) = self {
            for function in std::mem::take(&mut passing.joined) {
                self.want_body(function);
            }
        }
    }

    /// Something takes a name for a file, or for a part of one.
    pub(super) fn note_use(&mut self, name: &'s [u8], at: u32) {
        if let Self::Passing(passing) = self
            && passing.used.len() < MOST_USED
        {
            let places = passing.used.entry(last_part(name)).or_default();
            if places.len() <= MOST_USES {
                places.push(at);
            }
        }
    }

    /// Whether a name was taken for a file, or for a part of one.
    pub(super) fn is_used(&self, name: &[u8]) -> bool {
        matches!(self, Self::Passing(passing) if passing.used.contains_key(name))
    }

    /// Wants the bodies that were passed over and give values to names which are taken for files.
    pub(super) fn want_assignments(&mut self) {
        if let Self::Passing(passing) = self {
            passing.want_assignments();
        }
    }

    /// It does so no more.
    pub(super) fn remove_name(&mut self, name: &[u8]) {
        if let Self::Passing(passing) = self
            && let Some(index) = passing.by_name.get(last_part(name))
        {
            let count = &mut passing.names[*index].count;
            *count = count.saturating_sub(1);
        }
    }
}

impl<'s> Name<'s> {
    fn new(name: &'s [u8]) -> Self {
        Self { name, meaning: Meaning::Any, count: 0, next: NONE, is_waiting: false }
    }

    /// Whether what stands at `at` is this name, in a use that may find a file.
    /// Others may have the same name further in: to them this one's members
    /// mean nothing.
    fn is_used_at(&self, source: &[u8], at: usize) -> bool {
        if !stands_at(source, at, self.name) {
            return false;
        }
        let before = source[..at].trim_ascii_end();
        let module = match self.meaning {
            Meaning::Any => return true,
            Meaning::Key => return is_argument(before),
            Meaning::Module(module) => module,
        };
        let after = source[at + word_of(self.name).len()..].trim_ascii_start();
        match after.strip_prefix(b".").or_else(|| after.strip_prefix(b"?.")) {
            Some(member) => {
                let member = member.trim_ascii_start();
                let len = member.iter().position(|byte| !needles::continues_a_name(*byte)).unwrap_or(member.len());
                leads_to_files(&module.member(&member[..len]))
            }
            None => after.starts_with(b"[") || before.ends_with(b"="),
        }
    }
}

impl Passing<'_> {
    /// Puts a name to where it stands next, from `from` on; nowhere, if it does not.
    fn wait_for(&mut self, index: usize, from: u32) {
        let name = &mut self.names[index];
        while let Some(word) = self.noted.words.get(name.next as usize) {
            if word.at >= from && name.is_used_at(self.source, word.at as usize) {
                break;
            }
            name.next = word.next;
        }
        name.is_waiting = name.next != NONE;
        if let Some(word) = self.noted.words.get(name.next as usize) {
            self.next_names.push(Reverse((word.at, index)));
        }
    }

    fn want_assignments(&mut self) {
        // Minifiers give short names to many variables.
        for (name, uses) in self.used.iter().filter(|(name, _)| name.len() > 2 || name.starts_with(b".")) {
            let uses = (uses.len() <= MOST_USES).then_some(uses.as_slice());
            let declared = self.noted.declared(self.source, name);
            let mut within = (Body { start: 0, end: 0 }, Vec::new());
            let mut look = |(body, places): &(Body, Vec<usize>)| {
                if !places.is_empty() && self.noted.assigns_to(self.source, *body, name, places, &declared, uses) {
                    self.wanted.push(body.start);
                }
            };
            for at in self.noted.places(name).filter(|at| stands_at(self.source, *at, name)) {
                if !within.0.holds(at) {
                    look(&within);
                    // Of bodies in each other the outermost was passed over alone.
                    let body = self.passed_bodies.partition_point(|body| body.start as usize <= at).checked_sub(1);
                    let body = body.and_then(|body| self.passed_bodies.get(body)).filter(|body| body.holds(at));
                    within = (body.copied().unwrap_or(within.0), Vec::new());
                }
                if within.0.holds(at) {
                    within.1.push(at);
                }
            }
            look(&within);
        }
        self.wanted.sort_unstable();
        self.wanted.dedup();
    }

    /// The body that begins there, if it was noted and nothing in it means anything.
    fn quiet_body(&mut self, start: u32) -> Option<Body> {
        let Noted { bodies, loaders, .. } = &self.noted;
        while bodies.get(self.next_body).is_some_and(|body| body.start < start) {
            self.next_body += 1;
        }
        let body = *bodies.get(self.next_body).filter(|body| body.start == start)?;
        while loaders.get(self.next_loader).is_some_and(|at| *at < start) {
            self.next_loader += 1;
        }
        if loaders.get(self.next_loader).is_some_and(|at| *at < body.end)
            || self.wanted_before.binary_search(&start).is_ok()
        {
            return None;
        }
        while let Some(Reverse((at, index))) = self.next_names.peek().copied().filter(|next| next.0.0 < body.end) {
            let means_something = self.names[index].count > 0;
            if means_something && at >= start {
                return None;
            }
            self.next_names.pop();
            self.names[index].is_waiting = false;
            if means_something {
                self.wait_for(index, start);
            }
        }
        Some(body)
    }
}

impl<'s> Machine<'s> {
    /// What the next reading is told of this one.
    pub(super) fn next_quiet(&mut self) -> Quiet<'s> {
        let breakage = self.lexer.breakage();
        std::mem::take(&mut self.quiet).next(self.source, breakage, self.has_module_syntax)
    }

    /// The first broken place. What was passed over was read once before.
    pub(super) fn breakage(&self) -> Option<Breakage> {
        match &self.quiet {
            Quiet::Passing(passing) => passing.noted.breakage,
            _ => self.lexer.breakage(),
        }
    }

    /// A sign of an ES module was met, in this reading or the first.
    pub(super) fn shows_module_syntax(&self) -> bool {
        self.has_module_syntax || matches!(&self.quiet, Quiet::Passing(passing) if passing.noted.has_module_syntax)
    }

    /// A name stands here, as a variable or as a member.
    pub(super) fn note_name(&mut self, token: Token) {
        if let Quiet::Noting(notes) = &mut self.quiet {
            let name = token.text(self.source);
            if needles::is_word(name) || name == b"mainModule" || name.contains(&b'\\') {
                notes.loaders.push(token.start);
            } else {
                notes.word(name, token.start);
            }
        }
    }

    /// A string or a number stands here: it may be the key of a bundled module.
    pub(super) fn note_key(&mut self, token: Token) {
        if let Quiet::Noting(notes) = &mut self.quiet {
            let text = token.text(self.source);
            match text {
                [b'"' | b'\'', inner @ .., _] => notes.word(inner, token.start + 1),
                text => notes.word(text, token.start),
            }
        }
    }

    /// `import` stands here.
    pub(super) fn note_import(&mut self, token: Token) {
        if let Quiet::Noting(notes) = &mut self.quiet {
            notes.loaders.push(token.start);
        }
    }

    /// Passes over the body that begins at `start`, if nothing can be found in it.
    pub(super) fn pass_over(&mut self, function: Option<u32>, start: u32) {
        if self.has_peeked() {
            return;
        }
        let Quiet::Passing(passing) = &mut self.quiet else { return };
        let Some(body) = passing.quiet_body(start) else { return };
        if let Some(function) = function {
            passing.passed.insert(function, start);
        }
        passing.passed_bodies.push(body);
        self.lexer.pass_over(body.end as usize);
    }

    /// Bodies turned out to matter that were passed over.
    pub(super) fn wants_bodies(&self) -> bool {
        matches!(&self.quiet, Quiet::Passing(passing) if !passing.wanted.is_empty())
    }

    /// Whether code that has a name for the value may find a file by it, and by
    /// nothing else that has one.
    pub(super) fn means_something(&self, value: &Value) -> bool {
        match value {
            Value::Text(text) => text.starts_with('/') || text.starts_with("file:"),
            Value::OneOf(values) => values.iter().any(|value| self.means_something(value)),
            // Larger ones are tables of a bundle's modules.
            Value::Array(array) if array.values.len() > MOST_MEMBERS => false,
            Value::Object(object) if object.entries.len() > MOST_MEMBERS => false,
            Value::Array(array) => array.values.iter().any(|value| self.means_something(value)),
            Value::Object(object) => object.entries.iter().any(|(_, value)| self.means_something(value)),
            Value::Method(of) => self.means_something(&of.0),
            Value::Local(number) => self.function_means_something(*number),
            value => leads_to_files(value),
        }
    }
}

/// Whether a value leads to files that is none of this file's functions, and has none within.
pub(super) fn leads_to_files(value: &Value) -> bool {
    match value {
        Value::Module(module) => {
            module.leads_to_files() && !matches!(module, Module::Process | Module::Global | Module::Object)
        }
        Value::Function(function) => {
            use known::Function::{Assign, Constant, DefineProperty, Identity, Write, WriteTwo};
            !matches!(function, Assign | Constant(_) | DefineProperty | Write | WriteTwo | Identity)
        }
        Value::Url(_)
        | Value::Filename
        | Value::ImportMetaUrl
        | Value::ModuleNamespace
        | Value::CreateRequire
        | Value::UrlNamespace
        | Value::FileUrlToPath
        | Value::UrlConstructor => true,
        value => value.loads(),
    }
}
