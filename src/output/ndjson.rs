//! An object a line: each file, then each finding.

use std::io::Write;

use super::{
    Report, ReportError,
    json::{finding, name, parents, types},
};

pub(super) fn write(report: &Report<'_>, sink: &mut dyn Write) -> Result<(), ReportError> {
    let mut files = report.listing.with_parents()?;
    while let Some(file) = files.next_file()? {
        sink.write_all(b"{\"file\":")?;
        name(sink, &file.path)?;
        sink.write_all(b",\"type\":")?;
        types(sink, &file)?;
        write!(sink, ",\"esm\":{},\"ignored\":{},\"parents\":", file.is_module, file.is_ignored)?;
        parents(sink, &mut files)?;
        sink.write_all(b"}\n")?;
    }
    for each in report.findings {
        sink.write_all(b"{\"warning\":")?;
        finding(sink, report.root, &each?)?;
        sink.write_all(b"}\n")?;
    }
    Ok(())
}
