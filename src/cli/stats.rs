//! `--stats` and `--log-level info`: what the run took, on stderr.
//!
//! None of it is in the result, which is the same bytes at any limit.

use std::{
    io::{self, Write},
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

use super::{
    flags::StatsFlag,
    plan::{Log, Tracing},
};
use crate::{Counters, Level, MemoryLimit, Reporter, Stage, peak_resident};

/// A number that is told, by its name.
type Number<'n> = (&'static str, u64, &'static str);

/// Writes what was asked for.
///
/// # Errors
/// What the sink said.
pub(super) fn write(tracing: &Tracing, log: &Log, counters: &Counters, sink: &mut dyn Write) -> io::Result<()> {
    let limit = &tracing.limit;
    let is_for_people = matches!(log.reporter, Reporter::Text | Reporter::Line);
    if log.style.level >= Level::Info && is_for_people {
        writeln!(sink, "info: the memory limit is {} MB ({})", limit.bytes >> 20, limit.source)?;
    }
    match log.stats {
        None => Ok(()),
        Some(StatsFlag::Text) => text(limit, counters, sink),
        Some(StatsFlag::Json) => json(limit, counters, sink),
    }
}

fn numbers(counters: &Counters) -> [Number<'static>; 9] {
    let now = |number: &AtomicU64| number.load(Relaxed);
    [
        ("spilledBytes", now(&counters.spilled_bytes), "bytes spilled"),
        ("spilledRuns", now(&counters.spilled_runs), "runs spilled"),
        ("evictions", now(&counters.evictions), "cache entries evicted"),
        ("files", now(&counters.files), "files looked into"),
        ("directories", now(&counters.directories), "directories listed"),
        ("bytesRead", now(&counters.bytes_read), "bytes read"),
        ("bytesMapped", now(&counters.bytes_mapped), "bytes mapped"),
        ("references", now(&counters.references), "references"),
        ("edges", now(&counters.edges), "edges"),
    ]
}

fn text(limit: &MemoryLimit, counters: &Counters, sink: &mut dyn Write) -> io::Result<()> {
    let mut line = |number: &str, name: &str| writeln!(sink, "stats: {number:>15} {name}");
    line(&limit.bytes.to_string(), &format!("bytes are the memory limit ({})", limit.source))?;
    if let Some(peak) = peak_resident() {
        line(&peak.to_string(), "bytes were resident at the most")?;
    }
    for (_, number, name) in numbers(counters) {
        line(&number.to_string(), name)?;
    }
    for stage in Stage::ALL {
        let milliseconds = counters.nanoseconds(stage) as f64 / 1e6;
        line(&format!("{milliseconds:.1}"), &format!("ms of all threads to {}", stage.name()))?;
    }
    Ok(())
}

fn json(limit: &MemoryLimit, counters: &Counters, sink: &mut dyn Write) -> io::Result<()> {
    let mut stats = serde_json::Map::new();
    stats.insert("memoryLimit".to_owned(), limit.bytes.into());
    stats.insert("memoryLimitSource".to_owned(), limit.source.to_string().into());
    stats.insert("peakResident".to_owned(), peak_resident().into());
    for (name, number, _) in numbers(counters) {
        stats.insert(name.to_owned(), number.into());
    }
    let stages = Stage::ALL.map(|stage| (stage.name().to_owned(), (counters.nanoseconds(stage) / 1000).into()));
    stats.insert("stageMicroseconds".to_owned(), serde_json::Value::Object(stages.into_iter().collect()));
    serde_json::to_writer(&mut *sink, &serde_json::json!({ "stats": stats })).map_err(io::Error::from)?;
    writeln!(sink)
}
