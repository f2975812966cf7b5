//! Findings as lines for a terminal or a log.

use std::{
    io::{self, Write},
    os::unix::ffi::OsStrExt,
    path::Path,
};

use super::{Finding, Level};
use crate::record::{QuotedName, TameSentence, relative};

/// How findings are shown.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// The least severe level that is shown.
    pub level: Level,
    /// The steps behind a finding are shown too.
    pub steps: bool,
    /// Colours are used.
    pub color: bool,
}

/// Writes the findings that `style` lets through, a line each.
///
/// # Errors
/// What the sink said.
pub fn render(findings: &[Finding], root: &Path, style: Style, sink: &mut dyn Write) -> io::Result<()> {
    for finding in findings.iter().filter(|finding| finding.level <= style.level) {
        let file = relative(root, &finding.file);
        let (on, off) = if style.color { (color(finding.level), "\x1b[0m") } else { ("", "") };
        write!(sink, "{on}{}{off} {} ", finding.level, finding.problem.code())?;
        write!(sink, "{}", QuotedName(file.as_os_str().as_bytes()))?;
        if let Some(place) = finding.place {
            write!(sink, ":{place}")?;
        }
        writeln!(sink, ": {}", finding.problem.message(root))?;
        if style.steps {
            for step in &finding.steps {
                writeln!(sink, "    {}", TameSentence(step))?;
            }
        }
    }
    Ok(())
}

fn color(level: Level) -> &'static str {
    match level {
        Level::Bug | Level::Fatal | Level::Error => "\x1b[1;31m",
        Level::Warning => "\x1b[1;33m",
        Level::Hint | Level::Note | Level::Suggestion | Level::Info => "\x1b[1;36m",
    }
}
