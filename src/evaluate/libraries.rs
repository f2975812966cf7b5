//! Libraries that are told of files by names and relative paths: what a call means.
//!
//! Which functions they are stands in `known`. An absolute path needs no rule
//! of its own: it is asked for whoever gets it.

use std::rc::Rc;

use super::{
    known::{Module, PathOption},
    machine::Machine,
    node_path,
    value::{Argument, Object, Value, has_unknown_part},
};
use crate::record::{ReferenceKind, Span};

/// So many commands, names and folders of a program are remembered.
const MOST_COMMANDS: usize = 256;
const MOST_NAMES: usize = 8;

/// With what commander looks for a command's program, besides what Node itself tries.
const EXTENSIONS: [&str; 5] = ["", ".ts", ".tsx", ".mjs", ".cjs"];

/// The commands of commander that are programs of their own, as a file tells of them.
#[derive(Debug, Default)]
pub(super) struct Subcommands {
    commands: Vec<Subcommand>,
    /// What the program is called, besides what its file is.
    names: Vec<Rc<str>>,
    /// Where they are, besides beside the program.
    folders: Vec<Rc<str>>,
}

#[derive(Debug)]
struct Subcommand {
    name: Rc<str>,
    /// Its file, where that is told.
    file: Option<Rc<str>>,
    at: Span,
}

impl Machine<'_> {
    /// A relative path from the folder of the file.
    pub(super) fn path_beside(&self, path: &Value) -> Value {
        let own = self.places.as_ref().map(|places| places.folder.clone()).unwrap_or_default();
        path.map(|path| {
            let path = self.text(path).and_then(|path| node_path::path::resolve(&own, &[&path]));
            path.map_or(Value::Unknown, Value::text_of)
        })
    }

    /// `require.addon(specifier, parent)` of require-addon: a package's folder, or a file.
    pub(super) fn require_addon(&mut self, specifier: &Value, at: Span, rest: &[Argument]) {
        let Some(parent) = rest.first().map(|parent| self.path_of_url(&parent.value)) else { return };
        let Some(folder) = self.text(&parent).and_then(|parent| node_path::path::dirname(&parent).map(str::to_owned))
        else {
            return;
        };
        let paths = specifier.map(|specifier| match self.text(specifier) {
            Some(text) if text.starts_with(['.', '/']) => {
                node_path::path::resolve(&folder, &[&text]).map_or(Value::Unknown, Value::text_of)
            }
            _ => Value::Unknown,
        });
        self.ask_file(ReferenceKind::RequireAddon, &paths, at);
    }

    /// `program.command("install [name]", "what it does", options)`: without a
    /// description it is no program of its own.
    pub(super) fn subcommand(&mut self, usage: &Value, at: Span, rest: &[Argument]) -> Value {
        let described = rest.first().is_some_and(|description| self.text(&description.value).is_some());
        let file = rest.get(1).and_then(|options| match &options.value {
            Value::Object(options) => options.get("executableFile").and_then(|file| self.text(file)).map(Rc::from),
            _ => None,
        });
        let name = self.text(usage).and_then(|usage| usage.split_ascii_whitespace().next().map(Rc::from));
        if let Some(name) = name.filter(|_| described && self.subcommands.commands.len() < MOST_COMMANDS) {
            self.subcommands.commands.push(Subcommand { name, file, at });
        }
        self.consume_all(rest);
        Value::Module(Module::Commander)
    }

    /// `program.executableDir("cmds")`.
    pub(super) fn subcommand_folder(&mut self, folder: &Value) -> Value {
        let folder = self.text(folder).map(Rc::from);
        self.subcommands.folders.extend(folder);
        self.subcommands.folders.truncate(MOST_NAMES);
        Value::Module(Module::Commander)
    }

    /// `program.name("pm")`.
    pub(super) fn program_name(&mut self, name: &Value) -> Value {
        let name = self.text(name).map(Rc::from);
        self.subcommands.names.extend(name);
        self.subcommands.names.truncate(MOST_NAMES);
        Value::Module(Module::Commander)
    }

    /// The file ended: the programs of commands are beside the script that was
    /// started, and their names begin with the program's, or else the script's.
    pub(super) fn ask_for_subcommands(&mut self) {
        let Subcommands { commands, mut names, mut folders } = std::mem::take(&mut self.subcommands);
        let Some(places) = self.places.as_ref().filter(|_| !commands.is_empty()) else { return };
        let script = places.main.clone().unwrap_or_else(|| places.file.clone());
        self.depends_on_entry();
        let Some(beside) = node_path::path::dirname(&script) else { return };
        let stem = script.rsplit('/').next().map(|name| name.rsplit_once('.').map_or(name, |(stem, _)| stem));
        names.extend(stem.map(Rc::from));
        if folders.is_empty() {
            folders.push("".into());
        }
        for Subcommand { name, file, at } in commands {
            let files: Vec<Rc<str>> = match file {
                Some(file) => vec![file],
                None => names.iter().map(|program| format!("{program}-{name}").into()).collect(),
            };
            for path in folders.iter().flat_map(|folder| files.iter().map(move |file| (folder, file))) {
                let Some(path) = node_path::path::resolve(beside, &[path.0, path.1]) else { continue };
                self.ask_for_program(&path, at);
            }
        }
    }

    fn ask_for_program(&mut self, path: &str, at: Span) {
        self.spend(EXTENSIONS.len() * path.len());
        if self.is_spent() || has_unknown_part(path) {
            return;
        }
        for extension in EXTENSIONS {
            self.ask(ReferenceKind::Program, &format!("{path}{extension}"), true, at);
        }
    }

    /// A call whose options name a path from the working directory.
    pub(super) fn path_option(&mut self, option: PathOption, arguments: &[Argument]) {
        for argument in arguments {
            if let Value::Object(options) = &argument.value
                && let Some(path) = options.get(option.key()).cloned()
            {
                self.ask_file(ReferenceKind::Path, &path, argument.at);
            }
        }
        self.consume_all(arguments);
    }

    /// `new Umzug({ migrations: { glob }, … })`; the path of older versions is `migrations.path`.
    pub(super) fn umzug(&mut self, arguments: &[Argument]) {
        for Argument { value, at } in arguments {
            let Value::Object(options) = value else {
                self.consume(value, *at);
                continue;
            };
            for (key, value) in &options.entries {
                match value {
                    Value::Object(migrations) if &**key == "migrations" => self.migrations(migrations, *at),
                    value => self.consume(value, *at),
                }
            }
        }
    }

    fn migrations(&mut self, migrations: &Object, at: Span) {
        for (key, value) in &migrations.entries {
            match &**key {
                "glob" => self.migrations_glob(value, at),
                "path" => self.ask_file(ReferenceKind::Path, value, at),
                _ => self.consume(value, at),
            }
        }
    }

    /// `"mig/*.js"` from the working directory, or `["mig/*.js", { cwd }]`.
    fn migrations_glob(&mut self, glob: &Value, at: Span) {
        let (pattern, base) = match glob {
            Value::Array(both) => {
                let base = both.values.get(1).and_then(|options| match options {
                    Value::Object(options) => options.get("cwd").cloned(),
                    _ => None,
                });
                (both.values.first().cloned().unwrap_or(Value::Unknown), base)
            }
            pattern => (pattern.clone(), None),
        };
        let base = match base {
            Some(base) => self.text(&base).map(Rc::<str>::from),
            None => self.places.as_ref().map(|places| places.cwd.clone()),
        };
        let Some(base) = base else { return self.consume(glob, at) };
        for pattern in pattern.alternatives() {
            let path = self.text(pattern).and_then(|pattern| node_path::path::resolve(&base, &[&pattern]));
            if let Some(path) = path {
                self.consume(&Value::text_of(path), at);
            }
        }
    }

    /// `{ relativeTo: __dirname, path: "views", partialsPath: "views/partials" }`
    /// of hapi's plugins: somebody else gets it.
    pub(super) fn consume_relative_to(&mut self, options: &Object, at: Span) {
        let Some(base) = options.get("relativeTo").and_then(|base| self.text(base)).map(Rc::<str>::from) else {
            return;
        };
        if !base.starts_with('/') {
            return;
        }
        let paths = options.entries.iter().filter(|(key, _)| &**key == "path" || key.ends_with("Path"));
        for (_, paths) in paths {
            let paths = if let Value::Array(paths) = paths { paths.values.as_slice() } else { paths.alternatives() };
            for path in paths {
                let path = self.text(path).and_then(|path| node_path::path::resolve(&base, &[&path]));
                if let Some(path) = path {
                    self.ask(ReferenceKind::Path, &path, false, at);
                }
            }
        }
    }
}
