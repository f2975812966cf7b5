//! Loaders at work where values are followed: what is required, resolved or
//! made a URL, and from which place.

use std::{borrow::Cow, rc::Rc};

use super::{
    machine::Machine,
    node_path,
    parameter::Made,
    value::{Argument, Origin, Value, has_unknown_part, without_marks},
};
use crate::record::{HOLE, ReferenceKind, Span};

/// More folders than any file adds to `module.paths`.
const MOST_SEARCHED: usize = 8;

/// Steps that asking the disk counts for.
const RESOLVE_STEPS: usize = 256;

impl Machine<'_> {
    /// What is loaded by a loader of this kind.
    pub(super) fn load_value(&mut self, kind: ReferenceKind, argument: Option<&Argument>, origin: Origin) -> Value {
        let Some(Argument { value, at }) = argument else { return Value::Unknown };
        let alternatives = value.alternatives();
        let is_partly_known = alternatives.len() > 1;
        let mut module = Value::Unknown;
        for value in alternatives {
            let specifier = match value {
                Value::Url(path) => Some(path.to_string()),
                Value::Text(_) | Value::Told(_) | Value::Literal(_) | Value::Filename | Value::ImportMetaUrl => {
                    self.text(value).map(Cow::into_owned)
                }
                // The addon that node-pre-gyp finds was asked for already.
                Value::Nothing => return Value::Unknown,
                _ if is_partly_known => continue,
                _ => Some(HOLE.to_string()),
            };
            let Some(specifier) = specifier else { continue };
            if self.is_switched_off(*at, !has_unknown_part(&specifier)) {
                continue;
            }
            let specifier = self.searched(kind, &specifier, origin, *at).unwrap_or(specifier);
            self.want_joined(&specifier, true);
            let asked_by = self.note_ask(kind, &specifier, false, *at);
            if asked_by.is_none() && !has_unknown_part(&specifier) {
                let loaded = self.loaded(kind, &specifier);
                module = if module.is_known() { module } else { loaded };
            }
            self.push_reference(kind, without_marks(&specifier).into_owned(), *at, origin, asked_by);
        }
        module
    }

    /// Where a package lies that is found by what the file added to `module.paths`.
    fn searched(&mut self, kind: ReferenceKind, specifier: &str, origin: Origin, at: Span) -> Option<String> {
        let is_own = origin != Origin::Anywhere;
        if self.searched_first.len() + self.searched_last.len() == 0 || !is_own || specifier.starts_with(['.', '/']) {
            return None;
        }
        let (first, last) = (self.searched_first.clone(), self.searched_last.clone());
        if specifier.starts_with(HOLE) {
            for folder in first.iter().chain(&last) {
                self.ask(ReferenceKind::Path, folder, true, at);
            }
            return None;
        }
        let neighbours = self.settings.location.and_then(|location| location.neighbours)?;
        self.spend((first.len() + last.len() + 1) * RESOLVE_STEPS);
        if self.is_spent() || has_unknown_part(specifier) || matches!(kind, ReferenceKind::DynamicImport) {
            return None;
        }
        let found = |folders: &[Rc<str>]| {
            let paths = folders.iter().filter_map(|folder| node_path::path::join(&[folder, specifier]));
            paths.into_iter().find(|path| neighbours.resolve(path, None).is_some())
        };
        found(&first).or_else(|| if neighbours.resolve(specifier, None).is_none() { found(&last) } else { None })
    }

    /// `module.paths.push(…)`: Node looks there too.
    pub(super) fn search_also(&mut self, is_first: bool, folders: &[Argument]) {
        for Argument { value, at } in folders {
            let folder = self.text(value).filter(|folder| folder.starts_with('/') && !has_unknown_part(folder));
            let Some(folder) = folder.map(Rc::from) else {
                self.consume(value, *at);
                continue;
            };
            let searched = if is_first { &mut self.searched_first } else { &mut self.searched_last };
            if searched.len() < MOST_SEARCHED && !searched.contains(&folder) {
                searched.push(folder);
            }
        }
    }

    /// The path that a specifier leads to.
    pub(super) fn resolved(&mut self, specifier: &Value, from: Option<&str>) -> Value {
        let Some(neighbours) = self.settings.location.and_then(|location| location.neighbours) else {
            return Value::Unknown;
        };
        let paths: Vec<Value> = specifier
            .alternatives()
            .iter()
            .map(|specifier| {
                let specifier = self.text(specifier).filter(|specifier| !has_unknown_part(specifier));
                let path = specifier.and_then(|specifier| neighbours.resolve(&specifier, from));
                path.map_or(Value::Unknown, Value::text_of)
            })
            .collect();
        self.spend(paths.len() * RESOLVE_STEPS);
        Value::one_of(paths)
    }

    /// `require.resolve(specifier, { paths })`: where the paths are known, it is
    /// looked for there; else the answer may lie anywhere.
    pub(super) fn resolve_with_paths(&mut self, arguments: &[Argument], options: &Value, origin: Origin) -> Value {
        // For each of the paths what it may be.
        let paths: Vec<Vec<Rc<str>>> = match options {
            Value::Object(options) => match options.get("paths") {
                Some(Value::Array(array)) => {
                    let known = |folder: &Value| {
                        let folder = self.text(folder);
                        folder.filter(|folder| folder.starts_with('/') && !has_unknown_part(folder)).map(Rc::from)
                    };
                    array.values.iter().map(|path| path.alternatives().iter().filter_map(known).collect()).collect()
                }
                _ => Vec::new(),
            },
            _ => Vec::new(),
        };
        let first = arguments.first().map_or(Value::Unknown, |argument| argument.value.clone());
        if paths.iter().all(Vec::is_empty) {
            // They are most often such as lead to the same package.
            self.load_value(ReferenceKind::RequireResolve, arguments.first(), origin);
            return self.resolved(&first, None).or(Value::Unknown);
        }
        let mut found = Vec::new();
        for folders in paths {
            for folder in &folders {
                let path = self.resolved(&first, Some(folder));
                if path.is_known() {
                    let from = self.candidates.len();
                    self.load_value(ReferenceKind::RequireResolve, arguments.first(), origin);
                    for candidate in &mut self.candidates[from..] {
                        candidate.from = Some((&**folder).into());
                    }
                    found.push(path);
                }
            }
            // Node takes the first that leads to something.
            let is_sure = matches!((folders.as_slice(), found.as_slice()), ([_], [Value::Text(_)]));
            if is_sure {
                break;
            }
        }
        Value::one_of(found)
    }

    /// What `createRequire` of another place loads.
    pub(super) fn load_from(&mut self, kind: ReferenceKind, folder: &str, argument: Option<&Argument>) -> Value {
        let from = self.candidates.len();
        let value = self.load_in(kind, folder, argument);
        if !has_unknown_part(folder) {
            for candidate in &mut self.candidates[from..] {
                candidate.from = Some(folder.into());
            }
        }
        value
    }

    pub(super) fn load_in(&mut self, kind: ReferenceKind, folder: &str, argument: Option<&Argument>) -> Value {
        let Some(Argument { value, at }) = argument else { return Value::Unknown };
        let values: Vec<Value> = value
            .alternatives()
            .iter()
            .map(|value| match self.text(value) {
                Some(text) if text.starts_with("./") || text.starts_with("../") || &*text == "." || &*text == ".." => {
                    node_path::path::join(&[folder, &text]).map_or(Value::Unknown, Value::text_of)
                }
                _ => value.clone(),
            })
            .collect();
        let argument = Argument { value: Value::one_of(values), at: *at };
        self.load_value(kind, Some(&argument), Origin::Anywhere)
    }

    pub(super) fn create_require(&mut self, place: &Value) -> Value {
        place.map(|place| match place {
            Value::ImportMetaUrl | Value::Filename => Value::Require(Origin::Anywhere),
            Value::Url(path) => require_from(path),
            place => match self.path_of_url(place) {
                Value::Text(path) => require_from(&path),
                _ => Value::Unknown,
            },
        })
    }

    /// The path that a `file:` URL means, or that a string is.
    pub(super) fn path_of_url(&self, url: &Value) -> Value {
        match url {
            url if matches!(self.made_of_parameter(url), Some(Made::Url(_))) => url.clone(),
            Value::Url(path) => Value::Text(path.clone()),
            Value::ImportMetaUrl | Value::Filename => Value::Filename,
            url => match self.text(url) {
                Some(text) if text.starts_with("file:") => {
                    node_path::url::file_url_to_path(&text).map_or(Value::Unknown, Value::text_of)
                }
                Some(text) if text.starts_with('/') => Value::text_of(text),
                _ => Value::Unknown,
            },
        }
    }

    /// Whether `new URL` of these gives the URL of a file: their base is one, or the only one is.
    pub(super) fn gives_file_url(&self, arguments: &[Argument]) -> bool {
        let is_path = |value: &Value| match value {
            Value::Url(_) | Value::ImportMetaUrl | Value::Filename => true,
            value => self.text(value).is_some_and(|text| text.starts_with("file:")),
        };
        let base = arguments.get(1).or(arguments.first());
        base.is_some_and(|base| base.value.alternatives().iter().any(is_path))
    }

    /// `new URL(…)` closed.
    pub(super) fn close_url_call(&mut self, arguments: &[Argument]) {
        self.open_url_calls -= 1;
        if self.gives_file_url(arguments) {
            self.quiet.settle_possible_uses(true);
        } else if self.open_url_calls == 0 {
            self.quiet.settle_possible_uses(false);
        }
    }

    /// `new URL(reference, base)`.
    pub(super) fn construct_url(&mut self, arguments: &[Argument]) -> Value {
        let Some(Argument { value: reference, at }) = arguments.first() else { return Value::Unknown };
        let base = arguments.get(1).map(|base| base.value.clone());
        let own = base == Some(Value::ImportMetaUrl);
        let base = match &base {
            None => None,
            // Of several the first that is a path: the others are a browser's.
            Some(base) => match base.alternatives().iter().map(|base| self.path_of_url(base)).find(Value::is_known) {
                Some(Value::Filename) => self.places.as_ref().map(|places| places.file.to_string()),
                Some(Value::Text(path)) => Some(path.to_string()),
                _ => return Value::Unknown,
            },
        };
        if let Some(base) = &base
            && let url @ Value::Text(_) = self.part_of(reference, Made::Url(base.as_str().into()))
        {
            return url;
        }
        let results: Vec<Value> = reference
            .alternatives()
            .iter()
            .map(|reference| {
                if let Value::Url(path) = reference {
                    return Value::Url(path.clone());
                }
                if matches!(reference, Value::ImportMetaUrl | Value::Filename) {
                    return self.places.as_ref().map_or(Value::Unknown, |places| Value::Url(places.file.clone()));
                }
                let Some(text) = self.text(reference) else { return Value::Unknown };
                let base = base.as_deref().and_then(|base| node_path::url::path_to_file_url("/", base));
                let href = node_path::url::resolve_url(&without_marks(&text), base.as_deref());
                let path = href.and_then(|href| node_path::url::file_url_to_path(&href));
                path.map_or(Value::Unknown, |path| Value::Url(path.into()))
            })
            .collect();
        if own && self.settings.finds_files {
            // It names a file, whether or not anybody asks for it here.
            for reference in reference.alternatives() {
                if let Some(text) = self.text(reference).filter(|text| !has_unknown_part(text)) {
                    let text = text.into_owned();
                    self.push_reference(ReferenceKind::Url, text, *at, Origin::Anywhere, None);
                }
            }
        }
        Value::one_of(results)
    }

    /// `module.register(specifier, parent)`.
    pub(super) fn register(&mut self, specifier: &Value, at: Span, parent: Option<&Argument>) {
        let parent = parent.map(|parent| match &parent.value {
            Value::Object(options) => options.get("parentURL").cloned().unwrap_or(Value::Unknown),
            value => value.clone(),
        });
        let is_relative = self.text(specifier).is_some_and(|text| text.starts_with('.'));
        let argument = Argument { value: specifier.clone(), at };
        match parent {
            Some(parent) if is_relative => match self.path_of_url(&parent) {
                Value::Filename => {
                    self.load_value(ReferenceKind::DynamicImport, Some(&argument), Origin::Anywhere);
                }
                Value::Text(path) => {
                    if let Some(folder) = folder_of(&path) {
                        self.load_from(ReferenceKind::DynamicImport, folder, Some(&argument));
                    }
                }
                _ => {}
            },
            _ if is_relative => {}
            _ => {
                self.load_value(ReferenceKind::DynamicImport, Some(&argument), Origin::Anywhere);
            }
        }
    }
}

/// Where relative specifiers begin in the file of that path; one with a `/` behind it is a folder.
fn folder_of(path: &str) -> Option<&str> {
    if path.ends_with('/') { Some(path) } else { node_path::path::dirname(path) }
}

fn require_from(path: &str) -> Value {
    folder_of(path).map_or(Value::Unknown, |folder| Value::RequireFrom(folder.into()))
}
