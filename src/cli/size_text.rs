//! Numbers of bytes as people read them.

use std::fmt;

/// Megabytes and the like, in steps of 1,000, as disks and clouds count them.
pub(super) struct Bytes(pub(super) u64);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
        if self.0 < 1000 {
            return write!(f, "{} B", self.0);
        }
        let mut size = self.0 as f64 / 1000.0;
        let mut unit = 0;
        // What would be shown as 1000.0 is 1.0 of the next.
        while size >= 999.95 && unit + 1 < UNITS.len() {
            size /= 1000.0;
            unit += 1;
        }
        write!(f, "{size:.1} {}", UNITS[unit])
    }
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
}
