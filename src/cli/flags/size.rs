//! Flags of `monotrace size`.

use std::{path::PathBuf, str::FromStr};

use clap::{Args, ValueEnum};

use super::{Log, Next, Tracing};
use crate::SizeOptions;

const EXAMPLES: &str = "Examples:
  monotrace size apps/web/server.js --budget lambda
  monotrace size a.js b.js --budget 250MB --budget b.js=50MB --against before.json";

#[derive(Debug, Args)]
#[command(after_help = "All options, and examples: monotrace size --help", after_long_help = EXAMPLES)]
pub(in crate::cli) struct Size {
    #[command(flatten)]
    pub(in crate::cli) tracing: Tracing,
    #[command(flatten)]
    pub(in crate::cli) log: Log,
    #[command(flatten)]
    pub(in crate::cli) next: Next,

    /// text or json
    ///
    /// text: a table for 80 columns. json: one object.
    #[arg(long, value_enum, hide_possible_values = true, default_value_t = SizeFormatFlag::Text)]
    pub(in crate::cli) format: SizeFormatFlag,

    /// How many packages, and how many of the largest files, are told
    #[arg(long, value_name = "N", default_value = "10", value_parser = top, help_heading = "Output", hide_short_help = true)]
    pub(in crate::cli) top: usize,

    /// Exit 1 when the files have more bytes
    ///
    /// 250MB, 240MiB, lambda or vercel; ENTRY=50MB is for one entry alone. May be given several times.
    #[arg(long, value_name = "[ENTRY=]SIZE")]
    pub(in crate::cli) budget: Vec<BudgetFlag>,

    /// Tell what grew since an earlier report
    ///
    /// The file is what `size --format json` wrote.
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) against: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(in crate::cli) enum SizeFormatFlag {
    /// A table for 80 columns
    Text,
    /// One object
    Json,
}

fn top(text: &str) -> Result<usize, String> {
    let most = SizeOptions::TOP_MAX;
    text.parse().ok().filter(|top| *top <= most).ok_or_else(|| format!("expected a number from 0 to {most}"))
}

/// A budget as it was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) struct BudgetFlag {
    /// None for all entries together.
    pub(in crate::cli) entry: Option<PathBuf>,
    pub(in crate::cli) typed: String,
    pub(in crate::cli) bytes: u64,
}

impl FromStr for BudgetFlag {
    type Err = String;

    fn from_str(typed: &str) -> Result<Self, String> {
        // The last one: a path may have one too.
        let (entry, size) = match typed.rsplit_once('=') {
            Some((entry, size)) if !entry.is_empty() => (Some(PathBuf::from(entry)), size),
            Some(_) => return Err("expected ENTRY=SIZE".to_owned()),
            None => (None, typed),
        };
        Ok(Self { entry, typed: typed.to_owned(), bytes: bytes(size)? })
    }
}

/// A number of bytes: with a unit, or by the name of whoever sets the limit.
fn bytes(text: &str) -> Result<u64, String> {
    /// What AWS takes of a function that is not an image, unzipped, with its layers: 250 MiB.
    const LAMBDA: u64 = 262_144_000;
    /// What Vercel's own builders refuse beyond, uncompressed: docs/size.md tells where they say so.
    const VERCEL: u64 = 262_144_000;
    const UNITS: [(&str, u64); 9] = [
        ("kib", 1 << 10),
        ("mib", 1 << 20),
        ("gib", 1 << 30),
        ("kb", 1_000),
        ("mb", 1_000_000),
        ("gb", 1_000_000_000),
        ("k", 1_000),
        ("m", 1_000_000),
        ("b", 1),
    ];
    let lower = text.trim().to_ascii_lowercase();
    match lower.as_str() {
        "lambda" => return Ok(LAMBDA),
        "vercel" => return Ok(VERCEL),
        _ => {}
    }
    let unit = UNITS.iter().find_map(|(unit, factor)| Some((lower.strip_suffix(unit)?, *factor)));
    let (number, factor) = unit.unwrap_or((&lower, 1));
    let number = number.trim().parse::<f64>().ok().filter(|number| number.is_finite() && *number >= 0.0);
    let told = "expected a size such as 250MB (1,000,000 bytes each), 240MiB (1,048,576), lambda or vercel";
    number.map(|number| (number * factor as f64) as u64).ok_or_else(|| told.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units_or_names() {
        let sizes = ["250MB", "250 MiB", "1.5kb", "7", "lambda", "Vercel", "0"].map(|text| bytes(text).unwrap());
        assert_eq!(sizes, [250_000_000, 262_144_000, 1_500, 7, 262_144_000, 262_144_000, 0]);
        for wrong in ["", "MB", "-1MB", "much", "1e999", "NaN"] {
            assert!(bytes(wrong).is_err(), "{wrong}");
        }
        let budget: BudgetFlag = "a=b.js=5MB".parse().unwrap();
        assert_eq!((budget.entry, budget.bytes), (Some(PathBuf::from("a=b.js")), 5_000_000));
        assert!("=5MB".parse::<BudgetFlag>().is_err());
    }
}
