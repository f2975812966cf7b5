//! What a file gives to those who load it, as far as its values are known.
//!
//! While the file is read, each of its exports is noted as it is written:
//! assignments to `exports`, declarations of an ES module, and what compilers
//! make of those. What comes out holds nothing of the file's text and leads to
//! no other file: what is exported from elsewhere (`export … from`) is unknown.

use std::rc::Rc;

use ahash::AHashMap;

use super::{
    function::Function,
    machine::Machine,
    value::{Argument, LONGEST_TEXT, MOST_PARTS, Value, is_unknown_part},
};
use crate::record::{Loader, Span};

/// Functions that are kept of one file.
const MOST_FUNCTIONS: usize = 256;

/// Exports of one file that have names.
const MOST_MEMBERS: usize = 1024;

/// What a file exports. It takes no more than 64 KB of strings.
#[derive(Clone, Debug)]
pub struct Exports {
    /// What `require` gives.
    value: Value,
    /// It is an ES module: what `require` gives is its namespace.
    is_module: bool,
    functions: Vec<Function>,
    /// The folder of the file: its functions load from there.
    folder: Rc<str>,
}

/// What was read of a file's exports so far.
#[derive(Debug, Default)]
pub(super) struct Exported {
    /// What `module.exports` was set to.
    whole: Option<Value>,
    members: Vec<(Rc<str>, Member)>,
    /// `default` was read behind the `export` whose statement has not ended.
    pub(super) is_default: bool,
}

#[derive(Clone, Debug)]
enum Member {
    Value(Value),
    /// The variable of that name: what it is is known at the end.
    Variable(Span),
    /// What the function gives.
    Getter(u32),
}

/// Whether a specifier names a file of the same program.
pub(super) fn is_relative(specifier: &str) -> bool {
    matches!(specifier, "." | "..")
        || specifier.starts_with("./")
        || specifier.starts_with("../")
        || specifier.starts_with('#')
}

impl Exports {
    pub(super) fn folder(&self) -> &Rc<str> {
        &self.folder
    }

    pub(super) fn functions(&self) -> &[Function] {
        &self.functions
    }

    /// Whether an export of such a name can become a part of a path, or asks for files.
    pub(super) fn tell(&self, is_wanted: impl Fn(&str) -> bool) -> bool {
        self.value.alternatives().iter().any(|value| match value {
            Value::Object(object) => {
                let mut members = object.entries.iter();
                members.any(|(name, value)| (&**name == "default" || is_wanted(name)) && self.tells(value, true))
            }
            value => self.tells(value, true),
        })
    }

    fn tells(&self, value: &Value, with_functions: bool) -> bool {
        match value {
            Value::Text(text) | Value::Told(text) => !text.chars().all(is_unknown_part),
            Value::OneOf(values) => values.iter().any(|value| self.tells(value, with_functions)),
            Value::Array(array) => array.values.iter().any(|value| self.tells(value, with_functions)),
            Value::Object(object) => object.entries.iter().any(|(_, value)| self.tells(value, with_functions)),
            Value::Local(number) if with_functions => self
                .functions
                .get(*number as usize)
                .is_some_and(|function| function.has_asks() || self.tells(function.returns(), false)),
            // A function that a function gives.
            Value::Local(_) => true,
            Value::Unknown | Value::Nothing | Value::Number(_) | Value::Boolean(_) => false,
            _ => true,
        }
    }

    /// What the loader gives: `import` of a CommonJS module has its whole as
    /// `default`, and so it is after the helpers of compilers.
    pub(super) fn seen_by(&self, loader: Loader) -> Value {
        match (&self.value, loader) {
            (value, _) if self.is_module => value.clone(),
            (Value::Object(object), Loader::Require) if object.get("default").is_some() => self.value.clone(),
            (Value::Object(object), _) if !object.is_map => {
                let mut members = object.entries.clone();
                members.push(("default".into(), self.value.clone()));
                Value::object(members, object.open)
            }
            (value, Loader::Require) => value.clone(),
            (value, Loader::Import) => Value::object(vec![("default".into(), value.clone())], true),
        }
    }
}

impl Machine<'_> {
    fn note_named_export(&mut self, name: &str, member: Member) {
        if let Some(exported) = &mut self.exported
            && exported.members.len() < MOST_MEMBERS
        {
            exported.members.push((name.into(), member));
        }
    }

    fn note_whole(&mut self, value: &Value) {
        if let Some(exported) = &mut self.exported {
            let earlier = exported.whole.take();
            exported.whole = Some(match earlier {
                Some(earlier) if value.is_known() => earlier.or(value.clone()),
                Some(earlier) => earlier,
                None => value.clone(),
            });
        }
    }

    /// `module.exports = value`, `exports.name = value`, `module.exports.name = value`.
    pub(super) fn note_assigned_export(&mut self, place: &[u8], value: &Value) {
        if self.exported.is_none() {
            return;
        }
        let Ok(place) = std::str::from_utf8(place) else { return };
        let (base, rest) = place.split_once('.').unwrap_or((place, ""));
        if self.names_contain(base.as_bytes()) {
            return;
        }
        let name = match base {
            "module" if rest == "exports" => return self.note_whole(value),
            "module" => rest.strip_prefix("exports.").unwrap_or(""),
            "exports" => rest,
            _ => "",
        };
        if !name.is_empty() {
            self.note_named_export(name, Member::Value(value.clone()));
        }
    }

    /// `export const name = …`: what it is in the end counts.
    pub(super) fn note_exported_variable(&mut self, name: Span) {
        self.note_renamed_export(name, name);
    }

    /// `export { local as name }`.
    pub(super) fn note_renamed_export(&mut self, local: Span, name: Span) {
        if self.exported.is_some() {
            let name = String::from_utf8_lossy(self.slice(name));
            let name = name.trim_matches(['"', '\'']);
            self.note_named_export(name, Member::Variable(local));
        }
    }

    /// `export default value`, and `export = value` of TypeScript.
    pub(super) fn note_exported_expression(&mut self, value: &Value) {
        let Some(exported) = &mut self.exported else { return };
        if std::mem::take(&mut exported.is_default) {
            self.note_named_export("default", Member::Value(value.clone()));
        } else {
            self.note_whole(value);
        }
    }

    /// `export function name() { … }`, `export default function () { … }`.
    pub(super) fn note_exported_function(&mut self, name: Option<Span>, function: &Value) {
        match (&mut self.exported, name) {
            (Some(exported), _) if exported.is_default => self.note_exported_expression(function),
            (Some(_), Some(name)) => self.note_exported_variable(name),
            _ => {}
        }
    }

    /// Calls by which compilers export: `Object.defineProperty(exports, "name",
    /// { get })`, `__export(exports, { name: () => … })`; and `Object.assign`.
    pub(super) fn note_export_call(&mut self, arguments: &[Argument], opened_at: u32) {
        let Some(Argument { at: target, .. }) = arguments.first() else { return };
        if self.exported.is_none() {
            return;
        }
        let callee = self.source[..opened_at as usize].trim_ascii_end();
        let target = self.slice(*target);
        let is_own = matches!(target, b"exports" | b"module.exports");
        match arguments.get(1..).unwrap_or_default() {
            [name, Argument { value: Value::Object(how), .. }] if is_own && callee.ends_with(b".defineProperty") => {
                let Some(name) = self.text(&name.value).map(String::from) else { return };
                match (how.get("value").cloned(), how.get("get").cloned()) {
                    (Some(value), _) => self.note_named_export(&name, Member::Value(value)),
                    (None, Some(Value::Local(getter))) => self.note_named_export(&name, Member::Getter(getter)),
                    _ => {}
                }
            }
            // esbuild names its targets after the file: `paths_exports`.
            [Argument { value: Value::Object(getters), .. }, ..]
                if callee.ends_with(b"__export") && (is_own || target.ends_with(b"_exports"))
                    || callee.ends_with(b"_export") && is_own =>
            {
                for (name, getter) in getters.clone().entries.iter() {
                    if let Value::Local(getter) = getter {
                        self.note_named_export(name, Member::Getter(*getter));
                    }
                }
            }
            rest if is_own && callee.ends_with(b"Object.assign") => {
                for Argument { value, .. } in rest {
                    if let Value::Object(object) = value {
                        for (name, value) in object.clone().entries.iter() {
                            self.note_named_export(name, Member::Value(value.clone()));
                        }
                    }
                }
            }
            _ => {}
        }
    }

    /// What the file that was read exports; `None` if nothing of it is known.
    pub(super) fn into_exports(mut self, is_module: bool) -> Option<Exports> {
        let exported = *self.exported.take()?;
        let mut members: Vec<(Rc<str>, Value)> = Vec::new();
        for (name, member) in exported.members {
            let value = match member {
                Member::Value(value) => value,
                Member::Variable(name) => self.lookup(self.slice(name)).unwrap_or(Value::Unknown),
                Member::Getter(number) => {
                    self.functions.get(number as usize).map_or(Value::Unknown, |getter| getter.returns().clone())
                }
            };
            match members.iter_mut().find(|(known, _)| *known == name) {
                // `exports.name = void 0` comes first.
                Some((_, known)) if matches!(known, Value::Nothing | Value::Unknown) => *known = value,
                Some((_, known)) if value.is_known() => *known = std::mem::replace(known, Value::Unknown).or(value),
                Some(_) => {}
                None => members.push((name, value)),
            }
        }
        members.retain(|(_, value)| value.is_known());
        let whole = exported.whole.filter(Value::is_known);
        let value = match whole {
            _ if is_module && !members.is_empty() => Value::object(members, true),
            Some(Value::Object(object)) => {
                Value::object(object.entries.iter().cloned().chain(members).collect(), object.open)
            }
            Some(whole) if members.is_empty() => whole,
            Some(whole) => whole.or(Value::object(members, true)),
            None if members.is_empty() => return None,
            None => Value::object(members, true),
        };
        let places = self.places.as_ref()?;
        let (folder, file) = (Rc::clone(&places.folder), Rc::clone(&places.file));
        let mut copy =
            Copy { machine: &self, folder, file, text: 0, parts: 0, numbers: AHashMap::new(), originals: Vec::new() };
        let value = copy.value(&value, None);
        // Functions that functions give come after them.
        let mut functions = Vec::new();
        while let Some(original) = copy.originals.get(functions.len()).copied() {
            let function = &self.functions[original];
            functions.push(function.copied(|value| copy.value(value, Some(function.base()))));
        }
        let folder = copy.folder;
        value.is_known().then_some(Exports { value, is_module, functions, folder })
    }
}

/// Copies values out of the file.
struct Copy<'m, 's> {
    machine: &'m Machine<'s>,
    folder: Rc<str>,
    file: Rc<str>,
    /// Bytes and values so far.
    text: usize,
    parts: usize,
    /// The new numbers of functions.
    numbers: AHashMap<u32, u32>,
    /// The functions of the file in the order of those.
    originals: Vec<usize>,
}

impl Copy<'_, '_> {
    /// The value without anything of the file's text; of marks only those
    /// are kept that belong to the function whose first is `base`.
    fn value(&mut self, value: &Value, base: Option<usize>) -> Value {
        self.parts += 1;
        if self.parts > MOST_PARTS {
            return Value::Unknown;
        }
        match value {
            Value::Literal(_) | Value::Text(_) | Value::Told(_) | Value::Filename => match self.machine.text(value) {
                Some(text) => {
                    let text = super::function::rebased(&text, base);
                    self.text += text.len();
                    if self.text > LONGEST_TEXT { Value::Unknown } else { Value::text_of(text) }
                }
                None => Value::Unknown,
            },
            Value::ImportMetaUrl => Value::Url(Rc::clone(&self.file)),
            Value::OneOf(values) => Value::one_of(values.iter().map(|value| self.value(value, base))),
            Value::Array(array) => array.map(|value| self.value(value, base)),
            Value::Object(object) => {
                let members = object.entries.iter();
                let members = members.map(|(key, value)| (Rc::clone(key), self.value(value, base)));
                object.with(members.collect())
            }
            Value::Method(of) => match self.value(&of.0, base) {
                Value::Unknown => Value::Unknown,
                receiver => Value::Method(Rc::new((receiver, of.1))),
            },
            Value::Local(number) => {
                if let Some(known) = self.numbers.get(number) {
                    return Value::Local(*known);
                }
                let original = *number as usize;
                if self.originals.len() >= MOST_FUNCTIONS || original >= self.machine.functions.len() {
                    return Value::Unknown;
                }
                let copy = self.originals.len() as u32;
                self.numbers.insert(*number, copy);
                self.originals.push(original);
                Value::Local(copy)
            }
            // They load from where they were made.
            Value::Require(_) => Value::RequireFrom(Rc::clone(&self.folder)),
            Value::RequireResolve(_) => Value::ResolveFrom(Rc::clone(&self.folder)),
            Value::Url(_)
            | Value::Number(_)
            | Value::Boolean(_)
            | Value::Nothing
            | Value::Module(_)
            | Value::Function(_)
            | Value::RequireFrom(_)
            | Value::ResolveFrom(_)
            | Value::ModuleNamespace
            | Value::CreateRequire
            | Value::UrlNamespace
            | Value::FileUrlToPath
            | Value::UrlConstructor => value.clone(),
            _ => Value::Unknown,
        }
    }
}
