//! What an expression is known to be.
//!
//! A value is small and cheap to copy: what is long is shared. A string may
//! have holes ([`HOLE`]), and marks for the parameters of the function that is
//! being read; nobody outside of this room sees the marks.

use std::{borrow::Cow, rc::Rc};

use ahash::AHashSet;

use super::{
    kept::Kept,
    known::{Function, Method, Module},
    sibling::Sibling,
};
use crate::{
    lexer::{Kind, Token, string_value, template_value},
    record::{HOLE, STAR, Span},
};

/// The longest string that is kept where only loaders matter; a longer one becomes unknown.
pub(super) const LONGEST_TEXT: usize = 64 * 1024;

/// The longest string that is kept where values are followed: no path is longer.
pub(super) const LONGEST_PATH: usize = 4096;

/// The most values that one expression can have; beyond, what it is is unknown.
pub(super) const MOST_ALTERNATIVES: usize = 256;

/// The most values that a variable may have got, one after another.
const MOST_ASSIGNED: usize = 32;

/// Of a list of names so many are not known as a whole.
const MOST_OPEN: usize = 8;

/// Two values that may be more, and no strings, are not joined: each of one is compared with each of the other.
const MOST_COMPARED: usize = 1 << 12;

/// Of so many values each is compared.
const FEW: usize = 8;

/// The most values that one value may be made of.
pub(super) const MOST_PARTS: usize = 4096;

/// Bytes of a member: its value, and its key, which is short as a rule.
pub(super) const MEMBER_BYTES: usize = size_of::<(Rc<str>, Value)>() + 40;

/// How deep arrays and objects may lie in each other.
const DEEPEST: u8 = 16;

/// A value, as far as reading the file tells.
///
/// Literals stay where they are in the file until somebody needs their text:
/// most never are needed.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// Anything.
    Unknown,
    /// A string or template literal, still in the file.
    Literal(Token),
    /// A regular expression, still in the file.
    Regex(Token),
    /// A string that was put together; it may have holes.
    Text(Rc<str>),
    /// A string that the target or the user told: what compares with it is decided.
    Told(Rc<str>),
    /// A whole number.
    Number(i32),
    /// `true` or `false`.
    Boolean(bool),
    /// `undefined`, `null`, `void 0`.
    Nothing,
    /// One of these; [`Value::Unknown`] may be among them.
    OneOf(Rc<[Value]>),
    /// An array literal.
    Array(Rc<Array>),
    /// An object literal.
    Object(Rc<Object>),
    /// A `file:` URL, as the path that it means.
    Url(Rc<str>),
    /// A function that is written in this file, by its index.
    Local(u32),
    /// A module of which we know what its functions do.
    Module(Module),
    /// What another file of the program exports, or a part of it, of which
    /// nothing is known yet: to everybody it is unknown.
    Sibling(Sibling),
    /// One of its functions, or a function of the language.
    Function(Function),
    /// A method of a known value.
    Method(Rc<(Value, Method)>),

    /// `require`, or what `createRequire` made for this file.
    Require(Origin),
    /// What `createRequire` made for another place, a path.
    RequireFrom(Rc<str>),
    /// `resolve` of that.
    ResolveFrom(Rc<str>),
    /// `require.resolve`, with the same meaning.
    RequireResolve(Origin),
    /// `require.main`: the `module` of the program's entry.
    MainModule,
    /// `require.call`: what is loaded is its second argument.
    RequireCall(Origin),
    /// `require.bind`: calling it gives `require`.
    RequireBind(Origin),
    /// The CommonJS wrapper's `module`.
    ModuleObject,
    /// `__filename`, `import.meta.filename`: this file's path.
    Filename,
    /// The namespace or the default export of `node:module`.
    ModuleNamespace,
    /// `createRequire` of `node:module`.
    CreateRequire,
    /// The namespace or the default export of `node:url`.
    UrlNamespace,
    /// `fileURLToPath` of `node:url`.
    FileUrlToPath,
    /// `import`, before its parenthesis or its dot.
    Import,
    /// `import.meta`.
    ImportMeta,
    /// `import.meta.url`: this file's URL.
    ImportMetaUrl,
    /// `import.meta.resolve`.
    ImportMetaResolve,
    /// What `import()` gave for the candidate of this index: a promise.
    Loading(usize),
    /// `then` or `finally` of such a promise.
    LoadingThen(usize),
    /// The global `URL`.
    UrlConstructor,
}

const _: () = assert!(size_of::<Value>() <= 24);

/// What is known of the places of an array's elements; the later, the less.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Filling {
    /// Each stands once, at its place.
    #[default]
    InOrder,
    /// They are some of those that are written, in any order and number.
    Some,
    /// The same, of an array that was made empty.
    Grows,
}

/// What is known of an array.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Array {
    /// Its elements.
    pub(super) values: Vec<Value>,
    /// What is known of their places.
    pub(super) filling: Filling,
    size: Size,
    _kept: Kept,
}

/// What is known of an object.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Object {
    /// Its members in the order of the text; of equal keys the last counts.
    pub(super) entries: Vec<(Rc<str>, Value)>,
    /// It may have members that are not known.
    pub(super) open: bool,
    /// It is a `Map`: what it has are no members. A key that is not known is a hole.
    pub(super) is_map: bool,
    /// It was made empty, as a map.
    pub(super) grows: bool,
    size: Size,
    _kept: Kept,
}

/// What keeps walks over values short.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Size {
    depth: u8,
    parts: u32,
}

impl Size {
    fn of<'v>(values: impl Iterator<Item = &'v Value>) -> Size {
        values.fold(Size { depth: 1, parts: 1 }, |size, value| {
            let part = value.size();
            Size { depth: size.depth.max(part.depth.saturating_add(1)), parts: size.parts.saturating_add(part.parts) }
        })
    }

    fn is_bearable(self) -> bool {
        self.depth <= DEEPEST && self.parts as usize <= MOST_PARTS
    }
}

impl Array {
    /// An array with `f` of every element.
    pub(super) fn map(&self, f: impl FnMut(&Value) -> Value) -> Value {
        Value::array_of(self.values.iter().map(f).collect(), self.filling)
    }

    /// Each element stands once, at its place.
    pub(super) fn is_in_order(&self) -> bool {
        self.filling == Filling::InOrder
    }

    /// It was made empty.
    pub(super) fn grows(&self) -> bool {
        self.filling == Filling::Grows
    }
}

impl Object {
    /// One like it with these members; unknown if that is too much to keep.
    pub(super) fn with(&self, entries: Vec<(Rc<str>, Value)>) -> Value {
        let size = Size::of(entries.iter().map(|(_, value)| value));
        let Some(kept) = size.is_bearable().then(|| Kept::of(entries.capacity() * MEMBER_BYTES)).flatten() else {
            return Value::Unknown;
        };
        let Self { open, is_map, grows, .. } = *self;
        Value::Object(Rc::new(Object { entries, open, is_map, grows, size, _kept: kept }))
    }

    /// Its keys, and one for those that are not known.
    pub(super) fn keys(&self) -> impl Iterator<Item = Value> {
        self.entries.iter().map(|(key, _)| Value::Text(Rc::clone(key))).chain(self.others())
    }

    /// What it has under them.
    pub(super) fn values(&self) -> impl Iterator<Item = Value> {
        self.entries.iter().map(|(_, value)| value.clone()).chain(self.others())
    }

    fn others(&self) -> Option<Value> {
        (self.open && !self.is_map).then_some(Value::Unknown)
    }

    /// The member of that name.
    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.entries.iter().rev().find(|(name, _)| &**name == key).map(|(_, value)| value)
    }
}

/// Where a function that loads files was got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// From `createRequire`, or `import` itself: it is good in any file.
    Anywhere,
    /// It is the `require` of the CommonJS wrapper, which no ES module has.
    WrapperRequire,
    /// It is a method of the wrapper's `module`.
    WrapperModule,
}

impl Value {
    /// A string that was put together.
    pub(super) fn text_of(text: impl Into<Rc<str>>) -> Value {
        Value::Text(text.into())
    }

    /// A string that the target or the user told.
    pub(super) fn told(text: &str) -> Value {
        Value::Told(text.into())
    }

    /// The parameter that has this mark; unknown if there are no more marks.
    pub(super) fn marked(number: usize) -> Value {
        let mut buffer = [0; 4];
        mark(number).map_or(Value::Unknown, |mark| Value::text_of(&*mark.encode_utf8(&mut buffer)))
    }

    /// A part of a string of which nothing is known.
    pub(super) fn hole() -> Value {
        let mut buffer = [0; 4];
        Value::Text(Rc::from(&*HOLE.encode_utf8(&mut buffer)))
    }

    /// An array of these in this order; unknown if that is too much to keep.
    pub(super) fn array(values: Vec<Value>) -> Value {
        Value::array_of(values, Filling::InOrder)
    }

    /// An array of some of these, in any order and number.
    pub(super) fn some(values: Vec<Value>) -> Value {
        Value::array_of(values, Filling::Some)
    }

    /// The same array, whose elements may stand anywhere.
    pub(super) fn in_any_order(&self) -> Value {
        self.map(|value| match value {
            Value::Array(array) if array.is_in_order() => Value::some(array.values.clone()),
            value => value.clone(),
        })
    }

    /// An array of these; unknown if that is too much to keep.
    pub(super) fn array_of(values: Vec<Value>, filling: Filling) -> Value {
        let size = Size::of(values.iter());
        let kept = size.is_bearable().then(|| Kept::of(values.capacity() * size_of::<Value>())).flatten();
        kept.map_or(Value::Unknown, |kept| Value::Array(Rc::new(Array { values, filling, size, _kept: kept })))
    }

    /// An object with these members; unknown if that is too much to keep.
    pub(super) fn object(entries: Vec<(Rc<str>, Value)>, open: bool) -> Value {
        Object { open, ..Object::default() }.with(entries)
    }

    /// A map with these entries, which was made empty if it `grows`.
    pub(super) fn map_that(grows: bool, entries: Vec<(Rc<str>, Value)>) -> Value {
        Object { open: true, is_map: true, grows, ..Object::default() }.with(entries)
    }

    fn size(&self) -> Size {
        match self {
            Value::Array(array) => array.size,
            Value::Object(object) => object.size,
            Value::OneOf(values) => Size::of(values.iter()),
            Value::Method(of) => of.0.size(),
            _ => Size { depth: 0, parts: 1 },
        }
    }

    /// The steps that any use of it may cost: it may be copied, compared, searched.
    pub(super) fn weight(&self) -> usize {
        match self {
            Value::Text(text) => text.len(),
            Value::Literal(token) | Value::Regex(token) => (token.end - token.start) as usize,
            // Where it meets another, each is compared with each.
            Value::OneOf(values) => {
                values.iter().map(Value::weight).sum::<usize>() + values.len() * values.len().div_ceil(4)
            }
            Value::Array(array) => array.size.parts as usize * 4,
            // As a rule a member is looked for, and nothing more.
            Value::Object(object) => object.size.parts as usize / 4,
            Value::Method(of) => of.0.weight(),
            _ => 0,
        }
    }

    /// How many values it is made of, not counting what they are made of.
    pub(super) fn parts(&self) -> usize {
        match self {
            Value::OneOf(values) => values.len(),
            Value::Array(array) => array.values.len(),
            Value::Object(object) => object.entries.len(),
            _ => 0,
        }
    }

    /// What a name means where no scope binds it, and only loaders matter.
    pub(super) fn of_global(name: &[u8]) -> Option<Value> {
        match name {
            b"require" => Some(Value::Require(Origin::WrapperRequire)),
            b"module" => Some(Value::ModuleObject),
            b"__filename" => Some(Value::Filename),
            b"URL" => Some(Value::UrlConstructor),
            _ => None,
        }
    }

    /// What loading the module `specifier` gives, where only loaders matter.
    pub(super) fn of_module(specifier: &str) -> Value {
        match specifier {
            "module" | "node:module" => Value::ModuleNamespace,
            "url" | "node:url" => Value::UrlNamespace,
            _ => Value::Unknown,
        }
    }

    /// `self.name`, for values that lead to files.
    pub(super) fn member(&self, name: &[u8]) -> Value {
        match (self, name) {
            (Value::Require(origin), b"resolve") => Value::RequireResolve(*origin),
            (Value::Require(origin), b"call") => Value::RequireCall(*origin),
            (Value::Require(origin), b"bind") => Value::RequireBind(*origin),
            (Value::RequireFrom(place), b"resolve") => Value::ResolveFrom(Rc::clone(place)),
            (Value::ModuleObject, b"require") => Value::Require(Origin::WrapperModule),
            (Value::ModuleNamespace, b"createRequire") => Value::CreateRequire,
            (Value::ModuleNamespace, b"default" | b"Module") => Value::ModuleNamespace,
            (Value::UrlNamespace, b"fileURLToPath") => Value::FileUrlToPath,
            (Value::UrlNamespace, b"URL") => Value::UrlConstructor,
            (Value::UrlNamespace, b"default") => Value::UrlNamespace,
            (Value::Import, b"meta") => Value::ImportMeta,
            // `import.source("x")` and `import.defer("x")` load what `import("x")` loads.
            (Value::Import, b"source" | b"defer") => Value::Import,
            (Value::Loading(index), b"then" | b"catch" | b"finally") => Value::LoadingThen(*index),
            (Value::ImportMeta, b"url") => Value::ImportMetaUrl,
            (Value::ImportMeta, b"resolve") => Value::ImportMetaResolve,
            (Value::ImportMeta, b"filename") => Value::Filename,
            _ => Value::Unknown,
        }
    }

    /// Whether calling it, or a member of it, asks for a file.
    pub(super) fn loads(&self) -> bool {
        matches!(
            self,
            Value::Require(_)
                | Value::RequireFrom(_)
                | Value::RequireResolve(_)
                | Value::RequireCall(_)
                | Value::RequireBind(_)
                | Value::ModuleObject
                | Value::ModuleNamespace
                | Value::CreateRequire
                | Value::ImportMetaResolve
        )
    }

    /// Whether somebody could make use of it.
    pub(super) fn is_known(&self) -> bool {
        !matches!(self, Value::Unknown)
    }

    /// The values that it may have.
    pub(super) fn alternatives(&self) -> &[Value] {
        match self {
            Value::OneOf(values) => values,
            value => std::slice::from_ref(value),
        }
    }

    /// A value that is one of both.
    pub(super) fn or(self, other: Value) -> Value {
        if self == other {
            return self;
        }
        let (own, others) = (self.alternatives(), other.alternatives());
        // A variable that gets so many values, one after another, is no place
        // for a path, nor is one that grows out of itself; a list of names is.
        let (most, least) = (own.len().max(others.len()), own.len().min(others.len()));
        let limit = if least > 1 || most > MOST_ASSIGNED { MOST_ALTERNATIVES } else { MOST_ASSIGNED };
        let more = match own.len() > FEW {
            true => others_of_many(own, others),
            false => Some(others.iter().filter(|value| !own.contains(value)).collect()),
        };
        match more {
            Some(more) if own.len() + more.len() <= limit => {
                let all: Vec<Value> = own.iter().chain(more).cloned().collect();
                let is_open = |value: &&Value| value.as_text().is_some_and(has_unknown_part);
                let grows = all.len() > MOST_ASSIGNED && all.iter().filter(is_open).count() > MOST_OPEN;
                if grows { Value::Unknown } else { Value::from_alternatives(all) }
            }
            _ => Value::Unknown,
        }
    }

    /// The whole number that it is.
    pub(super) fn number(&self) -> Option<i32> {
        if let Value::Number(number) = self { Some(*number) } else { None }
    }

    fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether all that `other` may be is among what this may be.
    pub(super) fn holds(&self, other: &Value) -> bool {
        let own = self.alternatives();
        other.alternatives().iter().all(|value| own.contains(value))
    }

    /// One of these values.
    pub(super) fn one_of(values: impl IntoIterator<Item = Value>) -> Value {
        let mut all: Vec<Value> = Vec::new();
        for value in values {
            for value in value.alternatives() {
                if !all.contains(value) {
                    all.push(value.clone());
                }
            }
            if all.len() > MOST_ALTERNATIVES {
                return Value::Unknown;
            }
        }
        Value::from_alternatives(all)
    }

    fn from_alternatives(mut all: Vec<Value>) -> Value {
        match all.len() {
            0 => Value::Unknown,
            1 => all.swap_remove(0),
            2..=MOST_ALTERNATIVES if Size::of(all.iter()).is_bearable() => Value::OneOf(all.into()),
            _ => Value::Unknown,
        }
    }

    /// The same without those of several values for which `is_out` holds.
    pub(super) fn without(&self, is_out: impl Fn(&Value) -> bool) -> Cow<'_, Value> {
        match self {
            Value::OneOf(values) if values.iter().any(&is_out) => {
                Cow::Owned(Value::one_of(values.iter().filter(|value| !is_out(value)).cloned()))
            }
            value => Cow::Borrowed(value),
        }
    }

    /// The same where it is a part of a path: a program that has `false` there fails.
    pub(super) fn without_false(&self) -> Cow<'_, Value> {
        self.without(|value| *value == Value::Boolean(false))
    }

    /// `f` of every value that it may have.
    pub(super) fn map(&self, mut f: impl FnMut(&Value) -> Value) -> Value {
        match self {
            Value::OneOf(values) => Value::one_of(values.iter().map(f)),
            value => f(value),
        }
    }

    /// Whether a condition holds with it; `None` where that is not known.
    pub(super) fn truth(&self, source: &[u8]) -> Option<bool> {
        match self {
            Value::Boolean(truth) => Some(*truth),
            Value::Nothing => Some(false),
            Value::Number(number) => Some(*number != 0),
            Value::Literal(_) | Value::Text(_) | Value::Told(_) => match self.text(source)? {
                text if text.is_empty() => Some(false),
                text if text.chars().all(is_unknown_part) => None,
                _ => Some(true),
            },
            Value::OneOf(values) => {
                let first = values.first()?.truth(source)?;
                values[1..].iter().all(|value| value.truth(source) == Some(first)).then_some(first)
            }
            Value::Unknown | Value::Sibling(_) => None,
            value if value.grows() => None,
            Value::Loading(_) | Value::ModuleObject | Value::MainModule => None,
            _ => Some(true),
        }
    }

    /// The string that it is.
    pub(super) fn text<'a>(&'a self, source: &'a [u8]) -> Option<Cow<'a, str>> {
        let text = match self {
            Value::Text(text) | Value::Told(text) => return Some(Cow::Borrowed(text)),
            Value::Literal(token) if token.kind == Kind::String => string_value(token.text(source)),
            Value::Literal(token) => template_value(token.text(source))?,
            _ => return None,
        };
        // What a hole is made of has no meaning of its own in any real file.
        (!has_unknown_part(&text)).then_some(text)
    }
}

/// Those of `others` that are not among the many that are `own`; `None` where
/// it would take too long to compare them. Strings, as many values are, are not compared one by one.
fn others_of_many<'v>(own: &[Value], others: &'v [Value]) -> Option<Vec<&'v Value>> {
    let texts: AHashSet<&str> = own.iter().filter_map(Value::as_text).collect();
    let rest: Vec<&Value> = own.iter().filter(|value| value.as_text().is_none()).collect();
    let is_new = |value: &&Value| match value.as_text() {
        Some(text) => !texts.contains(text),
        None => !rest.contains(value),
    };
    (rest.len() * others.len() <= MOST_COMPARED).then(|| others.iter().filter(is_new).collect())
}

/// The mark of the parameter of that number, counted over all open functions.
pub(super) fn mark(number: usize) -> Option<char> {
    char::from_u32(FIRST_MARK + u32::try_from(number).ok()?).filter(|mark| *mark < STAR)
}

const FIRST_MARK: u32 = 0x10_fc00;

/// The parameter that a character marks.
pub(super) fn marked(character: char) -> Option<usize> {
    (u32::from(character) >= FIRST_MARK && character < STAR).then(|| (u32::from(character) - FIRST_MARK) as usize)
}

/// A hole or a mark.
pub(super) fn is_unknown_part(character: char) -> bool {
    u32::from(character) >= FIRST_MARK
}

/// Whether there is such a part in a text: all of them begin with the same
/// byte, which hardly any other character does.
pub(super) fn has_unknown_part(text: &str) -> bool {
    memchr::memchr(FIRST_BYTE, text.as_bytes()).is_some() && text.contains(is_unknown_part)
}

/// The first byte in UTF-8 of all marks and holes.
const FIRST_BYTE: u8 = 0xf4;

/// The same text with a hole for every mark.
pub(super) fn without_marks(text: &str) -> Cow<'_, str> {
    if !has_unknown_part(text) || !text.contains(|character| marked(character).is_some()) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|character| if marked(character).is_some() { HOLE } else { character }).collect())
}

/// A value and the expression that gave it.
#[derive(Clone, Debug)]
pub(super) struct Argument {
    /// The value.
    pub(super) value: Value,
    /// From its first token to its last.
    pub(super) at: Span,
}

impl Value {
    /// It was made empty: others may put something into it.
    pub(super) fn grows(&self) -> bool {
        match self {
            Value::Array(array) => array.grows(),
            Value::Object(object) => object.grows,
            _ => false,
        }
    }

    /// One of the elements of an array, or of the pairs of a map; unknown for anything else.
    pub(super) fn elements(&self) -> Value {
        self.map(|value| match value {
            Value::Array(array) => Value::one_of(array.values.iter().cloned()),
            Value::Object(map) if map.is_map => Value::array(vec![value.keys(), value.members()]),
            Value::Sibling(sibling) => sibling.member(),
            _ => Value::Unknown,
        })
    }

    /// One of the keys of an object.
    pub(super) fn keys(&self) -> Value {
        self.map(|value| match value {
            Value::Object(object) => Value::one_of(object.keys()),
            _ => Value::Unknown,
        })
    }

    /// One of the values that an object has under its keys.
    pub(super) fn members(&self) -> Value {
        self.map(|value| match value {
            Value::Object(object) => Value::one_of(object.values()),
            _ => Value::Unknown,
        })
    }

    /// Whether one of the marks from `from` on is in it.
    fn has_marks(&self, from: usize) -> bool {
        match self {
            Value::Text(text) => has_unknown_part(text) && text.chars().filter_map(marked).any(|number| number >= from),
            Value::OneOf(values) => values.iter().any(|value| value.has_marks(from)),
            Value::Array(array) => array.values.iter().any(|value| value.has_marks(from)),
            Value::Object(object) => object.entries.iter().any(|(_, value)| value.has_marks(from)),
            _ => false,
        }
    }

    /// The same value with holes for the marks from `from` on.
    pub(super) fn forget_marks(self, from: usize) -> Value {
        if !self.has_marks(from) {
            // What is shared stays so.
            return self;
        }
        let foreign = |character: char| marked(character).is_some_and(|number| number >= from);
        match self {
            Value::Text(text) => Value::Text(
                text.chars()
                    .map(|character| if foreign(character) { HOLE } else { character })
                    .collect::<String>()
                    .into(),
            ),
            Value::OneOf(values) => Value::one_of(values.iter().map(|value| value.clone().forget_marks(from))),
            Value::Array(array) => array.map(|value| value.clone().forget_marks(from)),
            Value::Object(object) => {
                let members = object.entries.iter();
                let members = members.map(|(key, value)| (Rc::clone(key), value.clone().forget_marks(from))).collect();
                object.with(members)
            }
            value => value,
        }
    }
}
