//! What files next to this one export: who wants it, and where it comes in.
//!
//! What a relative specifier loads is a [`Sibling`] while the file is read for
//! the first time. It tells nothing, but where it gets into a path or a
//! specifier the file is noted as wanted. Somebody who can open files then
//! says what it exports, and this file is read once more. One step and no
//! further: what a sibling takes from its own siblings is not known. Nothing
//! here opens a file, and a file that wants no sibling is not read again.

use std::rc::Rc;

use super::{
    exports::{Exports, is_relative},
    known,
    machine::Machine,
    value::{Argument, Value, is_unknown_part},
};
use crate::record::{HOLE, Loader, ReferenceKind};

/// More files than any file takes its paths from.
const MOST_WANTED: usize = 16;

/// Files that are told apart in one file.
const MOST_FILES: usize = 1 << 12;

/// So deep members of what a file exports are followed: `paths_1.default.ROOT`.
const DEEPEST_MEMBER: u8 = 3;

/// A string of arguments that is longer names no file.
const LONGEST_NAME: usize = 256;

/// A part of what a file exports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Sibling {
    /// The file, by its place in [`Siblings::Met`].
    file: u16,
    /// How deep a member of it this is.
    members: u8,
    /// It is what a function gave, or a part of that.
    called: bool,
    /// The export that it comes of, by [`key_of`]; 0 for the whole module.
    export: u32,
}

/// A file whose exports would tell more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// As the file that wants it names it.
    pub specifier: String,
    /// Who loads it.
    pub loader: Loader,
    /// Which of its exports, by [`key_of`]; 0 for the whole module.
    exports: Vec<u32>,
}

/// What is known of the files next to this one.
#[derive(Debug, Default)]
pub(super) enum Siblings {
    /// Nothing, and nobody will tell.
    #[default]
    Unknown,
    /// Those that were met so far.
    Met(Vec<Met>),
    /// What somebody told.
    Known(Vec<(Wanted, Value)>),
}

/// A file that was met.
#[derive(Debug)]
pub(super) struct Met {
    file: Wanted,
    /// What of it was put into strings, which may get into a path yet.
    joined: Vec<u32>,
}

/// Stands for a function of this file whose body was passed over, in the place of a file.
const OWN: u16 = u16::MAX;

impl Sibling {
    /// What a function of this file returns whose body was passed over.
    pub(super) fn returned_by(function: u32) -> Value {
        Value::Sibling(Self { file: OWN, members: 0, called: true, export: function.saturating_add(1) })
    }

    /// The function of this file whose body was passed over, if it is what that returns, or a part of it.
    pub(super) fn own_function(self) -> Option<u32> {
        (self.file == OWN).then(|| self.export.saturating_sub(1))
    }

    /// A member of it, of whatever name.
    pub(super) fn member(self) -> Value {
        if self.members >= DEEPEST_MEMBER {
            return Value::Unknown;
        }
        Value::Sibling(Self { members: self.members + 1, ..self })
    }

    /// The member of that name. What lies under `default` is the module itself, as a rule.
    pub(super) fn named(self, name: &[u8]) -> Value {
        match self.export {
            _ if name == b"default" => Value::Sibling(self),
            0 => Self { export: key_of(name), ..self }.member(),
            _ => self.member(),
        }
    }
}

/// Whether a name says that what a sibling exports is a `require`: the chunks of a bundle share one.
pub(super) fn is_called_require(name: &[u8]) -> bool {
    name.ends_with(b"equire")
}

impl Value {
    /// What an interop helper of a compiler may give back as it gets it.
    pub(super) fn is_of_module(&self) -> bool {
        match self {
            Value::Function(function) => !function.makes_values(),
            Value::Module(module) => *module != known::Module::Array,
            Value::Sibling(sibling) => sibling.own_function().is_none(),
            _ => false,
        }
    }
}

impl Siblings {
    /// The files that were wanted, the first that were met first.
    pub(super) fn wanted(self) -> Vec<Wanted> {
        let Self::Met(files) = self else { return Vec::new() };
        files.into_iter().filter(|met| !met.file.exports.is_empty()).map(|met| met.file).take(MOST_WANTED).collect()
    }
}

impl Machine<'_> {
    /// Reads with what somebody told of the files that were wanted, or to find
    /// out which are.
    pub(super) fn know_siblings(&mut self, told: Option<&[(Wanted, Exports)]>) {
        self.siblings = match told {
            None => Siblings::Met(Vec::new()),
            Some(told) => {
                let known = told.iter();
                let known = known.map(|(file, exports)| (file.clone(), self.bring_in(exports, file.loader))).collect();
                Siblings::Known(known)
            }
        };
    }

    /// What loading the module `specifier` gives, where values are followed.
    pub(super) fn loaded(&mut self, kind: ReferenceKind, specifier: &str) -> Value {
        let module = self.module(specifier);
        if module.is_known() || !is_relative(specifier) {
            return module;
        }
        if let Siblings::Met(files) = &mut self.siblings
            && files.len() < MOST_FILES
            && !files.iter().any(|met| met.file.is(kind, specifier))
        {
            let file = Wanted { specifier: specifier.to_owned(), loader: kind.loader(), exports: Vec::new() };
            files.push(Met { file, joined: Vec::new() });
        }
        match kind {
            // It is a promise, whose `catch` counts.
            ReferenceKind::DynamicImport => Value::Unknown,
            kind => self.sibling(kind, specifier),
        }
    }

    /// What the promise of an `import()` holds.
    pub(super) fn loaded_by(&self, candidate: usize) -> Value {
        self.candidates
            .get(candidate)
            .map_or(Value::Unknown, |candidate| self.sibling(candidate.kind, &candidate.specifier))
    }

    fn sibling(&self, kind: ReferenceKind, specifier: &str) -> Value {
        match &self.siblings {
            Siblings::Unknown => Value::Unknown,
            Siblings::Met(files) => match files.iter().position(|met| met.file.is(kind, specifier)) {
                Some(file) => Value::Sibling(Sibling { file: file as u16, members: 0, called: false, export: 0 }),
                None => Value::Unknown,
            },
            Siblings::Known(known) => {
                let known = known.iter().find(|(file, _)| file.is(kind, specifier));
                known.map_or(Value::Unknown, |(_, value)| value.clone())
            }
        }
    }

    /// What an interop helper gives for a module that it gets.
    pub(super) fn after_interop(&self, module: &Value) -> Option<Value> {
        if module.is_of_module() {
            return Some(module.clone());
        }
        let Siblings::Known(known) = &self.siblings else { return None };
        known.iter().any(|(_, value)| is_same(value, module)).then(|| {
            let wrapped = Value::object(vec![("default".into(), module.clone())], true);
            module.clone().or(wrapped)
        })
    }

    /// Notes what a call is told that may become a path.
    pub(super) fn want_for_call(&mut self, callee: &Value, arguments: &[Argument]) {
        if !matches!(self.siblings, Siblings::Met(_)) && !self.quiet.is_passing() {
            return;
        }
        let asks = match callee {
            Value::Function(function) => {
                use known::Function::{Assign, DefineProperty, Identity, Write};
                // Of what is passed over it tells nothing: only all members together make an object.
                let tells = |argument: &Argument| matches!(argument.value, Value::Object(_) | Value::Sibling(_));
                match function {
                    Assign => arguments.iter().all(tells),
                    function => !function.makes_values() && !matches!(function, DefineProperty | Identity | Write),
                }
            }
            Value::Local(number) => {
                self.want_for_local(*number, arguments);
                self.asks_for_files(*number)
            }
            Value::Method(_) => {
                arguments.iter().for_each(|argument| self.note_joined(&argument.value, &argument.value));
                false
            }
            Value::FileUrlToPath | Value::UrlConstructor | Value::CreateRequire => true,
            callee => callee.loads() || matches!(callee, Value::Import),
        };
        // Bodies that were passed over give no file's URL by themselves.
        let own = match callee {
            Value::Local(_) => false,
            Value::UrlConstructor => self.gives_file_url(arguments),
            _ => true,
        };
        if asks {
            for argument in arguments {
                self.want(&argument.value, own);
            }
        }
    }

    /// A call of what a sibling exports: it matters if it is told of files.
    pub(super) fn call_sibling(&mut self, sibling: Sibling, arguments: &[Argument]) -> Value {
        if arguments.iter().any(|argument| self.may_name_file(&argument.value)) {
            self.want(&Value::Sibling(sibling), true);
        }
        self.consume_all(arguments);
        match arguments.first().map(|argument| &argument.value) {
            Some(module @ (Value::Module(_) | Value::Function(_))) => module.clone(),
            _ if sibling.called => Value::Unknown,
            _ => Value::Sibling(Sibling { called: true, members: 0, ..sibling }),
        }
    }

    fn may_name_file(&self, value: &Value) -> bool {
        let may = |value: &Value| match value {
            Value::Url(_) | Value::Filename | Value::ImportMetaUrl => true,
            Value::Local(number) => self.asks_for_files(*number),
            Value::Text(_) | Value::Told(_) | Value::Literal(_) => {
                self.text(value).is_some_and(|text| self.looks_like_file(&text))
            }
            _ => false,
        };
        value.alternatives().iter().any(|value| match value {
            Value::Array(array) => array.values.iter().any(may),
            Value::Object(object) => object.entries.iter().any(|(_, value)| may(value)),
            value => may(value),
        })
    }

    /// Whether a string may be the path or the name of a file: `/root/x`,
    /// `views/home`, `x.txt`.
    fn looks_like_file(&self, text: &str) -> bool {
        if text.starts_with('/') {
            return self.places.as_ref().is_some_and(|places| text.starts_with(&*places.root));
        }
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'-' | b'_' | b'@');
        if text.len() > LONGEST_NAME || !text.bytes().all(is_plain) {
            return false;
        }
        let (folder, name) = text.rsplit_once('/').unwrap_or(("", text));
        let is_extension = |extension: &str| {
            (1..=5).contains(&extension.len()) && extension.starts_with(|first: char| first.is_ascii_alphabetic())
        };
        match name.rsplit_once('.') {
            Some((stem, extension)) => is_extension(extension) && !stem.is_empty(),
            None => !folder.is_empty() && !name.is_empty(),
        }
    }

    /// Somebody takes the value for a path or a specifier; where it is not `own`,
    /// what functions of this file return can be none.
    pub(super) fn want(&mut self, value: &Value, own: bool) {
        for_each_sibling(value, |sibling| match (sibling.own_function(), &mut self.siblings) {
            (Some(function), _) if own => self.quiet.want_body(function),
            (None, Siblings::Met(files)) => {
                if let Some(met) = files.get_mut(usize::from(sibling.file)) {
                    met.file.want(&[sibling.export]);
                }
            }
            _ => {}
        });
    }

    /// The value becomes a part of a string.
    pub(super) fn note_joined(&mut self, left: &Value, right: &Value) {
        for value in [left, right] {
            for_each_sibling(value, |sibling| match (sibling.own_function(), &mut self.siblings) {
                (Some(function), _) => self.quiet.note_joined(function),
                (None, Siblings::Met(files)) => {
                    if let Some(met) = files.get_mut(usize::from(sibling.file))
                        && !met.joined.contains(&sibling.export)
                    {
                        met.joined.push(sibling.export);
                    }
                }
                _ => {}
            });
        }
    }

    /// Somebody takes this for a path or a specifier: what was put into strings may be in it.
    pub(super) fn want_joined(&mut self, text: &str, is_file: bool) {
        if !text.contains(HOLE) || text.chars().all(is_unknown_part) {
            return;
        }
        let is_path = text.starts_with('/') || text.trim_start_matches(HOLE).starts_with('/');
        if is_file || is_path {
            // What was passed over gives no absolute path: one stands in front of it, or nothing comes of it.
            let is_inside = self.places.as_ref().is_some_and(|places| text.starts_with(&*places.root));
            if is_inside || (is_file && !text.starts_with('/')) {
                self.quiet.want_joined();
            }
            if let Siblings::Met(files) = &mut self.siblings {
                files.iter_mut().for_each(|met| met.file.want(&met.joined));
            }
        }
    }

    /// The values of a file's exports as values of this file.
    fn bring_in(&mut self, exports: &Exports, loader: Loader) -> Value {
        let first = self.functions.len() as u32;
        for function in exports.functions() {
            self.functions.push(function.of_sibling(exports.folder(), |value| relocated(value, first)));
        }
        relocated(&exports.seen_by(loader), first)
    }
}

impl Wanted {
    fn is(&self, kind: ReferenceKind, specifier: &str) -> bool {
        self.specifier == specifier && self.loader == kind.loader()
    }

    fn want(&mut self, exports: &[u32]) {
        for export in exports {
            if !self.exports.contains(export) {
                self.exports.push(*export);
            }
        }
    }

    /// Whether the file exports something under a name that is wanted.
    pub fn is_met_by(&self, exports: &Exports) -> bool {
        self.exports.iter().any(|export| exports.tell(|name| *export == 0 || key_of(name.as_bytes()) == *export))
    }
}

/// Stands for the name of an export (FNV-1a), so that a [`Sibling`] is small. Two
/// names that have one key are both wanted where one is, and no harm is done.
fn key_of(name: &[u8]) -> u32 {
    let key = name.iter().fold(0x811c_9dc5_u32, |key, byte| (key ^ u32::from(*byte)).wrapping_mul(0x0100_0193));
    key.max(1)
}

/// A value whose functions have other numbers now.
fn relocated(value: &Value, first: u32) -> Value {
    match value {
        Value::Local(number) => Value::Local(first + number),
        Value::OneOf(values) => Value::one_of(values.iter().map(|value| relocated(value, first))),
        Value::Array(array) => array.map(|value| relocated(value, first)),
        Value::Object(object) => {
            let members = object.entries.iter().map(|(key, value)| (Rc::clone(key), relocated(value, first)));
            object.with(members.collect())
        }
        Value::Method(of) => Value::Method(Rc::new((relocated(&of.0, first), of.1))),
        // Anybody may change a flag of another file: it decides nothing here.
        Value::Boolean(_) => Value::Unknown,
        value => value.clone(),
    }
}

/// The siblings that a value may be, or an array that it is may hold.
fn for_each_sibling(value: &Value, mut each: impl FnMut(Sibling)) {
    for value in value.alternatives() {
        match value {
            Value::Sibling(sibling) => each(*sibling),
            Value::Array(array) => array.values.iter().for_each(|value| {
                if let Value::Sibling(sibling) = value {
                    each(*sibling);
                }
            }),
            _ => {}
        }
    }
}

/// Whether two values are the same one, not only equal.
fn is_same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Text(left), Value::Text(right)) | (Value::Url(left), Value::Url(right)) => Rc::ptr_eq(left, right),
        (Value::Object(left), Value::Object(right)) => Rc::ptr_eq(left, right),
        (Value::Array(left), Value::Array(right)) => Rc::ptr_eq(left, right),
        (Value::OneOf(left), Value::OneOf(right)) => Rc::ptr_eq(left, right),
        (Value::Local(left), Value::Local(right)) => left == right,
        _ => false,
    }
}
