//! `--print-config`: the options in force, and who decided each.
//!
//! What is printed is a configuration itself: JSON with comments. What nobody
//! said is there too: by the value that it comes to in this run, or, where a
//! value would say something else, as a comment in words.

use std::{
    ffi::OsStr,
    io::{self, Write},
    path::Path,
};

use clap::{ArgMatches, CommandFactory, parser::ValueSource};
use serde_json::json;

use super::{
    Config,
    keys::{self, ConfigOption, Kind},
};
use crate::{
    LimitSource, QuotedName, TraceOptions,
    cli::{
        flags::Flags,
        plan::{Plan, Tracing},
    },
    write_json_name,
};

/// Writes the options that the command has.
///
/// # Errors
/// What the sink said.
pub(in crate::cli) fn print(
    matches: &ArgMatches,
    config: &Config,
    plan: &Plan,
    sink: &mut dyn Write,
) -> io::Result<()> {
    let (Some((_, matches)), Some(tracing)) = (matches.subcommand(), plan.tracing()) else { return Ok(()) };
    let file = config.path.as_ref().map(|path| QuotedName(path.as_os_str().as_encoded_bytes()).to_string());
    match &file {
        Some(file) => writeln!(sink, "// {file}")?,
        None => writeln!(sink, "// no configuration file")?,
    }
    writeln!(sink, "{{")?;
    for option in keys::of(&Flags::command()) {
        // A command does not have the options of all others.
        let Ok(_) = matches.try_contains_id(&option.argument) else { continue };
        let Some(name) = option.names().next() else { continue };
        let typed = [option.argument.clone(), option.argument_by_entry()]
            .into_iter()
            .find(|argument| is_typed(matches, argument))
            .map(|argument| format!("--{}", argument.replace('_', "-")));
        let from = match (typed, config.places.get(&option.argument)) {
            (Some(flag), _) => Some(flag),
            (None, Some(place)) => Some(format!("{}:{place}", file.as_deref().unwrap_or_default())),
            (None, None) => None,
        };
        let name = json!(name);
        match (value(&option, matches)?, from) {
            (Some(value), Some(from)) => writeln!(sink, "  {name}: {value}, // {from}")?,
            (Some(value), None) => writeln!(sink, "  {name}: {value}, // default")?,
            (None, _) => match Unsaid::of(&option, tracing)? {
                Unsaid::Value(value, why) => writeln!(sink, "  {name}: {value}, // default: {why}")?,
                Unsaid::Words(words) => writeln!(sink, "  // {name}: {words} // default")?,
            },
        }
    }
    writeln!(sink, "}}")
}

fn is_typed(matches: &ArgMatches, argument: &str) -> bool {
    matches.try_contains_id(argument).is_ok() && matches.value_source(argument) == Some(ValueSource::CommandLine)
}

/// What an option comes to that nobody said.
enum Unsaid {
    /// As JSON, and how it was worked out.
    Value(String, String),
    Words(String),
}

impl Unsaid {
    fn of(option: &ConfigOption, tracing: &Tracing) -> io::Result<Self> {
        let options = &tracing.options;
        let told = |value: String, why: &str| Ok(Self::Value(value, why.to_owned()));
        let words = |words: &str| Ok(Self::Words(words.to_owned()));
        match option.argument.as_str() {
            "context_directory" => told(
                path(&options.root)?,
                if tracing.is_workspace { "the workspace of the first entry" } else { "the current directory" },
            ),
            "process_cwd" => told(path(&options.process_cwd)?, "the current directory"),
            "target" => told(json!(options.platform.to_string()).to_string(), "this machine"),
            "threads" => told(options.threads.to_string(), "the cores, or fewer where the memory limit is small"),
            "memory_limit" => {
                let why = match &tracing.limit.source {
                    LimitSource::Default => "there is no less here".to_owned(),
                    source => source.to_string(),
                };
                told((tracing.limit.bytes >> 20).to_string(), &why)
            }
            "temp_dir" => {
                let folders =
                    options.temp_defaults.iter().map(|folder| path(folder)).collect::<io::Result<Vec<_>>>()?;
                Ok(Self::Words(format!("the first that is on a disk of {}", folders.join(", "))))
            }
            "max_temp_size" => words("as much as the disk has"),
            "depth" => words("any number of references"),
            "output_directory" => words("beside each entry"),
            "stats" => told("false".to_owned(), "nothing is told"),
            _ if option.is_list => told("[]".to_owned(), "none"),
            _ => words("none"),
        }
    }
}

fn path(path: &Path) -> io::Result<String> {
    quoted(path.as_os_str())
}

/// A JSON string of what may not be UTF-8.
fn quoted(text: &OsStr) -> io::Result<String> {
    let mut out = Vec::new();
    write_json_name(text.as_encoded_bytes(), &mut out)?;
    String::from_utf8(out).map_err(io::Error::other)
}

/// The values that were typed, configured or are fixed, as JSON.
fn value(option: &ConfigOption, matches: &ArgMatches) -> io::Result<Option<String>> {
    if option.kind == Kind::Flag {
        return Ok(Some(matches.get_flag(&option.argument).to_string()));
    }
    let raw = |argument: &str| matches.try_get_raw(argument).ok().flatten().into_iter().flatten();
    let one = |text: &OsStr| match text.to_str().and_then(|text| text.parse::<u64>().ok()) {
        Some(number) if option.kind == Kind::Number => Ok(number.to_string()),
        _ => quoted(text),
    };
    let values = raw(&option.argument).map(one).collect::<io::Result<Vec<_>>>()?;
    let pairs: Vec<&OsStr> = raw(&option.argument_by_entry()).collect();
    Ok(match (values.first(), option.is_list) {
        (None, _) if pairs.is_empty() => None,
        (_, true) if !pairs.is_empty() => Some(by_entry(&values, &pairs)?),
        (_, true) => Some(format!("[{}]", values.join(","))),
        (first, false) => first.cloned(),
    })
}

/// Globs of entries, each with the values that are for those.
fn by_entry(for_all: &[String], pairs: &[&OsStr]) -> io::Result<String> {
    let mut entries: Vec<(String, Vec<String>)> = Vec::new();
    if !for_all.is_empty() {
        entries.push((json!(TraceOptions::ALL_ENTRIES).to_string(), for_all.to_vec()));
    }
    for pair in pairs.chunks_exact(2) {
        let (entry, value) = (quoted(pair[0])?, quoted(pair[1])?);
        match entries.iter_mut().find(|(known, _)| *known == entry) {
            Some((_, values)) => values.push(value),
            None => entries.push((entry, vec![value])),
        }
    }
    let entries: Vec<String> =
        entries.into_iter().map(|(entry, values)| format!("{entry}: [{}]", values.join(","))).collect();
    Ok(format!("{{{}}}", entries.join(", ")))
}
