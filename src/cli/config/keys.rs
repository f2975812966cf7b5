//! The options that a configuration may have: the flags of the commands that trace.

use std::{any::TypeId, num::NonZeroUsize, path::PathBuf};

use clap::{Arg, ArgAction, Command};
use jsonc_parser::ast::{Object, Value};

use super::Values;

/// Flags that make no sense there: they say which configuration, or where one result goes.
const NOT_OPTIONS: [&str; 8] = ["help", "version", "config", "no_config", "print_config", "output", "dry_run", "clean"];

/// Names that Next and turbotrace have for flags.
const SYNONYMS: [(&str, &str); 3] = [
    ("outputFileTracingRoot", "context_directory"),
    ("outputFileTracingIncludes", "include"),
    ("outputFileTracingExcludes", "exclude"),
];

/// What follows the name of an argument whose values come in pairs: a glob of entries, and a value for those.
const BY_ENTRY: &str = "_for";

/// What the value of an option may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `true` or `false`.
    Flag,
    /// A file or folder, relative to the configuration's folder.
    Path,
    Number,
    Text,
}

/// A flag that a configuration may set.
#[derive(Clone, Debug)]
pub(super) struct ConfigOption {
    /// Its name in clap.
    pub(super) argument: String,
    /// Its name on the command line, without `--`.
    pub(super) flag: String,
    pub(super) kind: Kind,
    /// It may have many values.
    pub(super) is_list: bool,
    /// It may stand without a value.
    pub(super) may_be_bare: bool,
    pub(super) definition: Arg,
    /// It may have values for some entries alone.
    pub(super) has_by_entry: bool,
    names: Vec<String>,
}

/// The options of all commands that trace, in order, each once.
pub(super) fn of(command: &Command) -> Vec<ConfigOption> {
    let mut options: Vec<ConfigOption> = Vec::new();
    let tracing = command.get_subcommands().filter(|command| super::has(command, "log_level"));
    for command in tracing {
        for argument in command.get_arguments() {
            let Some(option) = ConfigOption::of(argument, command) else { continue };
            if !options.iter().any(|known| known.argument == option.argument) {
                options.push(option);
            }
        }
    }
    options
}

impl ConfigOption {
    fn of(argument: &Arg, command: &Command) -> Option<Self> {
        let name = argument.get_id().as_str();
        let flag = argument.get_long()?;
        if NOT_OPTIONS.contains(&name) || argument.is_hide_set() || name.ends_with(BY_ENTRY) {
            return None;
        }
        let aliases = argument.get_all_aliases().unwrap_or_default();
        let mut names: Vec<String> = std::iter::once(flag).chain(aliases).map(camel_case).collect();
        names.extend(SYNONYMS.iter().filter(|(_, to)| *to == name).map(|(from, _)| (*from).to_owned()));
        let is_list = matches!(argument.get_action(), ArgAction::Append);
        let takes_none = argument.get_num_args().is_some_and(|number| number.min_values() == 0);
        Some(Self {
            argument: name.to_owned(),
            flag: flag.to_owned(),
            kind: kind(argument),
            is_list,
            may_be_bare: takes_none,
            definition: argument.clone(),
            has_by_entry: super::has(command, &format!("{name}{BY_ENTRY}")),
            names,
        })
    }

    /// Its names: its own, then those that mean the same.
    pub(super) fn names(&self) -> impl Iterator<Item = &String> {
        self.names.iter()
    }

    pub(super) fn is_called(&self, key: &str) -> bool {
        self.names.iter().any(|name| name == key) || self.is_inverse_of(key)
    }

    /// `analysis: false` is `noAnalysis: true`, as nft has it.
    pub(super) fn is_inverse_of(&self, key: &str) -> bool {
        self.kind == Kind::Flag && self.inverse().is_some_and(|name| name == key)
    }

    /// The name that means the contrary.
    pub(super) fn inverse(&self) -> Option<String> {
        self.flag.strip_prefix("no-").map(camel_case)
    }

    /// The argument that takes values for some entries.
    pub(super) fn argument_by_entry(&self) -> String {
        format!("{}{BY_ENTRY}", self.argument)
    }

    /// A value of the file as it would be typed.
    ///
    /// # Errors
    /// What was expected.
    pub(super) fn read(&self, value: &Value<'_>, is_inverse: bool) -> Result<Values<String>, String> {
        let all = |all| Ok(Values { all, by_entry: Vec::new() });
        match (self.kind, value) {
            (Kind::Flag, Value::BooleanLit(value)) => match value.value != is_inverse {
                true => all(vec!["true".to_owned()]),
                false => all(Vec::new()),
            },
            (Kind::Flag, _) => Err("expected true or false".to_owned()),
            (_, Value::BooleanLit(value)) if self.may_be_bare => {
                // A flag that may stand bare means the first of its values then.
                let bare = self.definition.get_possible_values().into_iter().next().filter(|_| value.value);
                all(bare.map(|value| value.get_name().to_owned()).into_iter().collect())
            }
            (_, Value::Array(array)) if self.is_list => {
                all(array.elements.iter().map(|value| self.scalar(value)).collect::<Result<_, _>>()?)
            }
            (_, Value::Object(object)) if self.has_by_entry => {
                Ok(Values { all: Vec::new(), by_entry: self.by_entry(object)? })
            }
            // NAME=VALUE, one by one.
            (Kind::Text, Value::Object(object)) if self.takes_pairs() => {
                let pair = |property: &jsonc_parser::ast::ObjectProp<'_>| {
                    Ok(format!("{}={}", property.name.as_str(), self.scalar(&property.value)?))
                };
                all(object.properties.iter().map(pair).collect::<Result<_, String>>()?)
            }
            (_, value) => all(vec![self.scalar(value)?]),
        }
    }

    /// Whether a value is a name and what belongs to it.
    pub(super) fn takes_pairs(&self) -> bool {
        self.is_list
            && self.definition.get_value_names().is_some_and(|names| names.iter().any(|name| name.contains('=')))
    }

    fn by_entry(&self, object: &Object<'_>) -> Result<Vec<String>, String> {
        let mut pairs = Vec::new();
        for property in &object.properties {
            let values = match &property.value {
                Value::Array(array) => {
                    array.elements.iter().map(|value| self.scalar(value)).collect::<Result<_, _>>()?
                }
                value => vec![self.scalar(value)?],
            };
            pairs.extend(values.into_iter().flat_map(|value| [property.name.as_str().to_owned(), value]));
        }
        Ok(pairs)
    }

    fn scalar(&self, value: &Value<'_>) -> Result<String, String> {
        match value {
            Value::StringLit(text) if self.kind != Kind::Number => Ok(text.value.clone().into_owned()),
            // `node: 22` is as good as "22"; nobody names a file so.
            Value::NumberLit(number) if self.kind != Kind::Path => Ok(number.value.to_owned()),
            _ => Err(format!("expected {}", self.expected())),
        }
    }

    fn expected(&self) -> &'static str {
        match (self.kind, self.has_by_entry, self.is_list) {
            (Kind::Flag, ..) => "true or false",
            (Kind::Number, ..) => "a number",
            (_, true, _) => "an array of strings, or an object of them by entry",
            (_, false, true) => "a string or an array of strings",
            (_, false, false) => "a string",
        }
    }
}

fn kind(argument: &Arg) -> Kind {
    if matches!(argument.get_action(), ArgAction::SetTrue) {
        return Kind::Flag;
    }
    let value = argument.get_value_parser().type_id();
    if value == TypeId::of::<PathBuf>() {
        return Kind::Path;
    }
    let numbers = [TypeId::of::<u32>(), TypeId::of::<u64>(), TypeId::of::<usize>(), TypeId::of::<NonZeroUsize>()];
    if numbers.into_iter().any(|number| value == number) { Kind::Number } else { Kind::Text }
}

/// `log-level` as `logLevel`.
pub(super) fn camel_case(flag: &str) -> String {
    let mut words = flag.split('-');
    let mut name = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        name.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        name.push_str(letters.as_str());
    }
    name
}
