//! `--print-config`: the options in force, and who decided each.
//!
//! What is printed is a configuration itself: JSON with comments.

use std::io::{self, Write};

use clap::{ArgMatches, CommandFactory, parser::ValueSource};
use serde_json::{Value, json};

use super::{
    Config,
    keys::{self, ConfigOption, Kind},
};
use crate::{QuotedName, cli::flags::Flags};

/// Writes the options that the command has.
///
/// # Errors
/// What the sink said.
pub(in crate::cli) fn print(matches: &ArgMatches, config: &Config, sink: &mut dyn Write) -> io::Result<()> {
    let Some((_, matches)) = matches.subcommand() else { return Ok(()) };
    let file = config.path.as_ref().map(|path| QuotedName(path.as_os_str().as_encoded_bytes()).to_string());
    match &file {
        Some(file) => writeln!(sink, "// {file}")?,
        None => writeln!(sink, "// no configuration file")?,
    }
    writeln!(sink, "{{")?;
    for option in keys::of(&Flags::command()) {
        let Ok(true) = matches.try_contains_id(&option.argument) else { continue };
        let Some(name) = option.names().next() else { continue };
        let is_typed = matches.value_source(&option.argument) == Some(ValueSource::CommandLine);
        let from = match config.places.get(&option.argument) {
            _ if is_typed => format!("--{}", option.flag),
            Some(place) => format!("{}:{place}", file.as_deref().unwrap_or_default()),
            None => "default".to_owned(),
        };
        writeln!(sink, "  {}: {}, // {from}", json!(name), value(&option, matches))?;
    }
    writeln!(sink, "}}")
}

fn value(option: &ConfigOption, matches: &ArgMatches) -> Value {
    if option.kind == Kind::Flag {
        return matches.get_flag(&option.argument).into();
    }
    let texts = matches.get_raw(&option.argument).into_iter().flatten().map(|text| text.to_string_lossy().into_owned());
    let mut values = texts.map(|text| match text.parse::<u64>() {
        Ok(number) if option.kind == Kind::Number => number.into(),
        _ => Value::from(text),
    });
    if option.is_list { values.collect() } else { values.next().unwrap_or_default() }
}
