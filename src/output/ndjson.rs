//! An object a line, written while the trace goes on; the last line tells that all is there.
//!
//! - `{"file":…}` once for each path, with what is known of it by then
//! - `{"more":…}` what became known later of a path that was told
//! - `{"warning":…}` a finding
//! - `{"end":…}` how many there were: where it is missing, the stream was cut
//!
//! Keeps nothing but counts. Nothing here decides when something is told.

use std::io::{BufWriter, IntoInnerError, Write};

use super::{
    ReportError,
    json::{finding, name, string},
};
use crate::{
    listing::{FileNews, FilesNews, Generation},
    record::Reasons,
};

/// Lines that tell generations of a trace, and at last that all were told.
pub struct NewsLines<W: Write> {
    sink: BufWriter<W>,
    totals: Totals,
}

#[derive(Default)]
struct Totals {
    lines: u64,
    files: u64,
    modules: u64,
    ignored: u64,
    parents: u64,
    warnings: u64,
}

impl<W: Write> NewsLines<W> {
    /// Lines for `sink`, which gets those of each generation as soon as they are there.
    pub fn new(sink: W) -> Self {
        Self { sink: BufWriter::new(sink), totals: Totals::default() }
    }

    /// Tells a generation.
    ///
    /// # Errors
    /// [`ReportError`].
    pub fn tell(&mut self, generation: &Generation) -> Result<(), ReportError> {
        let mut files = generation.files()?;
        while let Some(file) = files.next_file()? {
            self.file(&file, &mut files)?;
        }
        for each in &generation.findings {
            self.sink.write_all(b"{\"warning\":")?;
            finding(&mut self.sink, &generation.root, &each?)?;
            self.sink.write_all(b"}\n")?;
            self.totals.warnings += 1;
            self.totals.lines += 1;
        }
        Ok(self.sink.flush()?)
    }

    fn file(&mut self, file: &FileNews, files: &mut FilesNews<'_>) -> Result<(), ReportError> {
        let (sink, totals) = (&mut self.sink, &mut self.totals);
        totals.lines += 1;
        totals.modules += u64::from(file.is_module);
        sink.write_all(if file.is_first { b"{\"file\":" } else { b"{\"more\":" })?;
        name(sink, &file.path)?;
        if file.is_first || file.reasons != Reasons::default() {
            sink.write_all(b",\"type\":[")?;
            for (index, reason) in file.reasons.iter().enumerate() {
                sink.write_all(if index == 0 { b"" } else { b"," })?;
                string(sink, reason.name())?;
            }
            sink.write_all(b"]")?;
        }
        if file.is_first || file.is_module {
            write!(sink, ",\"esm\":{}", file.is_module)?;
        }
        if file.is_first {
            write!(sink, ",\"ignored\":{}", file.is_ignored)?;
            totals.files += u64::from(!file.is_ignored);
            totals.ignored += u64::from(file.is_ignored);
        }
        let mut parents = 0;
        while let Some(parent) = files.next_parent()? {
            sink.write_all(if parents == 0 { b",\"parents\":[" } else { b"," })?;
            name(sink, &parent)?;
            parents += 1;
        }
        totals.parents += parents;
        let end: &[u8] = match (parents, file.is_first) {
            (0, true) => b",\"parents\":[]}\n",
            (0, false) => b"}\n",
            _ => b"]}\n",
        };
        Ok(sink.write_all(end)?)
    }

    /// Tells that this was all, if it was, and gives the sink back.
    ///
    /// # Errors
    /// [`ReportError`].
    pub fn end(mut self, is_all: bool) -> Result<W, ReportError> {
        let Totals { lines, files, modules, ignored, parents, warnings } = self.totals;
        if is_all {
            writeln!(
                self.sink,
                "{{\"end\":{{\"lines\":{lines},\"files\":{files},\"ignored\":{ignored},\"esm\":{modules},\
                 \"parents\":{parents},\"warnings\":{warnings}}}}}"
            )?;
        }
        Ok(self.sink.into_inner().map_err(IntoInnerError::into_error)?)
    }
}
