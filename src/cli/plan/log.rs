//! What is told, decided.

use std::{env, io::IsTerminal};

use crate::{
    Level, Style,
    cli::flags::{self, ColorFlag, StatsFlag},
};

/// What the user hears of a trace.
#[derive(Debug)]
pub(in crate::cli) struct Log {
    pub(in crate::cli) style: Style,
    /// Findings of this level and worse make the command fail.
    pub(in crate::cli) deny: Level,
    pub(in crate::cli) stats: Option<StatsFlag>,
}

impl Log {
    pub(super) fn from_flags(flags: &flags::Log) -> Self {
        Self { style: style(flags), deny: flags.deny, stats: flags.stats }
    }
}

fn style(flags: &flags::Log) -> Style {
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    let color = match flags.color {
        ColorFlag::Always => true,
        ColorFlag::Never => false,
        ColorFlag::Auto => !set("NO_COLOR") && std::io::stderr().is_terminal(),
    };
    Style { level: flags.log_level, steps: flags.log_detail, color }
}
