//! Function bodies, and long classes and objects, in which nothing can be found,
//! so that a reading that follows values may leave them out.
//!
//! The light reading goes through every token anyway. It notes where they
//! begin and end, and where each word stands; once values are sure to be followed it
//! does no more than that (`skim`). Later one is passed over if no
//! word of a loader stands in it, and no name that means something by then.
//! Nothing here reads a body, or knows what a name means.

mod glance;
mod names;
mod skim;
mod words;

use std::ops::Range;

use ahash::{AHashMap, AHashSet};

use super::{frame::Opener, machine::Machine, needles, sibling::Sibling, value::Value};
use crate::{
    lexer::{Breakage, Kind, Token},
    record::Span,
};
use glance::{is_key_behind, is_table_of_functions, last_part, may_be_of, stands_at, word_of};
use names::{Meaning, Name, Names};
use words::{Body, Noted, Word, chain_of};

/// A shorter body is read sooner than noted; it is also where flags are set
/// and strings are handed on.
const SHORTEST_BODY: u32 = 64;

/// A shorter class or object is read: what it holds may be part of a path.
/// Longer ones are tables.
const SHORTEST_GROUP: u32 = 4 * 1024;

/// A shorter file is read whole: that takes less time than to note its words.
const SHORTEST_FILE: usize = 4 * 1024;

/// In a longer file words are noted from its beginning: a bundle has its
/// modules in any order.
const LONG_FILE: usize = 16 * 1024;

/// Words that are noted, of eight bytes each. A file that has more is read whole.
const MOST_WORDS: usize = 3 << 19;

/// Names of which it is remembered that they were taken for files.
const MOST_USED: usize = 1 << 12;

/// To begin a search costs as much as to look through so many bytes.
const PRICE_OF_A_GAP: usize = 64;

/// So many places are remembered where such a name stands.
const MOST_USES: usize = 32;

/// What the light reading notes.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// What is open that may be passed over.
    open: Vec<Open>,
    bodies: Vec<Body>,
    words: Vec<Word>,
    /// Where words of loaders stand.
    loaders: Vec<u32>,
    /// There were too many words.
    is_full: bool,
}

/// A bracket that is open: the number of its frame, where it stands, and how
/// long it must be to be worth passing over.
#[derive(Debug)]
struct Open {
    frame: usize,
    start: u32,
    shortest: u32,
}

/// How bodies are noted or passed over in one reading.
#[derive(Debug, Default)]
pub(super) enum Quiet<'s> {
    /// Neither.
    #[default]
    Off,
    /// Noted as soon as something is found for which values are followed: in
    /// most files nothing is.
    Waiting,
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
    /// Names that mean something.
    meaningful: Names<'s>,
    /// Bodies that were passed over although they matter, by their beginnings.
    wanted: Vec<u32>,
    /// Those of the readings before.
    wanted_before: Vec<u32>,
    /// The functions whose bodies were passed over, and where those begin; and
    /// what stands for groups that were.
    passed: AHashMap<u32, u32>,
    /// All of those, in order.
    passed_bodies: Vec<Body>,
    /// Those that only hand on what they are called with.
    handing_on: AHashSet<u32>,
    /// Those of which something was put into strings.
    joined: Vec<u32>,
    /// Names that stand where a path is put together, or a specifier.
    used: AHashMap<&'s [u8], Vec<u32>>,
    /// The same, where that has not turned out.
    possible_uses: Vec<(&'s [u8], u32)>,
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
        match source.len() {
            len if len < SHORTEST_FILE => Self::Off,
            len if len < LONG_FILE => Self::Waiting,
            _ => Self::Noting(Box::default()),
        }
    }

    /// Values will be followed, as `rest` bytes of the file that are left to
    /// read have told. Whether it is worth reading them lightly.
    pub(super) fn is_worth_going_on(&mut self, rest: usize) -> bool {
        if matches!(self, Self::Waiting) {
            *self = if rest < SHORTEST_FILE { Self::Off } else { Self::Noting(Box::default()) };
        }
        self.is_noting()
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
            Self::Off | Self::Waiting => Self::Off,
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
            meaningful: Names::default(),
            wanted: Vec::new(),
            wanted_before,
            passed: AHashMap::new(),
            passed_bodies: Vec::new(),
            handing_on: AHashSet::new(),
            joined: Vec::new(),
            used: AHashMap::new(),
            possible_uses: Vec::new(),
        }))
    }

    /// The body of a function begins at `start`, in the frame of that number.
    pub(super) fn open_body(&mut self, start: u32, frame: usize) {
        self.open(Open { frame, start, shortest: SHORTEST_BODY });
    }

    /// A class or an object does.
    pub(super) fn open_group(&mut self, start: u32, frame: usize) {
        self.open(Open { frame, start, shortest: SHORTEST_GROUP });
    }

    fn open(&mut self, open: Open) {
        if let Self::Noting(notes) = self {
            notes.open.push(open);
        }
    }

    /// The frame of that number closed, before `end`.
    pub(super) fn close(&mut self, frame: usize, end: u32) {
        let Self::Noting(notes) = self else { return };
        while let Some(Open { start, shortest, .. }) = notes.open.pop_if(|open| open.frame >= frame) {
            if end - start >= shortest {
                notes.bodies.push(Body { start, end });
            }
        }
    }

    /// A name means something from now on.
    pub(super) fn add_name(&mut self, name: &'s [u8], value: &Value) {
        if let Self::Passing(passing) = self {
            passing.meaningful.add(&passing.noted, passing.source, last_part(name), Meaning::of(value));
        }
    }

    /// A bundled module is known by this key: it counts if a bundle asks for it so.
    pub(super) fn add_key(&mut self, key: &[u8]) {
        if let Self::Passing(passing) = self
            && let Some(at) = passing.noted.place_as_argument(passing.source, key)
        {
            let key = &passing.source[at..at + key.len()];
            passing.meaningful.add(&passing.noted, passing.source, key, Meaning::Key);
        }
    }

    /// Whether a bundle asks for the module of that key.
    pub(super) fn is_asked_for(&self, source: &[u8], key: &[u8]) -> bool {
        match self {
            Self::Passing(passing) => passing.noted.place_as_argument(source, key).is_some(),
            _ => memchr::memmem::find_iter(source, key).any(|at| is_key_behind(&source[..at], key)),
        }
    }

    /// Whether the name, with that value, would be used in this part of the
    /// file, if one knew it there. Adds the bytes that were looked through to `searched`.
    pub(super) fn is_used_between(
        &self,
        source: &[u8],
        name: &'s [u8],
        value: &Value,
        part: Range<u32>,
        searched: &mut usize,
    ) -> bool {
        let Self::Passing(passing) = self else {
            *searched += part.len();
            return needles::has_word(source, name, part);
        };
        let part = part.start as usize..(part.end as usize).min(source.len());
        let name = last_part(name);
        let (word, name) = (word_of(name), Name::new(name, Meaning::of(value)));
        let noted = passing.noted.places(word).skip_while(|at| *at < part.start);
        let noted = noted.take_while(|at| *at < part.end).any(|at| name.is_used_at(source, at));
        let finder = memchr::memmem::Finder::new(word);
        noted
            || passing.noted.gaps(part).any(|gap| {
                *searched += gap.len() + PRICE_OF_A_GAP;
                finder.find_iter(&source[gap.clone()]).any(|at| name.is_used_at(source, gap.start + at))
            })
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

    /// It is called with a path. If its body was passed over, it must be read
    /// after all, unless it does no more than hand that on to others.
    pub(super) fn want_body_for_path(&mut self, function: u32) {
        let Self::Passing(passing) = self else { return };
        let Some(start) = passing.passed.get(&function).copied() else { return };
        if passing.handing_on.contains(&function) {
            return;
        }
        if passing.noted.only_hands_on(passing.source, start) {
            passing.handing_on.insert(function);
        } else {
            self.want_body(function);
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
        let Self::Passing(passing) = self else { return };
        if passing.used.len() < MOST_USED {
            let places = passing.used.entry(last_part(name)).or_default();
            if places.len() <= MOST_USES {
                places.push(at);
            }
        }
    }

    /// The same, if it turns out that it is a file.
    pub(super) fn note_possible_use(&mut self, name: &'s [u8], at: u32) {
        if let Self::Passing(passing) = self
            && passing.possible_uses.len() < MOST_USES
        {
            passing.possible_uses.push((name, at));
        }
    }

    /// It turned out.
    pub(super) fn settle_possible_uses(&mut self, are_uses: bool) {
        let Self::Passing(passing) = self else { return };
        let uses = std::mem::take(&mut passing.possible_uses);
        for (name, at) in uses.into_iter().filter(|_| are_uses) {
            self.note_use(name, at);
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
        if let Self::Passing(passing) = self {
            passing.meaningful.remove(name);
        }
    }
}

impl<'s> Passing<'s> {
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
        let is_read = loaders.get(self.next_loader).is_some_and(|at| *at < body.end)
            || self.wanted_before.binary_search(&start).is_ok()
            || self.meaningful.one_stands_in(&self.noted, self.source, body);
        (!is_read).then_some(body)
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
        if !self.quiet.is_noting() {
            return;
        }
        let name = token.text(self.source);
        let is_loader = match name {
            b"cwd" | b"mainModule" => {
                self.follows_dot() && may_be_of(self.source, self.before.start as usize, b"process")
            }
            b"process" => self.is_process_handed_on(token),
            name => needles::is_word(name) || (self.lexer.has_escaped_names() && name.contains(&b'\\')),
        };
        if let Quiet::Noting(notes) = &mut self.quiet {
            if is_loader {
                notes.loaders.push(token.start);
            } else {
                notes.word(name, token.start);
            }
        }
    }

    /// `process` is not asked for a member here: it may get another name, or hand members out.
    pub(super) fn is_process_handed_on(&self, token: Token) -> bool {
        let after = self.source[token.end as usize..].trim_ascii_start();
        self.before.kind != Kind::Typeof && !matches!(after, [b'.' | b'?' | b'!' | b'=' | b':' | b'&', ..])
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

    /// `import` or `export` stands here. The latter does so in a body only where a bracket is missing.
    pub(super) fn note_declaration(&mut self, token: Token) {
        if let Quiet::Noting(notes) = &mut self.quiet {
            notes.loaders.push(token.start);
        }
    }

    /// Passes over the body that begins at `start`, if nothing can be found in it.
    pub(super) fn pass_over(&mut self, function: u32, start: u32) {
        if let Some(body) = self.quiet_body(start) {
            self.go_behind(body, function);
        }
    }

    /// Passes over the body that begins at `start` before its parameters are
    /// bound, if they mean nothing: nobody in there asks for them. One of them
    /// may hide a name that means something, so where this does not, `pass_over` still may.
    pub(super) fn passes_over_unbound(&mut self, function: u32, start: u32) -> bool {
        if !self.quiet.is_passing()
            || self.ready_parameters.iter().any(|parameter| parameter.rest || parameter.value.is_known())
        {
            return false;
        }
        let Some(body) = self.quiet_body(start) else { return false };
        self.ready_parameters.clear();
        self.closed_function_name = None;
        self.go_behind(body, function);
        true
    }

    /// Passes over the class or object whose bracket stands at `start`, if
    /// nothing can be found in it. Whoever takes a member for a file makes it be read after all.
    pub(super) fn pass_over_group(&mut self, start: u32) {
        // What it holds is exported, as a rule; or some library looks into it.
        if self.exported.is_some() || self.open_path_calls > 0 {
            return;
        }
        let Some(body) = self.quiet_body(start) else { return };
        let is_object = matches!(self.top().opener, Opener::Object(_));
        if is_object && !is_table_of_functions(self.source, start as usize + 1) {
            return;
        }
        let Some(stand_in) = self.stand_in_for(start) else { return };
        self.go_behind(body, stand_in);
        if is_object {
            let frame = self.top_mut();
            frame.opener = Opener::Group;
            frame.set_operand(Sibling::returned_by(stand_in), Span { start, end: body.end });
        }
    }

    /// What begins at `start` and may be passed over, if nothing can be found in it.
    fn quiet_body(&mut self, start: u32) -> Option<Body> {
        if self.has_peeked() {
            return None;
        }
        let Quiet::Passing(passing) = &mut self.quiet else { return None };
        passing.quiet_body(start)
    }

    fn go_behind(&mut self, body: Body, function: u32) {
        let Quiet::Passing(passing) = &mut self.quiet else { return };
        passing.passed.insert(function, body.start);
        passing.passed_bodies.push(body);
        self.lexer.pass_over(body.end as usize);
    }

    /// Bodies turned out to matter that were passed over.
    pub(super) fn wants_bodies(&self) -> bool {
        matches!(&self.quiet, Quiet::Passing(passing) if !passing.wanted.is_empty())
    }
}
