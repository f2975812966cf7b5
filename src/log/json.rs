//! One object: how many findings there are of each level, and those that are shown.
//!
//! A finding has the fields that it has in a listing as JSON. Nothing is
//! capped, and the steps are always there.

use std::io::Write;

use super::Log;
use crate::{
    finding::Level,
    output::{ReportError, json},
};

/// The form's version: it changes only where a reader of the old form would err.
const VERSION: u32 = 1;

pub(super) fn write(log: &Log<'_>, sink: &mut dyn Write) -> Result<(), ReportError> {
    write!(sink, "{{\"version\":{VERSION},\"counts\":{{")?;
    for (index, level) in Level::ALL.into_iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        write!(sink, "{comma}\"{level}\":{}", log.tally.of_level(level))?;
    }
    sink.write_all(b"},\"findings\":[")?;
    let mut comma: &[u8] = b"\n";
    for finding in log.findings {
        let finding = finding?;
        if finding.level <= log.style.level {
            sink.write_all(std::mem::replace(&mut comma, b",\n"))?;
            json::finding(sink, log.root, &finding)?;
        }
    }
    Ok(sink.write_all(b"\n]}\n")?)
}
