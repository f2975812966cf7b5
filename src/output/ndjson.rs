//! An object a line: each file, then each finding.

use std::io::{self, Write};

use super::{
    Report,
    json::{finding, name, parents, types},
};

pub(super) fn write(report: &Report<'_>, sink: &mut dyn Write) -> io::Result<()> {
    for file in &report.listing.files {
        sink.write_all(b"{\"file\":")?;
        name(sink, &file.path)?;
        sink.write_all(b",\"type\":")?;
        types(sink, file)?;
        write!(sink, ",\"esm\":{},\"ignored\":{},\"parents\":", file.is_module, file.is_ignored)?;
        parents(sink, report.listing, file)?;
        sink.write_all(b"}\n")?;
    }
    for each in report.findings {
        sink.write_all(b"{\"warning\":")?;
        finding(sink, report.root, each)?;
        sink.write_all(b"}\n")?;
    }
    Ok(())
}
