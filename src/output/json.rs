//! One object with the fields of nft's result.
//!
//! Written piece by piece: the object never stands in memory as a whole.

use std::{
    io::{self, Write},
    os::unix::ffi::OsStrExt,
    path::Path,
};

use super::{Report, ReportError};
use crate::{
    finding::Diagnostic,
    listing::WithParents,
    record::{ListedFile, relative},
};

pub(super) fn write(report: &Report<'_>, sink: &mut dyn Write) -> Result<(), ReportError> {
    let listing = report.listing;
    sink.write_all(b"{\"fileList\":")?;
    array(sink, listing.listed(), |sink, file| Ok(name(sink, &file?.path)?))?;
    sink.write_all(b",\"esmFileList\":")?;
    let modules = listing.listed().filter(|file| !file.as_ref().is_ok_and(|file| !file.is_module));
    array(sink, modules, |sink, file| Ok(name(sink, &file?.path)?))?;
    sink.write_all(b",\"reasons\":{")?;
    let mut files = listing.with_parents()?;
    let mut is_first = true;
    while let Some(file) = files.next_file()? {
        if !std::mem::take(&mut is_first) {
            sink.write_all(b",")?;
        }
        name(sink, &file.path)?;
        sink.write_all(b":{\"type\":")?;
        types(sink, &file)?;
        write!(sink, ",\"ignored\":{},\"parents\":", file.is_ignored)?;
        parents(sink, &mut files)?;
        sink.write_all(b"}")?;
    }
    sink.write_all(b"},\"warnings\":")?;
    array(sink, report.findings.iter(), |sink, each| finding(sink, report.root, &each?))?;
    Ok(sink.write_all(b"}\n")?)
}

/// The reasons' names, as nft has them in `type`.
fn types(sink: &mut dyn Write, file: &ListedFile) -> Result<(), ReportError> {
    array(sink, file.reasons.iter(), |sink, reason| Ok(string(sink, reason.name())?))
}

/// The paths of those who need the file that was given last.
fn parents(sink: &mut dyn Write, files: &mut WithParents<'_>) -> Result<(), ReportError> {
    sink.write_all(b"[")?;
    let mut is_first = true;
    while let Some(parent) = files.next_parent()? {
        if !std::mem::take(&mut is_first) {
            sink.write_all(b",")?;
        }
        name(sink, parent)?;
    }
    Ok(sink.write_all(b"]")?)
}

/// A finding as an object; its file is told relative to the root.
pub(crate) fn finding(sink: &mut dyn Write, root: &Path, finding: &Diagnostic) -> Result<(), ReportError> {
    let (code, category) = (finding.code, finding.code.category());
    write!(sink, "{{\"code\":\"{code}\",\"category\":\"{category}\",\"level\":\"{}\",\"file\":", finding.level)?;
    name(sink, relative(root, &finding.file).as_os_str().as_bytes())?;
    if let Some(place) = finding.place {
        write!(sink, ",\"line\":{},\"column\":{}", place.line, place.column)?;
    }
    if let Some(node_code) = &finding.node_code {
        write!(sink, ",\"nodeCode\":\"{node_code}\"")?;
    }
    sink.write_all(b",\"message\":")?;
    string(sink, &finding.message)?;
    sink.write_all(b",\"steps\":")?;
    array(sink, finding.steps.iter(), |sink, step| Ok(string(sink, step)?))?;
    Ok(sink.write_all(b"}")?)
}

/// A JSON string.
pub(crate) fn string(sink: &mut dyn Write, text: &str) -> io::Result<()> {
    serde_json::to_writer(sink, text).map_err(io::Error::from)
}

/// A file name as a JSON string. A byte 0xNN that is not UTF-8 becomes the
/// lone surrogate U+DCNN, which no UTF-8 name can hold: nothing is lost, and
/// Python's `os.fsencode` gives the bytes back.
pub(crate) fn name(sink: &mut dyn Write, name: &[u8]) -> io::Result<()> {
    if let Ok(name) = std::str::from_utf8(name) {
        return string(sink, name);
    }
    sink.write_all(b"\"")?;
    for chunk in name.utf8_chunks() {
        let quoted = serde_json::to_string(chunk.valid()).map_err(io::Error::from)?;
        sink.write_all(&quoted.as_bytes()[1..quoted.len() - 1])?;
        for byte in chunk.invalid() {
            write!(sink, "\\udc{byte:02x}")?;
        }
    }
    sink.write_all(b"\"")
}

fn array<T>(
    sink: &mut dyn Write,
    items: impl Iterator<Item = T>,
    mut write: impl FnMut(&mut dyn Write, T) -> Result<(), ReportError>,
) -> Result<(), ReportError> {
    sink.write_all(b"[")?;
    for (index, item) in items.enumerate() {
        if index > 0 {
            sink.write_all(b",")?;
        }
        write(sink, item)?;
    }
    Ok(sink.write_all(b"]")?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_not_utf8_loses_nothing() {
        let mut out = Vec::new();
        name(&mut out, b"a\xff\"\xc3\xa9\n\xfe").unwrap();
        assert_eq!(out, "\"a\\udcff\\\"é\\n\\udcfe\"".as_bytes());
    }
}
