//! A path a line.

use std::io::{self, Write};

use super::Report;
use crate::record::QuotedName;

pub(super) fn write(report: &Report<'_>, sink: &mut dyn Write) -> io::Result<()> {
    for file in report.listing.listed() {
        writeln!(sink, "{}", QuotedName(&file.path))?;
    }
    Ok(())
}
