//! What the kernel tells about this process: how much of it is resident, and what it is held to.
//!
//! Reads /proc/self alone. Where there is no such thing, nothing is known and
//! nobody fails for it.

use rustix::{
    fd::OwnedFd,
    fs::{Mode, OFlags},
    process::{Resource, getrlimit},
};

use super::ProcessLimits;

/// Reads how much of this process is resident, again and again.
#[derive(Debug)]
pub(super) struct Gauge {
    statm: OwnedFd,
    page: u64,
}

impl Gauge {
    /// `None` where the kernel does not tell.
    pub(super) fn new() -> Option<Self> {
        Some(Self { statm: open("/proc/self/statm")?, page: rustix::param::page_size() as u64 })
    }

    /// Bytes that are resident now, mapped files included.
    pub(super) fn resident(&self) -> Option<u64> {
        self.resident_and_of_files().map(|(resident, _)| resident)
    }

    /// The same, and how many of them are files': the program's own, and mapped ones.
    pub(super) fn resident_and_of_files(&self) -> Option<(u64, u64)> {
        self.pages().map(|[resident, files, _]| (resident, files))
    }

    /// Bytes of the program's code, resident or not.
    pub(super) fn code(&self) -> Option<u64> {
        self.pages().map(|[.., code]| code)
    }

    /// What is resident, what of it is files', and the code.
    fn pages(&self) -> Option<[u64; 3]> {
        let mut text = [0; 128];
        let read = rustix::io::pread(&self.statm, &mut text, 0).ok()?;
        let mut fields = std::str::from_utf8(text.get(..read)?).ok()?.split(' ').skip(1);
        let mut bytes = || fields.next()?.parse::<u64>().ok()?.checked_mul(self.page);
        Some([bytes()?, bytes()?, bytes()?])
    }
}

/// The most that was ever resident of this process (VmHWM), in bytes.
pub fn peak_resident() -> Option<u64> {
    let status = open("/proc/self/status")?;
    // The line stands within the first kilobyte; the names before it are short.
    let mut text = [0; 4096];
    let read = rustix::io::pread(&status, &mut text, 0).ok()?;
    let line = text[..read].split(|byte| *byte == b'\n').find_map(|line| line.strip_prefix(b"VmHWM:"))?;
    let kilobytes = std::str::from_utf8(line).ok()?.trim().strip_suffix("kB")?.trim();
    kilobytes.parse::<u64>().ok()?.checked_mul(1024)
}

/// What is resident of this process now, mapped files included, in bytes.
pub fn resident() -> Option<u64> {
    Gauge::new()?.resident()
}

/// The limits that the kernel holds this process to.
pub fn process_limits() -> ProcessLimits {
    let limit = |resource| getrlimit(resource).current;
    ProcessLimits { data: limit(Resource::Data), addresses: limit(Resource::As), resident: limit(Resource::Rss) }
}

fn open(path: &str) -> Option<OwnedFd> {
    rustix::fs::open(path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_touched_is_resident_and_stays_in_the_peak() {
        let gauge = Gauge::new().unwrap();
        let held = vec![1_u8; 64 << 20];
        assert!(gauge.resident().unwrap() > 64 << 20);
        drop(std::hint::black_box(held));
        assert!(peak_resident().unwrap() > 64 << 20);
    }
}
