//! What is told, decided.

use std::{
    env,
    io::IsTerminal,
    path::{Path, PathBuf},
};

use crate::{
    Level, LogStyle, Reporter, absolute,
    cli::flags::{self, ColorFlag, ReporterFlag, StatsFlag},
};

/// What the user hears of a trace.
#[derive(Debug)]
pub(in crate::cli) struct Log {
    /// The form on stderr.
    pub(in crate::cli) reporter: Reporter,
    pub(in crate::cli) style: LogStyle,
    /// A file that has the findings too, in a form of its own.
    pub(in crate::cli) file: Option<(PathBuf, Reporter)>,
    /// The folder that GitHub's annotations are relative to.
    pub(in crate::cli) repository: Option<PathBuf>,
    /// Whether the run says at its end what it did.
    pub(in crate::cli) summary: bool,
    pub(in crate::cli) stats: Option<StatsFlag>,
    pub(in crate::cli) telling: Telling,
}

/// What is told while the run lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Telling {
    Nothing,
    /// A line that is redrawn.
    Line,
    /// A line now and then.
    Log,
}

impl Log {
    pub(super) fn from_flags(cwd: &Path, flags: &flags::Log) -> Self {
        let reporter = match flags.reporter {
            ReporterFlag::Text => Reporter::Text,
            ReporterFlag::Line => Reporter::Line,
            ReporterFlag::Json => Reporter::Json,
            ReporterFlag::Github => Reporter::Github,
            ReporterFlag::Sarif => Reporter::Sarif,
        };
        let file = flags.report_file.as_ref().map(|path| (absolute(cwd, path), reporter));
        let reporter = if file.is_some() { Reporter::Text } else { reporter };
        Self {
            reporter,
            style: style(flags),
            file,
            repository: env::var_os("GITHUB_WORKSPACE").filter(|path| !path.is_empty()).map(PathBuf::from),
            // A machine that reads stderr has no use for it.
            summary: reporter == Reporter::Text && !flags.quiet,
            stats: flags.stats,
            telling: telling(flags, reporter, &|name| env::var(name).ok(), std::io::stderr().is_terminal()),
        }
    }
}

/// A terminal has a line that is redrawn, unless it is CI's; CI has lines, if it asks for `info`.
fn telling(
    flags: &flags::Log,
    reporter: Reporter,
    variable: &dyn Fn(&str) -> Option<String>,
    is_terminal: bool,
) -> Telling {
    let is_ci = variable("CI").is_some_and(|value| !matches!(value.as_str(), "" | "0" | "false"));
    if reporter != Reporter::Text || flags.quiet {
        Telling::Nothing
    } else if is_ci {
        if flags.log_level >= Level::Info { Telling::Log } else { Telling::Nothing }
    } else if is_terminal && variable("TERM").as_deref() != Some("dumb") {
        Telling::Line
    } else {
        Telling::Nothing
    }
}

fn style(flags: &flags::Log) -> LogStyle {
    LogStyle {
        level: if flags.quiet { flags.deny } else { flags.log_level },
        deny: flags.deny,
        steps: flags.log_detail,
        all: flags.log_all,
        color: has_color(flags.color, &|name| env::var(name).ok(), std::io::stderr().is_terminal()),
    }
}

/// Whether colours are used: the flag decides, then NO_COLOR (no-color.org),
/// then FORCE_COLOR, and at last what stderr is.
fn has_color(flag: ColorFlag, variable: &dyn Fn(&str) -> Option<String>, is_terminal: bool) -> bool {
    match flag {
        ColorFlag::Always => return true,
        ColorFlag::Never => return false,
        ColorFlag::Auto => {}
    }
    if variable("NO_COLOR").is_some_and(|value| !value.is_empty()) {
        return false;
    }
    // As Node has it: empty means yes, 0 and false mean no.
    match variable("FORCE_COLOR").as_deref() {
        Some("0" | "false") => false,
        Some(_) => true,
        None => is_terminal && variable("TERM").as_deref() != Some("dumb"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_has_a_line_ci_a_log_if_it_asks_for_info_and_a_pipe_nothing() {
        use clap::Parser;
        let told = |arguments: &[&str], environment: &[(&str, &str)], is_terminal| {
            let typed = ["monotrace", "print", "a.js"].iter().chain(arguments);
            let Ok(flags::Flags { command: flags::Command::Print(print), .. }) = flags::Flags::try_parse_from(typed)
            else {
                panic!("{arguments:?}");
            };
            let variable =
                |name: &str| environment.iter().find(|(set, _)| *set == name).map(|(_, to)| (*to).to_owned());
            telling(&print.log, Reporter::Text, &variable, is_terminal)
        };
        assert_eq!((told(&[], &[], true), told(&[], &[], false)), (Telling::Line, Telling::Nothing));
        let info = ["--log-level", "info"];
        for is_terminal in [true, false] {
            assert_eq!(told(&info, &[("CI", "true")], is_terminal), Telling::Log);
            assert_eq!(told(&[], &[("CI", "true")], is_terminal), Telling::Nothing);
            assert_eq!(told(&["--quiet"], &[("CI", "true")], is_terminal), Telling::Nothing);
        }
        assert_eq!(told(&info, &[("CI", "false")], true), Telling::Line);
        assert_eq!(told(&[], &[("TERM", "dumb")], true), Telling::Nothing);
    }

    #[test]
    fn colours_are_decided_by_flag_then_environment_then_terminal() {
        let color = |flag, environment: &[(&str, &str)], is_terminal| {
            let variable =
                |name: &str| environment.iter().find(|(set, _)| *set == name).map(|(_, to)| (*to).to_owned());
            has_color(flag, &variable, is_terminal)
        };
        let auto = |environment: &[(&str, &str)], is_terminal| color(ColorFlag::Auto, environment, is_terminal);
        assert!(auto(&[], true) && !auto(&[], false));
        assert!(!auto(&[("NO_COLOR", "1")], true) && auto(&[("NO_COLOR", "")], true));
        assert!(auto(&[("FORCE_COLOR", "1")], false) && auto(&[("FORCE_COLOR", "")], false));
        assert!(!auto(&[("FORCE_COLOR", "0")], true) && !auto(&[("TERM", "dumb")], true));
        assert!(!auto(&[("NO_COLOR", "1"), ("FORCE_COLOR", "1")], true));
        assert!(color(ColorFlag::Always, &[("NO_COLOR", "1")], false));
        assert!(!color(ColorFlag::Never, &[("FORCE_COLOR", "1")], true));
    }
}
