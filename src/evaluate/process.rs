//! Programs that are started: what `fork`, `spawn` and `Worker` run, and what
//! flags of Node load before it. Where a folder is given to start in, relative
//! paths begin there.

use std::rc::Rc;

use super::{
    glob,
    machine::Machine,
    node_path,
    value::{Argument, Object, Value, has_unknown_part},
};
use crate::record::{HOLE, ReferenceKind, STAR, Span};

/// How Node loads the module that this flag names, if it names one.
fn preloads(flag: &str) -> Option<ReferenceKind> {
    match flag {
        "-r" | "--require" => Some(ReferenceKind::Require),
        "--import" | "--loader" | "--experimental-loader" => Some(ReferenceKind::DynamicImport),
        _ => None,
    }
}

impl Machine<'_> {
    /// `fork(module, [argument, …], options)`.
    pub(super) fn fork(&mut self, module: &Value, at: Span, rest: &[Argument]) {
        let folder = self.started_in(rest);
        let is_told = self.ask_program(module, folder.as_deref(), at);
        self.take_options(rest, folder.as_deref(), is_told);
    }

    /// `spawn(command, [argument, …], options)`: the program that Node is to run, or any path.
    pub(super) fn spawn(&mut self, command: &Value, at: Span, rest: &[Argument]) {
        self.consume(command, at);
        let is_node = match self.text(command) {
            Some(command) => matches!(command.rsplit('/').next(), Some("node" | "node.exe")),
            // `process.execPath`, as a rule.
            None => true,
        };
        let folder = self.started_in(rest);
        for argument in rest {
            if let (true, Value::Array(array)) = (is_node, &argument.value) {
                let script = self.ask_for_preloads(&array.values, folder.as_deref(), argument.at);
                if let Some(script) = script.filter(|script| self.text(script).is_some()) {
                    self.ask_program(&script, folder.as_deref(), argument.at);
                }
            }
        }
        self.take_options(rest, folder.as_deref(), false);
    }

    /// `new Worker(file, options)`: it starts in the folder of its parent.
    pub(super) fn take_worker_options(&mut self, rest: &[Argument]) {
        self.take_options(rest, None, false);
    }

    /// The folder that the options name to start in.
    fn started_in(&self, rest: &[Argument]) -> Option<Rc<str>> {
        let options = rest.iter().find_map(|argument| match &argument.value {
            Value::Object(options) => Some(options),
            _ => None,
        });
        self.folder_named(options?.get("cwd")?)
    }

    fn folder_named(&self, folder: &Value) -> Option<Rc<str>> {
        let path = self.path_of_url(folder);
        let path = self.text(&path).filter(|path| path.starts_with('/') && !has_unknown_part(path));
        path.map(Rc::from)
    }

    /// Asks for a program; gives whether the folder told where it is.
    fn ask_program(&mut self, program: &Value, folder: Option<&str>, at: Span) -> bool {
        let path = match (folder, self.text(program)) {
            (Some(folder), Some(text)) if !text.starts_with(['/', HOLE]) && !has_unknown_part(&text) => {
                node_path::path::resolve(folder, &[&text])
            }
            _ => None,
        };
        let is_told = path.is_some();
        self.ask_file(ReferenceKind::Program, &path.map_or(program.clone(), Value::text_of), at);
        is_told
    }

    /// The arguments of Node itself: asks for what they load, and gives the
    /// first that is no flag, the program.
    fn ask_for_preloads(&mut self, arguments: &[Value], folder: Option<&str>, at: Span) -> Option<Value> {
        let mut preload = None;
        for argument in arguments {
            let flag = self.text(argument).filter(|text| text.starts_with('-')).map(|text| text.into_owned());
            match flag {
                Some(flag) => match flag.split_once('=') {
                    Some((name, module)) => {
                        if let Some(kind) = preloads(name) {
                            self.ask_preload(kind, &Value::text_of(module), folder, at);
                        }
                    }
                    None => preload = preloads(&flag),
                },
                None => match preload.take() {
                    Some(kind) => self.ask_preload(kind, argument, folder, at),
                    None => return Some(argument.clone()),
                },
            }
        }
        None
    }

    /// `NODE_OPTIONS` of the environment: every program of Node that is started takes them.
    pub(super) fn ask_for_node_options(&mut self, options: &Value, folder: Option<&str>, at: Span) {
        for options in options.alternatives() {
            let options = self.text(options);
            // What the environment had before is a hole in front of them.
            let words = options.iter().flat_map(|options| options.split_ascii_whitespace());
            let flags: Vec<Value> = words.filter(|word| !word.starts_with(HOLE)).map(Value::text_of).collect();
            self.ask_for_preloads(&flags, folder, at);
        }
    }

    /// A module that a flag names: by a path, else a package, as seen from where the program starts.
    fn ask_preload(&mut self, kind: ReferenceKind, module: &Value, folder: Option<&str>, at: Span) {
        let is_url = self.text(module).is_some_and(|text| text.starts_with("file:"));
        let module = if is_url { self.path_of_url(module) } else { module.clone() };
        if matches!(module, Value::Url(_)) || self.text(&module).is_some_and(|text| text.starts_with(['.', '/'])) {
            self.ask_program(&module, folder, at);
        } else if self.text(&module).is_some_and(|text| !has_unknown_part(&text)) {
            let folder = folder.map(Rc::from).or_else(|| Some(Rc::clone(&self.places.as_ref()?.cwd)));
            let (argument, from) = (Argument { value: module, at }, self.candidates.len());
            folder.map(|folder| self.load_from(kind, &folder, Some(&argument)));
            // Another program than Node may have a flag of that name.
            self.candidates[from..].iter_mut().for_each(|candidate| candidate.guarded = true);
        }
    }

    /// What a started program is given: arguments, and options among which is its
    /// folder. That is no path of its own where it has told where the program is.
    fn take_options(&mut self, rest: &[Argument], folder: Option<&str>, folder_is_told: bool) {
        for Argument { value, at } in rest {
            match value {
                Value::Object(options) => self.take_each_option(options, folder, folder_is_told, *at),
                Value::Array(array) => {
                    array.values.iter().for_each(|value| self.consume_flag(value, *at));
                    self.consume(value, *at);
                }
                value => self.consume(value, *at),
            }
        }
    }

    fn take_each_option(&mut self, options: &Object, folder: Option<&str>, folder_is_told: bool, at: Span) {
        self.spend(options.entries.len() * 8);
        if self.is_spent() {
            return;
        }
        for (key, value) in &options.entries {
            match (&**key, value) {
                ("cwd", _) if folder_is_told => continue,
                ("execArgv", Value::Array(flags)) => {
                    self.ask_for_preloads(&flags.values, folder, at);
                }
                ("env", Value::Object(env)) => {
                    if let Some(options) = env.get("NODE_OPTIONS") {
                        self.ask_for_node_options(options, folder, at);
                    }
                }
                _ => {}
            }
            self.consume(value, at);
        }
    }

    /// `--config=/a/path`: what follows the sign is a value of its own.
    pub(super) fn consume_flag(&mut self, argument: &Value, at: Span) {
        let text = self.text(argument).filter(|text| text.starts_with("--"));
        let path = text.and_then(|text| text.split_once('=').map(|(_, path)| Value::text_of(path)));
        if let Some(path) = path {
            self.consume(&path, at);
        }
    }

    /// The path without links that a path leads to: as far as is known here, the same.
    pub(super) fn real_path(&self, path: &Value) -> Value {
        match path {
            Value::Filename => Value::Filename,
            Value::Url(path) => Value::Text(Rc::clone(path)),
            path => match (self.text(path), &self.places) {
                (Some(text), _) if text.starts_with('/') || text.starts_with(super::value::is_unknown_part) => {
                    Value::text_of(text)
                }
                (Some(text), Some(places)) if matches!(path, Value::Text(_) | Value::Told(_) | Value::Literal(_)) => {
                    let slash = if text.ends_with('/') { "/" } else { "" };
                    let path = node_path::path::resolve(&places.cwd, &[&text]);
                    path.map_or(Value::Unknown, |path| Value::text_of(path + slash))
                }
                _ => Value::Unknown,
            },
        }
    }

    /// `fs.glob(pattern, { cwd })` and those of libraries, and a callback.
    pub(super) fn glob(&mut self, patterns: &Value, at: Span, rest: &[Argument]) {
        let options = rest.iter().find_map(|argument| match &argument.value {
            Value::Object(options) => Some(Rc::clone(options)),
            _ => None,
        });
        let named = options.as_ref().and_then(|options| options.get("cwd"));
        let folder = match named {
            Some(folder) => self.folder_named(folder),
            None if options.as_ref().is_some_and(|options| options.open) => None,
            None => self.places.as_ref().map(|places| Rc::clone(&places.cwd)),
        };
        let each = match patterns {
            Value::Array(array) => array.values.clone(),
            patterns => patterns.alternatives().to_vec(),
        };
        let texts: Option<Vec<String>> = each
            .iter()
            .map(|pattern| Some(self.text(pattern)?.into_owned()).filter(|text| !has_unknown_part(text)))
            .collect();
        let (Some(folder), Some(texts)) = (folder, texts) else {
            self.consume(patterns, at);
            return self.consume_all(rest);
        };
        for pattern in texts.iter().filter(|text| !text.starts_with('!')).flat_map(|text| glob::patterns(text)) {
            // All that is in the working directory is for tools that look at it, not for a program.
            let is_of_all = pattern.trim_start_matches("./").starts_with([HOLE, STAR]);
            let path = node_path::path::resolve(&folder, &[&pattern]).filter(|_| named.is_some() || !is_of_all);
            if let Some(path) = path {
                self.ask(ReferenceKind::Path, &path, false, at);
            }
        }
        rest.iter().filter(|argument| !matches!(argument.value, Value::Object(_))).for_each(|argument| {
            self.consume(&argument.value, argument.at);
        });
    }
}
