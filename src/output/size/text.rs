//! Sizes as a table that fits into 80 columns.

use std::{
    fmt,
    io::{self, Write},
};

use super::{FileKind, Sizes, Weight, against::Change};
use crate::{output::ReportError, record::QuotedName};

/// Columns of a name; behind it stand a size, a share and a number of files.
const NAME: usize = 50;

/// Megabytes and the like, in steps of 1,000, as disks and clouds count them.
pub struct Bytes(pub u64);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
        if self.0 < 1000 {
            return f.pad(&format!("{} B", self.0));
        }
        let mut size = self.0 as f64 / 1000.0;
        let mut unit = 0;
        // What would be shown as 1000.0 is 1.0 of the next.
        while size >= 999.95 && unit + 1 < UNITS.len() {
            size /= 1000.0;
            unit += 1;
        }
        f.pad(&format!("{size:.1} {}", UNITS[unit]))
    }
}

pub(super) fn write(sizes: &Sizes, top: usize, sink: &mut dyn Write) -> Result<(), ReportError> {
    let Weight { bytes, files } = sizes.total;
    let plural = |count: u64| if count == 1 { "" } else { "s" };
    let links = sizes.links;
    writeln!(sink, "{} in {files} file{} and {links} link{}", Bytes(bytes), plural(files), plural(links))?;
    packages(sizes, top, sink)?;
    head(sink, "kind")?;
    let mut kinds: Vec<_> = FileKind::ALL.iter().zip(sizes.kinds).filter(|(_, weight)| weight.files > 0).collect();
    kinds.sort_by_key(|(_, weight)| std::cmp::Reverse(weight.bytes));
    for (kind, weight) in kinds {
        row(sink, kind.name(), weight, bytes)?;
    }
    if !sizes.largest.is_empty() {
        writeln!(sink, "\n{:<NAME$}{:>10}{:>8}", "largest files", "size", "share")?;
    }
    for (size, path) in &sizes.largest {
        let name = short(&QuotedName(path).to_string());
        writeln!(sink, "{}{:>10}{:>8}", padded(&name), Bytes(*size), share(*size, bytes))?;
    }
    match &sizes.growth {
        None => Ok(()),
        Some(growth) => {
            let change = signed(growth.before, bytes);
            writeln!(sink, "\n{:<NAME$}{:>10}{:>11}", format!("changed by {change}"), "before", "change")?;
            let mut told = 0;
            growth.each(|change| {
                told += 1;
                if told <= top {
                    let name = short(&changed(change));
                    let [before, now] = change.bytes;
                    writeln!(sink, "{}{:>10}{:>11}", padded(&name), Bytes(before), signed(before, now))?;
                }
                Ok::<_, ReportError>(true)
            })?;
            if told > top {
                writeln!(sink, "… {} more; --top shows them", told - top)?;
            }
            Ok(())
        }
    }
}

fn packages(sizes: &Sizes, top: usize, sink: &mut dyn Write) -> Result<(), ReportError> {
    head(sink, "package")?;
    let (mut told, mut rest) = (0, Weight::default());
    sizes.packages(|package| {
        told += 1;
        if told <= top {
            let name = match (package.name.as_str(), package.version.as_str()) {
                ("", _) => "(in no package)".to_owned(),
                (name, "") => name.to_owned(),
                (name, version) => format!("{name}@{version}"),
            };
            let name = short(&QuotedName(name.as_bytes()).to_string());
            row(sink, &name, package.weight, sizes.total.bytes)?;
        } else {
            rest.bytes = rest.bytes.saturating_add(package.weight.bytes);
            rest.files += package.weight.files;
        }
        Ok::<_, ReportError>(true)
    })?;
    if told > top {
        row(sink, &format!("… {} more; --top shows them", told - top), rest, sizes.total.bytes)?;
    }
    Ok(())
}

fn head(sink: &mut dyn Write, name: &str) -> io::Result<()> {
    writeln!(sink, "\n{name:<NAME$}{:>10}{:>8}{:>8}", "size", "share", "files")
}

fn row(sink: &mut dyn Write, name: &str, weight: Weight, total: u64) -> io::Result<()> {
    let Weight { bytes, files } = weight;
    writeln!(sink, "{}{:>10}{:>8}{files:>8}", padded(name), Bytes(bytes), share(bytes, total))
}

fn padded(name: &str) -> String {
    let missing = NAME.saturating_sub(name.chars().count());
    format!("{name}{:missing$}", "")
}

fn share(bytes: u64, total: u64) -> String {
    let share = if total == 0 { 0.0 } else { bytes as f64 * 100.0 / total as f64 };
    format!("{share:.1} %")
}

fn signed(before: u64, now: u64) -> String {
    let sign = if now >= before { "+" } else { "-" };
    format!("{sign}{}", Bytes(now.abs_diff(before)))
}

/// A package and its versions before and now.
fn changed(change: &Change) -> String {
    let name = if change.name.is_empty() { "(in no package)" } else { &change.name };
    let [before, now] = &change.versions;
    let words = match change.bytes {
        [0, _] => [name, now, "(new)"],
        [_, 0] => [name, before, "(gone)"],
        _ if before == now => [name, now, ""],
        _ => return format!("{name} {before} → {now}"),
    };
    // Not every package has a version.
    words.iter().filter(|word| !word.is_empty()).copied().collect::<Vec<_>>().join(" ")
}

/// What is too long loses its beginning: the end of a path tells more.
fn short(name: &str) -> String {
    let len = name.chars().count();
    if len < NAME {
        return name.to_owned();
    }
    let rest: String = name.chars().skip(len + 2 - NAME).collect();
    format!("…{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_told_in_three_digits_and_one() {
        let told = |bytes| Bytes(bytes).to_string();
        assert_eq!(
            [0, 999, 1000, 1_049, 999_949, 999_950, 250_000_000, 1 << 40].map(told),
            ["0 B", "999 B", "1.0 kB", "1.0 kB", "999.9 kB", "1.0 MB", "250.0 MB", "1.1 TB"]
        );
    }

    #[test]
    fn a_long_name_loses_its_beginning() {
        assert_eq!(short("short"), "short");
        let long = short(&format!("{}/the/end.js", "x".repeat(200)));
        assert_eq!(long.chars().count(), NAME - 1);
        assert!(long.starts_with('…') && long.ends_with("/the/end.js"));
    }
}
