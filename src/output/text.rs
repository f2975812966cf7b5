//! A path a line.

use std::io::Write;

use super::{Report, ReportError};
use crate::record::QuotedName;

pub(super) fn write(report: &Report<'_>, sink: &mut dyn Write) -> Result<(), ReportError> {
    for file in report.listing.listed() {
        writeln!(sink, "{}", QuotedName(&file?.path))?;
    }
    Ok(())
}
