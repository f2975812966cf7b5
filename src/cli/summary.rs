//! The closing lines: what a run that succeeded did, and what of its findings was not shown.
//!
//! They are on stderr, beside findings in the form for people: a script that
//! reads stdout never meets them, and one that reads stderr asks for another form.

use std::{
    io::{self, Write},
    time::Duration,
};

use super::plan;
use crate::{Bytes, Level, LogStyle, RealHost, SpillError, Tally, Totals, Trace, peak_resident};

/// What a run did.
pub(super) struct Summary<'t> {
    pub(super) trace: &'t Trace,
    pub(super) tally: &'t Tally,
    pub(super) style: LogStyle,
    pub(super) taken: Duration,
}

impl Summary<'_> {
    /// Writes the lines; that a sink is gone is no failure.
    ///
    /// # Errors
    /// [`SpillError`] if the listing cannot be had back from the disk.
    pub(super) fn write(&self, tracing: &plan::Tracing, sink: &mut dyn Write) -> Result<(), SpillError> {
        let totals = Totals::of(&RealHost, &self.trace.root, &self.trace.listing)?;
        let _ = self.lines(&totals, tracing.limit.bytes, sink);
        Ok(())
    }

    fn lines(&self, totals: &Totals, limit: u64, sink: &mut dyn Write) -> io::Result<()> {
        let Totals { files, bytes, packages } = *totals;
        let (seconds, bytes) = (self.taken.as_secs_f64(), Bytes(bytes));
        write!(sink, "monotrace: {}, {bytes}", count(files, "file", "files"))?;
        write!(sink, ", {} in {seconds:.2} s", count(packages, "package", "packages"))?;
        match peak_resident() {
            Some(peak) => writeln!(sink, "; memory {} of {} MB", peak.div_ceil(1 << 20), limit >> 20)?,
            None => writeln!(sink, "; memory limit {} MB", limit >> 20)?,
        }
        self.hidden(sink)
    }

    fn hidden(&self, sink: &mut dyn Write) -> io::Result<()> {
        let below = |level: &Level| *level > self.style.level;
        let number = |level: &Level| match below(level) {
            true => self.tally.of_level(*level),
            false => self.tally.hidden_by_caps(*level, self.style),
        };
        let hidden: Vec<_> = Level::ALL.into_iter().filter(|level| number(level) > 0).collect();
        if hidden.is_empty() {
            return Ok(());
        }
        let kinds: Vec<_> =
            hidden.iter().map(|level| count(number(level), level.name(), &format!("{level}s"))).collect();
        let mut flags = String::new();
        if let Some(least) = hidden.iter().rfind(|level| below(level)) {
            flags.push_str(&format!("--log-level {least}"));
        }
        if hidden.iter().any(|level| !below(level)) {
            flags.push_str(if flags.is_empty() { "--log-all" } else { " --log-all" });
        }
        writeln!(sink, "monotrace: hidden: {}; shown with {flags}", kinds.join(", "))
    }
}

/// A number with its noun, its digits in groups.
fn count(number: u64, one: &str, many: &str) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{grouped} {}", if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_as_people_write_them() {
        let counts = [0, 1, 999, 1000, 1_234_567].map(|number| count(number, "file", "files"));
        assert_eq!(counts, ["0 files", "1 file", "999 files", "1,000 files", "1,234,567 files"]);
    }
}
