//! Findings as lines for a terminal or a log.

use std::{
    io::{self, Write},
    os::unix::ffi::OsStrExt,
    path::Path,
};

use super::{Diagnostic, Level};
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

/// Writes a finding as a line, and the steps behind it, if `style` lets it through.
///
/// # Errors
/// What the sink said.
pub fn render(finding: &Diagnostic, root: &Path, style: Style, sink: &mut dyn Write) -> io::Result<()> {
    if finding.level > style.level {
        return Ok(());
    }
    let file = relative(root, &finding.file);
    let (on, off) = if style.color { (color(finding.level), "\x1b[0m") } else { ("", "") };
    write!(sink, "{on}{}{off} {} ", finding.level, finding.code)?;
    write!(sink, "{}", QuotedName(file.as_os_str().as_bytes()))?;
    if let Some(place) = finding.place {
        write!(sink, ":{place}")?;
    }
    writeln!(sink, ": {}", finding.message)?;
    if style.steps {
        for step in &finding.steps {
            writeln!(sink, "    {}", TameSentence(step))?;
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
