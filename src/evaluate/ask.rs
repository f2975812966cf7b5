//! Where values leave what can be followed, and become references.
//!
//! Whatever is an absolute path inside the tracing root is asked for when
//! somebody else gets it. Members of values are looked up here too.

use std::{borrow::Cow, rc::Rc};

use super::{
    function::{Ask, sole_mark},
    glob,
    known::{Constant, Method, Module, array_method, function_method, map_method, promise_method, string_method},
    machine::{Location, Machine},
    node_path,
    parameter::Made,
    value::{Argument, Filling, Object, Origin, Value, has_unknown_part, without_marks},
};
use crate::record::{HOLE, ReferenceKind, STAR, Span};

/// So many paths with names, and paths that were handed on, are remembered.
const MOST_NAMED: usize = 1024;

/// Files of these kinds name no others by their paths, or (scripts) are read for what they name.
const ALONE: [&str; 28] = [
    "bin", "br", "cjs", "cts", "dat", "dll", "dylib", "exe", "gif", "gz", "ico", "jpeg", "jpg", "js", "mjs", "mp3",
    "mp4", "mts", "node", "otf", "png", "so", "ttf", "wasm", "webp", "woff", "woff2", "zip",
];

impl Machine<'_> {
    /// The string that a value is, as the program would see it.
    pub(super) fn text<'a>(&'a self, value: &'a Value) -> Option<Cow<'a, str>> {
        match value {
            Value::Number(number) => Some(Cow::Owned(number.to_string())),
            Value::Filename => self.places.as_ref().map(|places| Cow::Borrowed(&*places.file)),
            Value::ImportMetaUrl => self
                .places
                .as_ref()
                .and_then(|places| node_path::url::path_to_file_url("/", &places.file))
                .map(Cow::Owned),
            Value::Url(path) => node_path::url::path_to_file_url("/", path).map(Cow::Owned),
            value => value.text(self.source),
        }
    }

    /// `value.name`.
    pub(super) fn member_of(&self, value: &Value, name: &[u8]) -> Value {
        if !self.follows_values {
            return value.member(name);
        }
        let method = |method: Option<Method>| match method {
            Some(method) => Value::Method(Rc::new((value.clone(), method))),
            None => Value::Unknown,
        };
        // A parameter may be a promise of anybody.
        let is_argument = matches!(value, Value::Text(text) if sole_mark(text).is_some());
        let held = || promise_method(name).filter(|_| !is_argument);
        match value {
            Value::OneOf(values) => Value::one_of(values.iter().map(|value| self.member_of(value, name))),
            Value::Literal(_) | Value::Text(_) | Value::Told(_) if name == b"length" => self.length_of(value),
            Value::Literal(_) | Value::Text(_) | Value::Told(_) => method(string_method(name).or_else(held)),
            Value::Filename | Value::ImportMetaUrl => {
                let text = self.text(value).map_or(Value::Unknown, Value::text_of);
                self.member_of(&text, name)
            }
            // As long as nothing is known to be in it, only what puts something in is.
            Value::Array(array) if array.grows() && array.values.is_empty() => {
                method(array_method(name).filter(|method| *method == Method::Push))
            }
            Value::Array(_) => method(array_method(name).or_else(held)),
            Value::Object(map) if map.is_map => {
                method(map_method(name).filter(|method| !map.entries.is_empty() || *method == Method::Set))
            }
            Value::Sibling(sibling) => sibling.named(name),
            Value::Loading(index) if !matches!(name, b"then" | b"catch" | b"finally") => {
                self.member_of(&self.loaded_by(*index), name)
            }
            Value::Object(object) => match held().filter(|_| !object.open) {
                None => self.member_of_object(object, name),
                held => method(held),
            },
            Value::Url(path) => match name {
                b"href" => self.text(value).map_or(Value::Unknown, Value::text_of),
                b"pathname" => Value::Text(Rc::clone(path)),
                b"toString" | b"toJSON" => method(Some(Method::ToString)),
                _ => Value::Unknown,
            },
            Value::Local(_) => method(function_method(name)),
            Value::Function(_) if name == b"default" => value.clone(),
            // Callbacks made promises: `fs.realpath.native`, `util.promisify.custom`.
            Value::Function(_) if name == b"native" => value.clone(),
            Value::Function(_) => method(function_method(name)),
            Value::Module(Module::Process) => match name {
                b"platform" => self.constant_of(Constant::Platform),
                b"arch" => self.constant_of(Constant::Arch),
                _ => Module::Process.member(name),
            },
            Value::Module(Module::Env) => self.environment(name),
            Value::Module(module) => module.member(name),
            Value::ModuleNamespace => match name {
                b"register" => Value::Function(super::known::Function::Register),
                _ => value.member(name),
            },
            Value::UrlNamespace => match name {
                b"pathToFileURL" => Value::Function(super::known::Function::PathToFileUrl),
                _ => value.member(name),
            },
            Value::ImportMeta => match (name, &self.places) {
                (b"dirname", Some(places)) => Value::Text(places.folder.clone()),
                _ => value.member(name),
            },
            Value::Require(_) if name == b"main" => Value::MainModule,
            Value::Require(_) if name == b"apply" => method(Some(Method::Apply)),
            Value::MainModule => self.member_of_main(name),
            Value::ModuleObject => match (name, &self.places) {
                (b"filename" | b"id", _) => Value::Filename,
                (b"path", Some(places)) => Value::Text(places.folder.clone()),
                (b"paths", _) => Value::Module(Module::SearchPaths),
                _ => value.member(name),
            },
            value => value.member(name),
        }
    }

    /// How many UTF-16 units a string has.
    fn length_of(&self, value: &Value) -> Value {
        let text = self.text(value).filter(|text| !has_unknown_part(text));
        let length = text.and_then(|text| i32::try_from(text.encode_utf16().count()).ok());
        length.map_or(Value::Unknown, Value::Number)
    }

    pub(super) fn depends_on_entry(&self) {
        if let Some(neighbours) = self.settings.location.and_then(|location| location.neighbours) {
            neighbours.depends_on_entry();
        }
    }

    /// A member of `require.main`, the entry's `module`.
    fn member_of_main(&self, name: &[u8]) -> Value {
        self.depends_on_entry();
        let Some(main) = self.places.as_ref().and_then(|places| places.main.as_ref()) else { return Value::Unknown };
        let folder = node_path::path::dirname(main).unwrap_or("/");
        match name {
            b"filename" | b"id" => Value::Text(Rc::clone(main)),
            b"path" => Value::text_of(folder),
            b"require" => Value::RequireFrom(folder.into()),
            _ => Value::Unknown,
        }
    }

    fn member_of_object(&self, object: &Rc<Object>, name: &[u8]) -> Value {
        let Ok(name) = std::str::from_utf8(name) else { return Value::Unknown };
        match object.get(name) {
            // A member may be changed by whoever has the object.
            Some(Value::Boolean(_)) | None => Value::Unknown,
            Some(value) => value.clone(),
        }
    }

    /// `value[key]`.
    pub(super) fn member_by_value(&self, value: &Value, key: &Value) -> Value {
        match (value, key) {
            (_, Value::OneOf(keys)) => Value::one_of(keys.iter().map(|key| self.member_by_value(value, key))),
            (Value::OneOf(values), key) => Value::one_of(values.iter().map(|value| self.member_by_value(value, key))),
            (Value::Array(array), Value::Number(_)) if !array.is_in_order() => value.elements(),
            (Value::Array(array), Value::Number(index)) => {
                let element = usize::try_from(*index).ok().and_then(|index| array.values.get(index));
                element.cloned().unwrap_or(Value::Unknown)
            }
            (value, key) => match self.text(key) {
                Some(key) if !has_unknown_part(&key) => self.member_of(value, key.as_bytes()),
                _ => match value {
                    Value::Array(_) => value.elements(),
                    Value::Object(map) if map.is_map => Value::Unknown,
                    // One of its members, or nothing that is written here.
                    Value::Object(object) => {
                        let members = object.entries.iter().map(|(_, value)| value.clone());
                        Value::one_of(members.chain([Value::Unknown]))
                    }
                    Value::Sibling(sibling) => sibling.member(),
                    _ => Value::Unknown,
                },
            },
        }
    }

    /// What a module is under `import name from`.
    pub(super) fn default_of(&self, module: &Value) -> Value {
        self.member_of(module, b"default")
    }

    pub(super) fn constant_of(&self, constant: Constant) -> Value {
        let Some(location) = self.settings.location else { return Value::Unknown };
        Value::told(match constant {
            Constant::Platform => &location.platform.os,
            Constant::Arch => &location.platform.arch,
        })
    }

    /// `process.env.NAME`: what the user told of it.
    fn environment(&self, name: &[u8]) -> Value {
        let env = self.settings.location.map(|location| location.env).unwrap_or_default();
        let known = env.iter().find(|(known, _)| known.as_bytes() == name);
        known.map_or(Value::Unknown, |(_, value)| Value::told(value))
    }

    /// Somebody else gets the value: the paths in it may be opened, its functions called.
    pub(super) fn consume(&mut self, value: &Value, at: Span) {
        if !self.follows_values {
            return;
        }
        let parts = value.parts();
        self.spend(parts * 8);
        if parts > 0 && self.is_spent() {
            return;
        }
        match value {
            // What is passed for the parameter is consumed by the call.
            part if self.made_of_parameter(part).is_some_and(|made| !matches!(made, Made::Url(_))) => {}
            Value::Text(text) => {
                let is_path = text.starts_with('/') || has_unknown_part(text) || text.starts_with("file:///");
                if is_path {
                    self.consume_text(&Rc::clone(text), at);
                }
            }
            Value::Url(path) => self.ask(ReferenceKind::Path, path, false, at),
            Value::OneOf(values) => values.iter().for_each(|value| self.consume(value, at)),
            Value::Array(array) => array.values.iter().for_each(|value| self.consume(value, at)),
            Value::Object(object) => {
                self.consume_relative_to(object, at);
                object.entries.iter().for_each(|(_, value)| self.consume(value, at));
            }
            Value::Local(number) => self.escape(*number),
            Value::Method(of) => {
                if let (Value::Array(bound), Method::Bound) = (&of.0, of.1) {
                    self.call_bound(bound, at);
                }
                self.escape_all(value);
            }
            _ => {}
        }
    }

    fn consume_text(&mut self, text: &str, at: Span) {
        if let Some(path) = text.strip_prefix("file://").and_then(|_| node_path::url::file_url_to_path(text)) {
            return self.ask(ReferenceKind::Path, &path, false, at);
        }
        // A pattern for a library that globs: its stars are parts not known.
        let is_glob = text.contains('*') && !has_unknown_part(text);
        if is_glob {
            for pattern in glob::patterns(text) {
                self.ask(ReferenceKind::Path, &pattern, false, at);
            }
            return;
        }
        if let Some(holes) = without_placeholders(text) {
            return self.ask(ReferenceKind::Path, &holes, false, at);
        }
        if text.starts_with('/') && may_name_others(text) && self.handed_on.len() < MOST_NAMED {
            self.handed_on.push((text.into(), at));
        }
        self.ask(ReferenceKind::Path, text, false, at);
    }

    /// A path got a name.
    pub(super) fn note_named(&mut self, value: &Value) {
        for value in value.alternatives() {
            if let Value::Text(text) = value
                && text.starts_with('/')
                && !has_unknown_part(text)
                && self.named_paths.len() < MOST_NAMED
            {
                self.named_paths.insert(Rc::clone(text));
            }
        }
    }

    /// The file ended. Where a library got a path below a folder that has a
    /// name of its own, it may go on from there to all of the folder: templates
    /// include their neighbours.
    pub(super) fn ask_for_neighbours(&mut self) {
        for (path, at) in std::mem::take(&mut self.handed_on) {
            let mut above = node_path::path::dirname(&path);
            while let Some(folder) = above.filter(|folder| folder.len() > 1) {
                // A package is not handed on because a part of it is.
                let is_package = folder
                    .rsplit_once("/node_modules/")
                    .is_some_and(|(_, name)| name.split('/').count() <= usize::from(name.starts_with('@')) + 1);
                if self.named_paths.contains(folder) && !is_package {
                    self.ask(ReferenceKind::Path, folder, false, at);
                }
                above = node_path::path::dirname(folder);
            }
        }
    }

    pub(super) fn consume_all(&mut self, arguments: &[Argument]) {
        for argument in arguments {
            self.consume(&argument.value, argument.at);
        }
    }

    /// A value is taken for a path, relative ones from the working directory.
    pub(super) fn ask_file(&mut self, kind: ReferenceKind, value: &Value, at: Span) {
        for value in value.alternatives() {
            let text = match value {
                Value::Url(path) => Some(path.to_string()),
                Value::Text(_) | Value::Told(_) | Value::Literal(_) | Value::Filename => {
                    self.text(value).map(Cow::into_owned)
                }
                other => {
                    self.consume(other, at);
                    None
                }
            };
            if let Some(text) = text {
                self.ask(kind, &text, true, at);
            }
        }
    }

    /// A function was called whose parameters are in what it asks for.
    pub(super) fn ask_again(&mut self, ask: &Ask, specifier: &str) {
        let Ask { kind, is_file, at, in_try, .. } = *ask;
        let from = self.candidates.len();
        match kind {
            ReferenceKind::Path
            | ReferenceKind::Folder
            | ReferenceKind::Program
            | ReferenceKind::NodeGypBuild
            | ReferenceKind::RequireAddon
            | ReferenceKind::PreGyp
            | ReferenceKind::NBind => self.ask(kind, specifier, is_file, at),
            _ => {
                let asked_by = self.note_ask(kind, specifier, is_file, at);
                let specifier = without_marks(specifier).into_owned();
                self.push_reference(kind, specifier, at, Origin::Anywhere, asked_by);
            }
        }
        // It is the function that asks, in its own `try`, not its caller.
        for candidate in &mut self.candidates[from..] {
            candidate.in_try = in_try;
        }
    }

    /// Asks for a path, if it is one that could be listed. Where it is sure to
    /// be a file's, a relative one is looked for from the working directory.
    pub(super) fn ask(&mut self, kind: ReferenceKind, text: &str, is_file: bool, at: Span) {
        self.want_joined(text, is_file);
        let asked_by = self.note_ask(kind, text, is_file, at);
        if !self.settings.finds_files || self.is_switched_off(at, !has_unknown_part(text)) {
            return;
        }
        let Some(places) = &self.places else { return };
        let text = without_marks(text);
        if text.starts_with([HOLE, STAR]) || text.contains('\0') || !(is_file || text.starts_with('/')) {
            return;
        }
        let Some(path) = node_path::path::resolve(&places.cwd, &[&text]) else { return };
        if !is_listable(&path, places, kind, &|| self.depends_on_entry()) {
            return;
        }
        let key = key(kind, &path);
        if self.asked_paths.contains(&key) && asked_by.is_none() {
            return;
        }
        if asked_by.is_none() {
            self.asked_paths.insert(key);
        }
        self.push_reference(kind, path, at, Origin::Anywhere, asked_by);
    }

    /// An array literal ended.
    pub(super) fn array_or_consume(&mut self, values: Vec<Value>, filling: Filling, at: Span) -> Value {
        if values.iter().all(|value| !value.is_known()) {
            return Value::Unknown;
        }
        if values.iter().any(|value| matches!(value, Value::Local(_))) {
            self.note_browserified(&values, at);
            self.note_modules(values.iter().enumerate().map(|(index, value)| (index.to_string().into(), value)));
        }
        let all = values.clone();
        let array = Value::array_of(values, filling);
        if !array.is_known() {
            all.iter().for_each(|value| self.consume(value, at));
        }
        array
    }

    /// An object literal ended.
    pub(super) fn object_or_consume(&mut self, object: Object, at: Span) -> Value {
        if object.entries.is_empty() {
            return Value::Unknown;
        }
        let all = object.entries.clone();
        self.note_modules(all.iter().map(|(key, value)| (Rc::clone(key), value)));
        let value = Value::object(object.entries, object.open);
        if !value.is_known() {
            all.iter().for_each(|(_, value)| self.consume(value, at));
        }
        value
    }
}

/// Whether whoever opens the file may go on from there to others beside it, as templates, styles and schemas do.
fn may_name_others(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    !ALONE.contains(&extension)
}

/// `/locales/{{lng}}/{{ns}}.json`: a template for a library that fills it in.
fn without_placeholders(text: &str) -> Option<String> {
    let mut holes = String::with_capacity(text.len());
    let mut rest = text;
    let mut found = false;
    while let Some(open) = rest.find('{') {
        let (open_len, close) = if rest[open..].starts_with("{{") { (2, "}}") } else { (1, "}") };
        let inner = &rest[open + open_len..];
        let end = inner.find(close)?;
        let is_name = |character: char| character.is_ascii_alphanumeric() || "_.-$ ".contains(character);
        if end == 0 || !inner[..end].chars().all(is_name) {
            return None;
        }
        holes.push_str(&rest[..open]);
        holes.push(HOLE);
        rest = &inner[end + close.len()..];
        found = true;
    }
    holes.push_str(rest);
    found.then_some(holes)
}

/// By what a path is known that was asked for.
pub(super) fn key(kind: ReferenceKind, path: &str) -> Rc<str> {
    format!("{}{path}", kind as u8).into()
}

/// Whether a path can be one that is listed: it lies in the root, and is not
/// the root or the working directory itself, with whatever is in them.
fn is_listable(path: &str, places: &Location, kind: ReferenceKind, depends_on_entry: &dyn Fn()) -> bool {
    // A package whose addon is asked for lists no more than that.
    let is_package = matches!(kind, ReferenceKind::NodeGypBuild | ReferenceKind::RequireAddon | ReferenceKind::PreGyp);
    let is_inside = match path.strip_prefix(&*places.root) {
        Some("") => is_package,
        Some(rest) => rest.starts_with('/') || &*places.root == "/",
        None => false,
    };
    if !is_inside || (*path == *places.cwd && !is_package) {
        return false;
    }
    if kind == ReferenceKind::Path && *path == *places.folder {
        return false;
    }
    // Where the program was started its paths begin.
    let entry_folder = places.main.as_deref().and_then(node_path::path::dirname);
    match path.find([HOLE, STAR]) {
        // Anything at all below the root or the working directory is no pattern.
        Some(hole) => {
            let base = path[..hole].trim_end_matches('/');
            let is_anything = path[hole..].chars().all(|character| matches!(character, HOLE | STAR | '/' | '.'));
            if !is_anything || !path[..hole].ends_with('/') {
                return true;
            }
            depends_on_entry();
            !(*base == *places.cwd || *base == *places.root || Some(base) == entry_folder)
        }
        None => true,
    }
}
