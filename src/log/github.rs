//! Commands that GitHub Actions turn into annotations, a line each.
//!
//! "Workflow commands" in GitHub's documentation: a command's data escapes
//! `%`, CR and LF, its properties `:` and `,` as well. GitHub shows a few
//! annotations of each kind and leaves the rest in the log by itself.

use std::{fmt, io::Write};

use super::Log;
use crate::{
    finding::Level,
    output::ReportError,
    record::{TameSentence, relative},
};

pub(super) fn write(log: &Log<'_>, sink: &mut dyn Write) -> Result<(), ReportError> {
    for finding in log.findings {
        let finding = finding?;
        if finding.level > log.style.level {
            continue;
        }
        let command = match finding.level {
            Level::Bug | Level::Fatal | Level::Error => "error",
            Level::Warning => "warning",
            Level::Hint | Level::Note | Level::Suggestion | Level::Info => "notice",
        };
        let file = relative(log.repository.unwrap_or(log.root), &finding.file);
        write!(sink, "::{command} file={}", Property(&file.to_string_lossy()))?;
        if let Some(place) = finding.place {
            write!(sink, ",line={},col={}", place.line, place.column)?;
        }
        write!(sink, ",title={} [{}]::{}", finding.code, finding.code.category(), Data(&finding.message))?;
        if log.style.steps {
            for step in &finding.steps {
                write!(sink, "%0A{}", Data(step))?;
            }
        }
        writeln!(sink)?;
    }
    Ok(())
}

/// What stands behind the second `::`.
struct Data<'t>(&'t str);

impl fmt::Display for Data<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tame = TameSentence(self.0).to_string();
        f.write_str(&tame.replace('%', "%25"))
    }
}

/// The value of a property.
struct Property<'t>(&'t str);

impl fmt::Display for Property<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '%' => f.write_str("%25")?,
                '\r' => f.write_str("%0D")?,
                '\n' => f.write_str("%0A")?,
                ':' => f.write_str("%3A")?,
                ',' => f.write_str("%2C")?,
                // Part of no name that GitHub could show.
                character if character.is_control() => f.write_str("\u{fffd}")?,
                character => write!(f, "{character}")?,
            }
        }
        Ok(())
    }
}
