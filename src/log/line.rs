//! A finding a line, as it comes: for `grep`, scripts and tests.
//!
//! `LEVEL CODE FILE:LINE:COLUMN: MESSAGE`. Nothing is hidden but what is below
//! the level, and the steps, if they are asked for, stand below, indented.

use std::{io::Write, os::unix::ffi::OsStrExt};

use super::{Log, text::Paint};
use crate::{
    output::ReportError,
    record::{QuotedName, TameSentence, relative},
};

pub(super) fn write(log: &Log<'_>, sink: &mut dyn Write) -> Result<(), ReportError> {
    let paint = Paint(log.style.color);
    for finding in log.findings {
        let finding = finding?;
        if finding.level > log.style.level {
            continue;
        }
        let file = relative(log.root, &finding.file);
        write!(sink, "{} {} ", paint.level(finding.level), finding.code)?;
        write!(sink, "{}", QuotedName(file.as_os_str().as_bytes()))?;
        if let Some(place) = finding.place {
            write!(sink, ":{place}")?;
        }
        writeln!(sink, ": {}", TameSentence(&finding.message))?;
        if log.style.steps {
            for step in &finding.steps {
                writeln!(sink, "    {}", TameSentence(step))?;
            }
        }
    }
    Ok(())
}
