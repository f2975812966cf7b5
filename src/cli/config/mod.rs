//! The configuration file: defaults of flags, found above the first entry.
//!
//! Options are the flags themselves, by their names in camelCase: a flag that
//! is added is an option without another word. A file is data and is never
//! run; a `next.config` is not looked at. What is typed wins.

mod file;
mod keys;
mod print;
#[cfg(test)]
mod schema;

pub(super) use print::print;

use std::{
    collections::BTreeMap,
    ffi::OsString,
    path::{Path, PathBuf},
};

use clap::{ArgMatches, Command, parser::ValueSource};

use crate::absolute;
use file::{File, Setting};
use keys::{ConfigOption, Kind};

/// Options that are in force, by the names of their arguments.
#[derive(Debug, Default)]
pub(in crate::cli) struct Config {
    /// The file, if one was found.
    path: Option<PathBuf>,
    /// Where in the file each option is that it decides.
    places: BTreeMap<String, crate::Place>,
}

/// The command with the configuration's values as defaults, and what they are.
///
/// # Errors
/// The configuration cannot be used: one line.
pub(super) fn apply(mut command: Command, matches: &ArgMatches, cwd: &Path) -> Result<(Command, Config), String> {
    let Some((name, typed)) = matches.subcommand() else { return Ok((command, Config::default())) };
    // Commands that trace; others have no options to configure.
    let traces = command.find_subcommand(name).is_some_and(|command| has(command, "log_level"));
    if !traces || typed.get_flag("no_config") {
        return Ok((command, Config::default()));
    }
    let named = typed.get_one::<PathBuf>("config");
    let entry = typed.try_get_many::<PathBuf>("entries").ok().flatten().and_then(|mut entries| entries.next());
    let found = match named {
        Some(path) => Some(file::named(&absolute(cwd, path))?),
        None => file::found(cwd, entry.map(|entry| absolute(cwd, entry)).as_deref())?,
    };
    let Some(file) = found else { return Ok((command, Config::default())) };
    let options = keys::of(&command);
    let mut config = Config { path: Some(file.path.clone()), places: BTreeMap::new() };
    for setting in file.settings()? {
        let Some(option) = options.iter().find(|option| option.is_called(&setting.key)) else {
            return Err(unknown(&file, &setting, &options));
        };
        let values = option.values(&file, &setting)?;
        if config.places.insert(option.argument.clone(), setting.place).is_some() {
            return Err(file.error(setting.place, format_args!("{:?} is there twice", setting.key)));
        }
        let mut give = |argument: &str, values: Vec<OsString>| {
            let is_known = command.find_subcommand(name).is_some_and(|command| has(command, argument));
            let is_typed = typed.try_contains_id(argument).is_ok()
                && typed.value_source(argument) == Some(ValueSource::CommandLine);
            if is_known && !is_typed && !values.is_empty() {
                command = std::mem::take(&mut command).mut_subcommand(name, |command| {
                    command.mut_arg(argument, |argument| argument.default_values(values))
                });
            }
        };
        give(&option.argument, values.all);
        give(&option.argument_by_entry(), values.by_entry);
    }
    Ok((command, config))
}

fn has(command: &Command, argument: &str) -> bool {
    command.get_arguments().any(|each| each.get_id() == argument)
}

fn unknown(file: &File, setting: &Setting<'_>, options: &[ConfigOption]) -> String {
    let names = options.iter().flat_map(ConfigOption::names);
    let nearest = names.min_by_key(|name| strsim::osa_distance(&name.to_lowercase(), &setting.key.to_lowercase()));
    let nearest = nearest.map(|name| format!("; is {name:?} meant?")).unwrap_or_default();
    file.error(setting.place, format_args!("there is no option {:?}{nearest}", setting.key))
}

impl ConfigOption {
    /// The setting's values as they would be typed, checked as typed ones are.
    fn values(&self, file: &File, setting: &Setting<'_>) -> Result<Values, String> {
        let wrong = |why: &str| file.error(setting.place, format_args!("{:?}: {why}", setting.key));
        let values = self.read(&setting.value, self.is_inverse_of(&setting.key)).map_err(|why| wrong(&why))?;
        let at_home = |value: String| match self.kind {
            Kind::Path => absolute(file.folder(), Path::new(&value)).into_os_string(),
            _ => OsString::from(value),
        };
        let all: Vec<OsString> = values.all.into_iter().map(at_home).collect();
        self.check(&all).map_err(|why| wrong(&why))?;
        Ok(Values { all, by_entry: values.by_entry.into_iter().map(OsString::from).collect() })
    }

    /// Has the flag's own parser look at them.
    fn check(&self, values: &[OsString]) -> Result<(), String> {
        if self.kind == Kind::Flag {
            return Ok(());
        }
        let typed = values.iter().map(|value| {
            let mut typed = OsString::from(format!("--{}=", self.flag));
            typed.push(value);
            typed
        });
        let parser = Command::new("config").no_binary_name(true).arg(self.definition.clone().required(false));
        match parser.try_get_matches_from(typed) {
            Ok(_) => Ok(()),
            Err(error) => {
                let text = error.to_string();
                let lines: Vec<_> = text.lines().map(str::trim).take_while(|line| !line.is_empty()).collect();
                Err(lines.join(" ").trim_start_matches("error: ").to_owned())
            }
        }
    }
}

/// Values of a setting, as they would be typed.
struct Values<T = OsString> {
    /// For all entries.
    all: Vec<T>,
    /// Pairs: a glob of entries, and a value for those.
    by_entry: Vec<T>,
}
