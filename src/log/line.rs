//! A finding a line, as it comes: for `grep`, scripts and tests.
//!
//! `LEVEL CODE FILE:LINE:COLUMN: MESSAGE`. Nothing is hidden but what is below
//! the level, and the steps, if they are asked for, stand below, indented.

use std::{
    io::{self, Write},
    os::unix::ffi::OsStrExt,
    path::Path,
};

use super::{Log, LogStyle, text::Paint};
use crate::{
    finding::Diagnostic,
    output::ReportError,
    record::{QuotedName, TameSentence, relative},
};

pub(super) fn write(log: &Log<'_>, sink: &mut dyn Write) -> Result<(), ReportError> {
    for finding in log.findings {
        let finding = finding?;
        if finding.level <= log.style.level {
            write_finding(&finding, log.root, log.style, sink)?;
        }
    }
    Ok(())
}

/// Writes one finding on a line, and its steps if the style has them.
///
/// # Errors
/// What the sink said.
pub fn write_finding(finding: &Diagnostic, root: &Path, style: LogStyle, sink: &mut dyn Write) -> io::Result<()> {
    let file = relative(root, &finding.file);
    write!(sink, "{} {} ", Paint(style.color).level(finding.level), finding.code)?;
    write!(sink, "{}", QuotedName(file.as_os_str().as_bytes()))?;
    if let Some(place) = finding.place {
        write!(sink, ":{place}")?;
    }
    writeln!(sink, ": {}", TameSentence(&finding.message))?;
    if style.steps {
        for step in &finding.steps {
            writeln!(sink, "    {}", TameSentence(step))?;
        }
    }
    Ok(())
}
